import { createSocket } from 'use-flow-socket/core'

export function listen() {
  const socket = createSocket('wss://example.org/ws')
  const stop = socket.on('LEDGER_UPDATE', (entry) => console.log(entry.amount)) // connects
  return stop
}
