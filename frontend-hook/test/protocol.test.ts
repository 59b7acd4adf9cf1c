import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { WebSocket as Ws } from 'ws'
// @ts-expect-error it is plain JavaScript
import { connect } from '../../docs/protocol/plain-client.js'
import { request, sendAcknowledged, startSession } from '../src/ack.js'
import { createSocket } from '../src/core.js'
import { type JoinedTopic, joinTopic } from '../src/topics.js'
import { flow } from './fake.js'
import { describeProtocol, LONGEST_FIRST_WAIT_MS } from './scenarios.js'

declare module '../src/ack.js' {
  interface RequestTypes {
    ASK: { request: { question: string } }
  }
}

/** The browser's WebSocket: an error is no exception. */
class BrowserWebSocket extends Ws {
  constructor(url: string) {
    super(url)
    this.on('error', () => {})
  }
}

beforeAll(() => {
  vi.stubGlobal('WebSocket', BrowserWebSocket)
})

afterAll(() => {
  vi.unstubAllGlobals()
})

describeProtocol('use-flow-socket', (url, after) => {
  const socket = createSocket(url, { after, baseDelayMs: LONGEST_FIRST_WAIT_MS })
  const topics = new Map<string, JoinedTopic>()
  const flows: number[] = []
  const gaps: unknown[] = []
  const errors: string[] = []
  startSession(socket)
  const stops = [
    socket.on('FLOW_STATUS', ({ flowId }) => flows.push(flowId)),
    socket.on('$gap', (gap) => gaps.push(gap)),
  ]
  const leave = (topic: string) => {
    topics.get(topic)?.leave()
    topics.delete(topic)
  }
  return {
    flows,
    gaps,
    errors,
    leave,
    join(topic, behind) {
      const joined = joinTopic(socket, topic, { after: behind })
      topics.set(topic, joined)
      joined.ready.catch((error) => errors.push(error.code))
    },
    send: (flowId) => sendAcknowledged(socket, 'FLOW_STATUS', flow(flowId).payload),
    ask: (question) => request(socket, 'ASK', { question }),
    stop() {
      for (const topic of [...topics.keys()]) leave(topic)
      for (const stop of stops) stop()
      socket.close()
    },
  }
})

describeProtocol('The plain client', (url, after) => {
  const flows: number[] = []
  const gaps: unknown[] = []
  const errors: string[] = []
  const hub = connect(url, {
    after,
    baseMs: LONGEST_FIRST_WAIT_MS,
    onMessage: (_: string, payload: { flowId: number }) => flows.push(payload.flowId),
    onGap: (gap: unknown) => gaps.push(gap),
    onError: ({ code }: { code: string }) => errors.push(code),
  })
  return {
    flows,
    gaps,
    errors,
    join: hub.join,
    leave: hub.leave,
    send: (flowId) => hub.send('FLOW_STATUS', flow(flowId).payload),
    ask: (question) => hub.send('ASK', { question }),
    stop: hub.close,
  }
})

it('the plain client has at most 80 lines, none of them crammed', () => {
  const lines = readFileSync(new URL('../../docs/protocol/plain-client.js', import.meta.url), 'utf8')
    .trimEnd()
    .split('\n')

  expect(lines.length).toBeLessThanOrEqual(80)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(120)
})

it('the plain client leaves a server that does not greet within 10 s', () => {
  vi.useFakeTimers()
  const links: SilentWebSocket[] = []
  class SilentWebSocket {
    isClosed = false
    constructor() {
      links.push(this)
    }
    close() {
      this.isClosed = true
    }
  }
  vi.stubGlobal('WebSocket', SilentWebSocket)
  try {
    const hub = connect('ws://hub/ws', { onMessage() {} })

    vi.advanceTimersByTime(9_999)
    expect(links).toHaveLength(1)
    vi.advanceTimersByTime(1_001)

    expect(links.map(({ isClosed }) => isClosed)).toEqual([true, false])
    hub.close()
  } finally {
    vi.stubGlobal('WebSocket', BrowserWebSocket)
    vi.useRealTimers()
  }
})
