import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { sendAcknowledged, startSession } from '../src/ack.js'
import { createSocket } from '../src/core.js'
import { joinTopic } from '../src/joinTopic.js'
import { page as pageWide } from '../src/page.js'
import { give, socketOf, type User } from '../src/registry.js'
import { createFakeServer, flow, id } from './fake.js'

beforeEach(() => {
  vi.useFakeTimers()
})

afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A page whose every connection is answered. */
function page() {
  const server = createFakeServer({
    onConnect(connection) {
      connection.accept()
      connection.hello({ id: id(1), topics: ['a', 'b', 'c'] })
    },
  })
  vi.stubGlobal('WebSocket', server.WebSocket)
  vi.stubGlobal('location', { href: 'https://hub/app' })
  return server
}

const settle = (ms = 0) => vi.advanceTimersByTimeAsync(ms)

describe('An address', () => {
  it('has one connection for all who name it, however they write it', async () => {
    const server = page()
    const topics = ['/ws', 'wss://hub/ws', 'https://hub/ws#here'].map((url) => joinTopic(url, 'a'))

    await settle()

    expect(server.connections.map(({ url }) => url)).toEqual(['wss://hub/ws?signal-hub=1'])
    for (const topic of topics) topic.leave()
    await settle(1_000)
  })

  it('has another than a socket of its own, and than another address', async () => {
    const server = page()
    const topics = ['/ws', createSocket('/ws'), '/other'].map((source) => joinTopic(source, 'a'))

    await settle()

    expect(server.connections).toHaveLength(3)
    for (const topic of topics) topic.leave()
    await settle(1_000)
  })

  it('is forgotten a moment after its last user, with all that was received', async () => {
    const server = page()
    const first = joinTopic('/ws', 'a')
    const second = joinTopic('/ws', 'b')
    await settle()
    server.last.message(flow(1, 5))
    first.leave()
    await settle(1_000)
    expect(server.last.closedWith).toBeUndefined()
    second.leave()
    await settle(1_000)
    expect(server.last.closedWith).toBe(1000)

    const third = joinTopic('/ws', 'c')
    await settle()

    expect(server.connections.map(({ url }) => url)).toEqual(Array(2).fill('wss://hub/ws?signal-hub=1'))
    expect(third.state.isJoined).toBe(true)
    third.leave()
    await settle(1_000)
  })
})

describe('An address that nobody listens to', () => {
  const known = () => [...pageWide().sockets.keys()]

  it('is forgotten a moment later: with a session that nobody used', async () => {
    page()
    for (let n = 0; n < 600; n++) startSession(`/ws?n=${n}`)
    expect(known()).toHaveLength(600)

    await settle(200)

    expect(known()).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps its session where somebody listens in time', async () => {
    const server = page()
    startSession('/ws')
    await settle(199)
    const topic = joinTopic('/ws', 'a')
    await settle(1_000)

    expect(server.connections.map(({ url }) => url)).toEqual([
      expect.stringMatching(/^wss:\/\/hub\/ws\?signal-hub=1&session=[\da-f]{32}$/),
    ])
    topic.leave()
    await settle(1_000)
    expect(known()).toEqual([])
  })

  it('is forgotten after a message that was acknowledged', async () => {
    const server = page()
    const sent = sendAcknowledged('/ws', 'FLOW_STATUS', flow(1).payload)
    await settle()
    server.last.message({ type: '$ack', payload: { ref: server.last.messages[0]?.ref } })
    await sent

    await settle(200)

    expect(known()).toEqual([])
  })
})

describe('The session', () => {
  it.each([undefined, {}])('is not begun, and nothing sent, where crypto is %j', async (crypto) => {
    const server = page()
    vi.stubGlobal('crypto', crypto)
    const missing = /expected crypto.getRandomValues, .* 'react-native-get-random-values'/

    expect(() => startSession('/ws')).toThrow(missing)
    await expect(sendAcknowledged('/ws', 'FLOW_STATUS', flow(1).payload)).rejects.toThrow(missing)

    await settle(1_000)
    expect(server.connections).toHaveLength(0)
  })
})

/** A component that gives options. */
const user = (isMounted = true): { isMounted: boolean } & User => ({ isMounted })

describe('The options of an address', () => {
  it('are those of its users; of each the later one that is not undefined', () => {
    const [first, second, third] = [user(), user(), user()]
    const socket = socketOf('/ws')
    const isKept = () => socket?.send('FLOW_STATUS', flow(1).payload)
    give('/ws', { maxQueued: 1 }, first)
    give('/ws', { maxQueued: 0 }, second)
    give('/ws', { maxQueued: undefined }, third)
    give('/ws', undefined, third)

    expect(isKept()).toBe(false)
    socket?.given.delete(second)
    expect([isKept(), isKept()]).toEqual([true, false])
    socket?.given.delete(first)
    expect(isKept()).toBe(true)
  })

  it('that are given early count for a moment, unless their user is mounted by then', async () => {
    page()
    const [mounted, hidden] = [user(false), user(false)]
    const socket = socketOf('/ws')
    const stop = socket?.subscribe(() => {})
    give('/ws', { maxQueued: 0 }, mounted)
    give('/ws', { maxDelayMs: 1 }, hidden)
    expect([...(socket?.given.keys() ?? [])]).toEqual(['/ws', mounted, hidden])
    mounted.isMounted = true
    give('/ws', { maxQueued: 0 }, mounted)

    await settle(200)
    expect([...(socket?.given.keys() ?? [])]).toEqual(['/ws', mounted])
    give('/ws', { maxQueued: 1 }, mounted) // it counts at once, and stays
    await settle(200)

    expect(socket?.given.get(mounted)).toEqual({ maxQueued: 1 })
    stop?.()
    await settle(200)
  })

  it('stand beside a socket, not on it', () => {
    const socket = createSocket('/ws')

    give(socket, { maxQueued: 0 }, user())
    give(null, { maxQueued: 0 }, user())

    expect(socket.send('FLOW_STATUS', flow(1).payload)).toBe(true)
  })
})
