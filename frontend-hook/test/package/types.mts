// What users write against the built package: it must compile, and what is marked must not.
import useDefault, { createSocket, type Message, useLatest, useMessage, useWebSocket } from 'use-flow-socket'
import { AcknowledgementError, request, sendAcknowledged } from 'use-flow-socket/ack'
import { createSocket as createCoreSocket } from 'use-flow-socket/core'
import { foldFlow as foldFlowOfServer } from 'use-flow-socket/core/flow'
import { type FollowedFlow, foldFlow, type NodeState, UNKNOWN_FLOW, useFlow } from 'use-flow-socket/flow'
import { withParams } from 'use-flow-socket/params'
import { createFakeServer, type FakeConnection, fakeId } from 'use-flow-socket/testing'
import { joinTopic, type TopicError, type TopicState, useTopic } from 'use-flow-socket/topics'

declare module 'use-flow-socket' {
  interface MessageTypes {
    CHAT: { text: string }
  }
}

export function Component() {
  const { isConnected, lastMessage, sendMessage, status, continuity } = useWebSocket('/ws')
  const yes: boolean = isConnected
  useDefault(null)
  useWebSocket(createSocket('/ws', { logger: console.info }))
  useWebSocket('/ws', { logger: (event, detail) => event === 'ignored' && void detail })
  // @ts-expect-error no such event
  useWebSocket('/ws', { logger: (event) => event === 'retry' })

  if (lastMessage?.type === 'FLOW_STATUS') {
    const flowId: number = lastMessage.payload.flowId
    // @ts-expect-error a flow status has no amount
    void lastMessage.payload.amount
    void flowId
  }
  // @ts-expect-error no such type of message
  if (lastMessage?.type === 'FLOW_STATE') void 0
  // @ts-expect-error no such status
  if (status === 'opened') void 0
  if (continuity === 'gap') void 0

  sendMessage('CHAT', { text: 'hi' })
  sendMessage({ type: 'CHAT', payload: { text: 'hi' } })
  // @ts-expect-error wrong payload
  sendMessage('CHAT', { txt: 'hi' })
  // @ts-expect-error wrong payload
  sendMessage({ type: 'CHAT', payload: 1 })
  // @ts-expect-error unknown type
  sendMessage('CHATS', { text: 'hi' })

  useMessage('/ws', 'LEDGER_UPDATE', (payload, message) => {
    const amount: string = payload.amount
    const id: string | undefined = message.id
    void [amount, id]
  })
  useMessage('/ws', 'CHAT', ({ text }) => text.trim())
  useMessage('/ws', '$gap', (gap) => gap.topic?.trim())
  useMessage('/ws', '*', (payload: unknown, message) => [payload, message.type.trim(), message.id?.trim()])
  // @ts-expect-error the payload may be any
  useMessage('/ws', '*', (payload: { text: string }) => payload)
  // @ts-expect-error unknown type
  useMessage('/ws', 'LEDGER', () => {})
  // @ts-expect-error wrong payload
  useMessage('/ws', 'CHAT', (payload: { n: number }) => payload)

  const latest: Message<'CHAT'> | null = useLatest('/ws', 'CHAT')
  return [yes, latest]
}

const socket = createCoreSocket('ws://localhost/ws', { after: 'x', maxQueued: 1 })
socket.on('FLOW_STATUS', (payload) => payload.flowId.toFixed())
socket.on('CHAT', (payload) => payload.text)
socket.on('*', (_, message) => message.type)
// @ts-expect-error unknown option
createSocket('/ws', { retries: 3 })
// @ts-expect-error read-only
socket.state.attempt = 1
socket.hello?.topics?.includes('a')
socket.probe()
socket.resumeFrom()
socket.env.clearTimeout(socket.env.setTimeout(() => {}, 1))
socket.params.token = 'x'
socket.on('$joined', ({ topic, after, upTo }) => [topic, after, upTo])
socket.on('$error', ({ ref, code, reason }) => [ref, code.trim(), reason.trim()])

export function Topic() {
  const { isJoined, error }: TopicState = useTopic('/ws', 'flow:42', { after: 'x' })
  useTopic(socket, null)
  // @ts-expect-error unknown option
  useTopic('/ws', 'flow:42', { before: 'x' })
  return [isJoined, error?.code]
}

declare module 'use-flow-socket/ack' {
  interface RequestTypes {
    PRICE: { request: { article: string }; answer: { price: number } }
    ANY: { request: unknown }
  }
}

export async function answered() {
  const { price } = await request('/ws', 'PRICE', { article: 'tea' }, { timeoutMs: 5_000 })
  // @ts-expect-error it has no such member
  await request('/ws', 'PRICE', { article: 'tea', count: 2 })
  // @ts-expect-error nobody has declared it
  await request('/ws', 'UNHEARD_OF', {})
  const any: unknown = await request('/ws', 'ANY', [1])
  return [price.toFixed(2), any]
}

export async function acknowledged() {
  const { ready, leave } = joinTopic(socket, 'flow:42')
  await ready.catch((error: TopicError) => error.code)
  leave()
  try {
    await sendAcknowledged(socket, 'CHAT', { text: 'hi' }, { timeoutMs: 1_000 })
    // @ts-expect-error wrong payload
    await sendAcknowledged(socket, 'CHAT', { txt: 'hi' })
    // @ts-expect-error null is no source
    await sendAcknowledged(null, 'CHAT', { text: 'hi' })
  } catch (error) {
    if (error instanceof AcknowledgementError) error.code.trim()
  }
}

export function Flow() {
  const flow: FollowedFlow = useFlow('/ws', 42)
  const node: NodeState | undefined = flow.nodes.extract
  if (flow.status === 'FAILED' && flow.isStale) void flow.startedAt?.trim()
  // @ts-expect-error a flow is never a node
  if (flow.status === 'NODE_COMPLETE') void 0
  // @ts-expect-error read-only
  flow.isStale = false
  // @ts-expect-error ids of flows are numbers
  useFlow('/ws', '42')
  foldFlow(UNKNOWN_FLOW, { flowId: 1, status: 'STARTED', timestamp: '' })
  foldFlowOfServer(UNKNOWN_FLOW, { flowId: 1, status: 'STARTED', timestamp: '' })
  // @ts-expect-error no such status
  foldFlow(UNKNOWN_FLOW, { flowId: 1, status: 'RUNNING', timestamp: '' })
  return node?.endedAt
}

export function Options() {
  useWebSocket('/ws', { enabled: false, WebSocket: withParams(async () => ({ token: 'x' })) })
  useWebSocket('/ws', { WebSocket: withParams(() => ({ token: 'x' }), WebSocket) })
  // @ts-expect-error parameters are text
  withParams(() => ({ token: 1 }))
  // @ts-expect-error a component takes part, a socket is there
  createCoreSocket('/ws', { enabled: false })
  // @ts-expect-error not a number
  useWebSocket('/ws', { enabled: 1 })
}

export function testing() {
  const server = createFakeServer({ onConnect: (connection: FakeConnection) => connection.accept() })
  const made = server.socket({ maxQueued: 1 })
  server.last.hello({ id: fakeId(1), resumed: true })
  // @ts-expect-error no member of a greeting
  server.last.hello({ at: 1 })
  // @ts-expect-error unknown option
  server.socket({ retries: 1 })
  server.clock.advance(1)
  server.online = false
  return [made.state.status, server.connections.length, new server.WebSocket('ws://hub')]
}
