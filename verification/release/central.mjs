// Stands in for Maven Central in the rehearsal: takes every upload, finds no fault, and says so. Listens on the
// loopback address alone, and prints its own address.
import { createServer } from 'node:http'

const server = createServer((request, response) => {
  request.resume().on('end', () => {
    const { pathname } = new URL(request.url, 'http://localhost')
    if (pathname === '/api/v1/publisher/upload') response.writeHead(201).end('rehearsal')
    else if (pathname === '/api/v1/publisher/status')
      response
        .writeHead(200, { 'Content-Type': 'application/json' })
        .end(JSON.stringify({ deploymentId: 'rehearsal', deploymentState: 'VALIDATED', purls: [] }))
    else response.writeHead(404).end()
  })
})
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`))
