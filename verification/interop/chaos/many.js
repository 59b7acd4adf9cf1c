// COUNT clients of the hub at WS_URL, with the hook's core. Prints `open` once all clients were greeted. For
// `back` on its input, it waits until another server has greeted all clients, and prints the greetings.

import { createInterface } from 'node:readline'
import { createSocket } from 'use-flow-socket/core'
import { WebSocket } from 'ws'

const { COUNT, WS_URL } = process.env
const attempts = [] // the times of connection attempts, in milliseconds
let outOfTime = false

class TimedWebSocket extends WebSocket {
  constructor(...args) {
    attempts.push(performance.now())
    super(...args)
  }
}

const clients = Array.from({ length: Number(COUNT) }, () => {
  const client = { hellos: [], gaps: 0, byes: 0, socket: createSocket(WS_URL, { WebSocket: TimedWebSocket }) }
  client.socket.on('$hello', (hello) => client.hellos.push(hello))
  client.socket.on('$gap', () => client.gaps++)
  client.socket.on('$bye', () => client.byes++)
  return client
})
const epoch = ({ id }) => id.slice(0, 16)
const isOpen = ({ socket, hellos }) => socket.state.isConnected && hellos.length > 0
const isBack = (client) => isOpen(client) && epoch(client.hellos[0]) !== epoch(client.hellos.at(-1))
const count = (is) => clients.filter(is).length

async function all(is) {
  while (!clients.every(is) && !outOfTime) await new Promise((resolve) => setTimeout(resolve, 20))
}

setTimeout(() => {
  outOfTime = true
}, 90_000).unref()
await all(isOpen)
console.log('open')
for await (const _ of createInterface({ input: process.stdin })) {
  await all(isBack)
  console.log(
    JSON.stringify({
      back: count(isBack),
      notResumed: count(({ hellos }) => hellos.at(-1).resumed === false),
      gapTold: count(({ gaps, socket }) => gaps > 0 && socket.state.continuity === 'gap'),
      byes: count(({ byes }) => byes > 0),
      attempts: attempts.slice(clients.length), // all but the first
    }),
  )
}
process.exit()
