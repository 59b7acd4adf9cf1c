// What users write whose FLOW_STATUS is another one, and who leave open which types there are.
import {
  type Gap,
  type LedgerUpdate,
  type PayloadOf,
  useLatest,
  useMessage,
  useWebSocket,
} from 'use-flow-socket'
import { sendAcknowledged } from 'use-flow-socket/ack'
import { createSocket } from 'use-flow-socket/core'

declare module 'use-flow-socket' {
  interface MessageTypes {
    FLOW_STATUS: { run: string; done: boolean }
    [type: string]: unknown
  }
}

export function Component() {
  const { sendMessage } = useWebSocket('/ws')
  useMessage('/ws', 'FLOW_STATUS', ({ run, done }) => [run.trim(), done])
  // @ts-expect-error it is not the one that is built in
  useMessage('/ws', 'FLOW_STATUS', ({ flowId }) => flowId)
  useMessage('/ws', '$gap', (gap: Gap) => gap.topic?.trim())
  // @ts-expect-error a gap has no amount
  useMessage('/ws', '$gap', ({ amount }) => amount)
  useMessage('/ws', 'LEDGER_UPDATE', ({ amount }: LedgerUpdate) => amount.trim())
  useMessage('/ws', 'ANY', (payload: unknown) => payload)
  useMessage('/ws', '*', (payload: unknown, { type }) => [payload, type.trim()])
  sendMessage('FLOW_STATUS', { run: 'r', done: true })
  // @ts-expect-error wrong payload
  sendMessage('FLOW_STATUS', { flowId: 1 })
  sendMessage({ type: 'ANY', payload: 1 })
  const done: boolean | undefined = useLatest('/ws', 'FLOW_STATUS')?.payload.done
  return done
}

const socket = createSocket('/ws')
socket.on('$error', ({ code, reason }) => [code.trim(), reason.trim()])
socket.on('FLOW_STATUS', ({ run }) => run.trim())
socket.send('ANY', [1])
await sendAcknowledged(socket, 'FLOW_STATUS', { run: 'r', done: false })
const any: PayloadOf<'ANY'> = 1
const sync: PayloadOf<'$sync'> = { id: 'x' }
export default [any, sync]
