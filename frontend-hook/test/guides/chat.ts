import { sendAcknowledged, startSession } from 'use-flow-socket/ack'

declare module 'use-flow-socket' {
  interface MessageTypes {
    CHAT: { text: string }
  }
}

export async function say() {
  startSession('/ws') // when you begin to use the address, before its connection opens
  await sendAcknowledged('/ws', 'CHAT', { text: 'hi' }, { timeoutMs: 10_000 })
}
