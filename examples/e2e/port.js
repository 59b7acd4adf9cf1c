import { once } from 'node:events'
import { createServer } from 'node:net'

const FIRST = 10_000
const END = 32_768 // systems give out free ports from here on

/** Returns a port without a listener. The system gives it to no other process while its server is down. */
export async function ownPort() {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (END - FIRST))
    const server = createServer().listen(port)
    try {
      await once(server, 'listening')
      await new Promise((resolve) => server.close(resolve))
      return port
    } catch (error) {
      if (error.code !== 'EADDRINUSE') throw error
    }
  }
}
