import { act, render, screen } from '@testing-library/react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { useLatest, useWebSocket } from '../src/index.js'
import { createFakeServer, fakeId, makeFakeClock } from '../src/testing.js'
import { flow, noop } from './fake.js'

afterEach(() => {
  vi.useRealTimers()
})

function Light() {
  const { isConnected, sendMessage } = useWebSocket('/ws')
  const latest = useLatest('/ws', 'FLOW_STATUS')
  return (
    <button type="button" onClick={() => sendMessage('FLOW_STATUS', flow(9).payload)}>
      {isConnected ? 'on' : 'off'} {latest?.payload.flowId}
    </button>
  )
}

describe('A component that names an address', () => {
  it('is tested with the fake class in place of the global one, and the fake timers of the test runner', async () => {
    vi.useFakeTimers()
    const server = createFakeServer()
    vi.stubGlobal('WebSocket', server.WebSocket)
    vi.stubGlobal('location', { href: 'https://shop.example/app' })

    render(<Light />)
    act(() => void vi.advanceTimersByTime(0))
    expect(server.last.url).toBe('wss://shop.example/ws?signal-hub=1')
    act(() => {
      server.last.accept()
      server.last.hello({ id: fakeId(1) })
      server.last.message(flow(7, 2))
    })
    expect(screen.getByRole('button').textContent).toBe('on 7')
    screen.getByRole('button').click()
    expect(server.last.messages).toEqual([flow(9)])
    act(() => server.last.drop())
    expect(screen.getByRole('button').textContent).toBe('off 7')
    act(() => void vi.advanceTimersByTime(1_000))

    expect(server.last.url).toBe(`wss://shop.example/ws?signal-hub=1&after=${fakeId(2)}`)
  })
})

describe('createFakeServer()', () => {
  it('does what it always does with every connection, once the page has its handlers', async () => {
    const server = createFakeServer({
      onConnect(connection) {
        connection.accept()
        connection.hello()
      },
    })
    const socket = server.socket()
    socket.subscribe(noop)
    server.clock.advance(0)
    expect(socket.state.status).toBe('connecting')

    await Promise.resolve()

    expect(socket.state.status).toBe('open')
    expect(socket.hello).toEqual({ clientId: 'fake', id: fakeId(0), resumed: false, topics: [], syncMs: 0 })
  })

  it('says so where nobody has connected', () => {
    expect(() => createFakeServer().last).toThrow('expected a connection, was none')
  })

  it('refuses what is sent before it is open, as browsers do', () => {
    const server = createFakeServer()
    const link = new server.WebSocket('ws://hub/ws')

    expect(() => link.send('early')).toThrow('InvalidStateError')
  })

  it('reports what handlers throw', () => {
    const server = createFakeServer()
    const bad = new Error('bad')
    server.socket().subscribe(() => {
      throw bad
    })

    expect(server.reported).toEqual([bad])
  })

  it('has page and network, chance and time in hand', () => {
    const server = createFakeServer()
    const socket = server.socket({}, 'ws://hub/other')
    socket.subscribe(noop)
    server.clock.advance(0)
    server.online = false
    server.random = 1
    server.last.drop()
    expect(socket.state).toMatchObject({ status: 'offline', retryAt: 1_000 })
    server.visible = false
    server.dispatch('visibilitychange')
    expect(server.connections).toHaveLength(1)
    server.visible = true
    server.dispatch('nothing')
    expect(server.connections).toHaveLength(1)

    server.dispatch('visibilitychange')

    expect(server.connections.map(({ url }) => url)).toEqual(Array(2).fill('ws://hub/other?signal-hub=1'))
  })

  it('tells every socket of the page, until it closes', () => {
    const server = createFakeServer()
    const first = server.socket({ lingerMs: 0 }).subscribe(noop)
    const second = server.socket().subscribe(noop)
    expect(server.pageListeners).toBe(8)
    first()
    server.clock.advance(0)
    expect(server.pageListeners).toBe(4)
    server.last.drop()
    expect(server.connections).toHaveLength(2)

    server.dispatch('pageshow')

    expect(server.connections).toHaveLength(3)
    second()
    server.clock.advance(200)
    expect(server.pageListeners).toBe(0)
  })
})

describe('makeFakeClock()', () => {
  it('runs timers at their time, in order, also those set meanwhile', () => {
    const clock = makeFakeClock()
    const ran: [string, number][] = []
    const note = (name: string) => () => void ran.push([name, clock.now])
    clock.setTimeout(note('c'), 20)
    clock.setTimeout(note('a'), 10)
    clock.setTimeout(note('b'), 10)
    clock.setTimeout(() => clock.setTimeout(note('d'), 5), 20)
    clock.clearTimeout(clock.setTimeout(note('never'), 1))
    clock.setTimeout(note('later'), 31)
    expect(clock.pendingTimers).toBe(5)

    clock.advance(30)

    expect(ran).toEqual([
      ['a', 10],
      ['b', 10],
      ['c', 20],
      ['d', 25],
    ])
    expect(clock.now).toBe(30)
    expect(clock.pendingTimers).toBe(1)
  })

  it('sleeps: time goes by, and timers come no nearer', () => {
    const clock = makeFakeClock()
    const task = vi.fn()
    clock.setTimeout(task, 10)

    clock.sleep(1_000)
    clock.advance(9)
    expect(task).not.toHaveBeenCalled()
    clock.advance(1)

    expect(task).toHaveBeenCalledTimes(1)
    expect(clock.now).toBe(1_010)
  })
})
