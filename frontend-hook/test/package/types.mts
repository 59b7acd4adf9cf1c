// What users write against the built package: it must compile, and what is marked must not.
import useDefault, { createSocket, type Message, useLatest, useMessage, useWebSocket } from 'use-flow-socket'
import { AcknowledgementError, sendAcknowledged } from 'use-flow-socket/ack'
import { createSocket as createCoreSocket } from 'use-flow-socket/core'
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
  useWebSocket('/ws', { logger: ({ event, detail }) => void [event, detail] })

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
