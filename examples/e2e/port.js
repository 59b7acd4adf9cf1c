import { once } from 'node:events'
import { createServer } from 'node:net'

const FIRST = 10_000
const END = 32_768 // from here on systems give free ports to others

/** Returns a port where nothing listens, and which nobody else is given while its server is away. */
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
