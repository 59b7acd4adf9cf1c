import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSocket } from '../src/core.js'
import { browser } from '../src/env.js'
import { FakeWebSocket, flow } from './fake.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

describe('Surroundings of the browser', () => {
  it('are taken as they are at the time of use', () => {
    vi.useFakeTimers()
    const made: FakeWebSocket[] = []
    vi.stubGlobal(
      'WebSocket',
      class extends FakeWebSocket {
        constructor(url: string) {
          super(url)
          made.push(this)
        }
      },
    )
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const socket = createSocket('ws://hub/ws')

    const stop = socket.subscribe(() => {})
    vi.advanceTimersByTime(0)
    made[0]?.end()
    expect(socket.state.retryAt).toBe(Date.now() + 500)
    page.dispatchEvent(new Event('online'))
    expect(made).toHaveLength(2)
    made[1]?.end()
    stop()
    vi.advanceTimersByTime(200)
    page.dispatchEvent(new Event('online'))

    expect(made).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    [undefined, true],
    [{}, true],
    [{ onLine: true }, true],
    [{ onLine: false }, false],
  ])('navigator %j: online is %s', (navigator, online) => {
    vi.stubGlobal('navigator', navigator)

    expect(browser.online()).toBe(online)
  })

  it('may lack events', () => {
    vi.stubGlobal('addEventListener', undefined)
    vi.stubGlobal('removeEventListener', undefined)

    expect(() => browser.onReturn(() => {})()).not.toThrow()
  })

  it('report what handlers throw: by reportError, else by console.error', () => {
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    const console_ = vi.spyOn(console, 'error').mockReturnValue()
    const error = new Error(flow(1).type)

    browser.report(error)
    expect(reportError).toHaveBeenCalledWith(error)
    expect(console_).not.toHaveBeenCalled()
    vi.stubGlobal('reportError', undefined)
    browser.report(error)

    expect(console_).toHaveBeenCalledWith(error)
  })
})
