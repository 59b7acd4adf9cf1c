import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WebSocket as Ws } from 'ws'
import { createSocket } from '../src/core.js'
import { flow, hello, id } from './fake.js'
import { type Server, startServer } from './server.js'
import { until } from './until.js'

const WebSocket = Ws as unknown as typeof globalThis.WebSocket

let server: Server
const stops: (() => void)[] = []

beforeEach(async () => {
  server = await startServer()
})

afterEach(async () => {
  for (const stop of stops.splice(0)) stop()
  await server.stop()
})

describe('Against a real server', () => {
  it('receives a burst of 2,000 messages, each once and in order', async () => {
    const socket = createSocket(server.url, { WebSocket })
    const flows: number[] = []
    stops.push(socket.on('FLOW_STATUS', ({ flowId }) => flows.push(flowId)))
    await until(() => expect(socket.state.status).toBe('open'))

    for (let n = 0; n < 2_000; n++) server.send(flow(n, n + 1))

    await until(() => expect(flows).toHaveLength(2_000))
    expect(flows).toEqual(Array.from({ length: 2_000 }, (_, n) => n))
  })

  it('sends what was queued before the connection was open', async () => {
    const socket = createSocket(server.url, { WebSocket })
    stops.push(socket.subscribe(() => {}))

    expect(socket.send('FLOW_STATUS', flow(7).payload)).toBe(true)

    await until(() => expect(server.texts).toEqual([JSON.stringify(flow(7))]))
  })

  it('comes back after a cut and asks for what it missed', async () => {
    const socket = createSocket(server.url, { WebSocket, baseDelayMs: 20 })
    const flows: number[] = []
    stops.push(socket.on('FLOW_STATUS', ({ flowId }) => flows.push(flowId)))
    await until(() => expect(socket.state.status).toBe('open'))
    server.send(hello(id(0)))
    server.send(flow(1, 1))
    await until(() => expect(flows).toEqual([1]))

    server.links[0]?.terminate()
    await until(() => expect(server.links).toHaveLength(2))
    await until(() => expect(socket.state.status).toBe('open'))
    server.send(hello(id(1), true))
    server.send(flow(1, 1))
    server.send(flow(2, 2))

    await until(() => expect(flows).toEqual([1, 2]))
    expect(server.paths).toEqual(['/ws?signal-hub=1', `/ws?signal-hub=1&after=${id(1)}`])
    expect(socket.state.continuity).toBe('live')
  })

  it('comes back to a server that was restarted on the same port', async () => {
    const socket = createSocket(server.url, { WebSocket, baseDelayMs: 20, maxDelayMs: 40 })
    stops.push(socket.subscribe(() => {}))
    await until(() => expect(socket.state.status).toBe('open'))

    await server.stop()
    await until(() => expect(socket.state.attempt).toBeGreaterThan(1))
    server = await startServer(server.port)

    await until(() => expect(socket.state.status).toBe('open'))
  })

  it('obeys a final close code', async () => {
    const socket = createSocket(server.url, { WebSocket, baseDelayMs: 1 })
    stops.push(socket.subscribe(() => {}))
    await until(() => expect(socket.state.status).toBe('open'))

    server.links[0]?.close(4003, 'forbidden')

    await until(() => expect(socket.state.status).toBe('closed'))
    expect(socket.state.error).toEqual({ code: 4003, reason: 'forbidden' })
    expect(server.links).toHaveLength(1)
  })

  it('closes with 1000 a moment after nobody listens, also while still connecting', async () => {
    const socket = createSocket(server.url, { WebSocket, lingerMs: 1 })
    const stop = socket.subscribe(() => {})
    await until(() => expect(server.links).toHaveLength(1))
    const code = new Promise((resolve) => server.links[0]?.once('close', resolve))

    stop()

    expect(await code).toBe(1000)
    expect(socket.state.status).toBe('idle')
  })
})
