import type { AddressInfo } from 'node:net'
import { type WebSocket as Link, WebSocketServer } from 'ws'

/** A real WebSocket server on a port of its own, that remembers who came and what they said. */
export async function startServer(port = 0) {
  const server = new WebSocketServer({ port, host: '127.0.0.1' })
  await new Promise((resolve, reject) => server.once('listening', resolve).once('error', reject))
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
