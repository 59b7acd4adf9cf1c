import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createSocket } from '../src/core.js'
import { joinTopic } from '../src/joinTopic.js'
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
