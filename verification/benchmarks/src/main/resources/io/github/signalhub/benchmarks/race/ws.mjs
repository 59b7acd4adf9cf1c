// Node's ws with its defaults, which include TCP_NODELAY. A line "heap" is answered with the bytes
// of the heap after a collection.
import { createServer } from 'node:http'
import { createInterface } from 'node:readline'

const { WebSocket, WebSocketServer } = await import(process.argv[2]) // of ws

const http = createServer()
const server = new WebSocketServer({ server: http, path: '/ws' })
server.on('connection', (socket) => {
  socket.on('error', () => {})
  socket.on('message', (data, isBinary) => {
    for (const client of server.clients) {
      if (client.readyState === WebSocket.OPEN) {
        client.send(data, { binary: isBinary })
      }
    }
  })
})
createInterface({ input: process.stdin }).on('line', () => {
  globalThis.gc()
  globalThis.gc() // the first one leaves objects with finalizers
  console.log(process.memoryUsage().heapUsed)
})
http.listen(0, '127.0.0.1', () => console.log(`port ${http.address().port}`))
