import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSocket } from '../src/core.js'
import { FakeConnection } from '../src/testing.js'

afterEach(() => {
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** Puts a fake in the place of the global WebSocket, and time in our hands. */
function stubWebSocket() {
  vi.useFakeTimers()
  const made: FakeConnection[] = []
  vi.stubGlobal(
    'WebSocket',
    class extends FakeConnection {
      constructor(url: string) {
        super(url)
        made.push(this)
      }
    },
  )
  return made
}

describe('Surroundings of the browser', () => {
  it('are taken as they are at the time of use', () => {
    const made = stubWebSocket()
    const page = new EventTarget()
    vi.stubGlobal('addEventListener', page.addEventListener.bind(page))
    vi.stubGlobal('removeEventListener', page.removeEventListener.bind(page))
    vi.spyOn(Math, 'random').mockReturnValue(0.5)
    const socket = createSocket('ws://hub/ws')

    const stop = socket.subscribe(() => {})
    vi.advanceTimersByTime(0)
    made[0]?.drop()
    expect(socket.state.retryAt).toBe(Date.now() + 500)
    page.dispatchEvent(new Event('online'))
    expect(made).toHaveLength(2)
    made[1]?.drop()
    stop()
    vi.advanceTimersByTime(200)
    page.dispatchEvent(new Event('online'))

    expect(made).toHaveLength(2)
    expect(vi.getTimerCount()).toBe(0)
  })

  it.each([
    [undefined, 'waiting'],
    [{}, 'waiting'],
    [{ onLine: true }, 'waiting'],
    [{ onLine: false }, 'offline'],
  ])('navigator %j: without connection it is %s', (navigator, status) => {
    const made = stubWebSocket()
    vi.stubGlobal('navigator', navigator)
    const socket = createSocket('ws://hub/ws')
    socket.subscribe(() => {})
    vi.advanceTimersByTime(0)

    made[0]?.drop()

    expect(socket.state.status).toBe(status)
  })

  it('may lack events', () => {
    const made = stubWebSocket()
    vi.stubGlobal('addEventListener', undefined)
    vi.stubGlobal('removeEventListener', undefined)
    const socket = createSocket('ws://hub/ws')

    socket.subscribe(() => {})()
    vi.advanceTimersByTime(200)

    expect(made).toHaveLength(1)
    expect(socket.state.status).toBe('idle')
  })

  it('report what handlers throw: by reportError, else by console.error', () => {
    const reportError = vi.fn()
    vi.stubGlobal('reportError', reportError)
    const console_ = vi.spyOn(console, 'error').mockReturnValue()
    vi.useFakeTimers()
    const error = new Error('bad listener')
    const complain = () => {
      throw error
    }

    createSocket('ws://hub/ws').subscribe(complain)
    expect(reportError).toHaveBeenCalledWith(error)
    expect(console_).not.toHaveBeenCalled()
    vi.stubGlobal('reportError', undefined)
    createSocket('ws://hub/ws').subscribe(complain)

    expect(console_).toHaveBeenCalledWith(error)
  })
})
