import type { AddressInfo } from 'node:net'
import { type WebSocket as Link, WebSocketServer } from 'ws'

const FIRST_PORT = 10_000
const END_OF_PORTS = 32_768 // from here on systems give free ports to others, also those of a server that is away

async function listen(port?: number): Promise<WebSocketServer> {
  const some = FIRST_PORT + Math.floor(Math.random() * (END_OF_PORTS - FIRST_PORT))
  const server = new WebSocketServer({ port: port ?? some, host: '127.0.0.1' })
  try {
    await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
    return server
  } catch (error) {
    if (port !== undefined || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return listen()
  }
}

/** A real WebSocket server on a port of its own, that remembers who came and what they said. */
export async function startServer(port?: number) {
  const server = await listen(port)
  const links: Link[] = []
  const paths: string[] = []
  const texts: string[] = []
  server.on('connection', (link, request) => {
    links.push(link)
    paths.push(request.url ?? '')
    link.on('message', (data) => texts.push(String(data)))
  })
  const { port: bound } = server.address() as AddressInfo
  return {
    port: bound,
    url: `ws://127.0.0.1:${bound}/ws`,
    /** Every connection there ever was. */
    links,
    paths,
    texts,
    /** Those that are open. */
    get open() {
      return [...server.clients]
    },
    send(message: unknown) {
      const text = typeof message === 'string' ? message : JSON.stringify(message)
      for (const link of server.clients) link.send(text)
    },
    async stop() {
      for (const link of server.clients) link.terminate()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export type Server = Awaited<ReturnType<typeof startServer>>
