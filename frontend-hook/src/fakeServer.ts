import type { Env, PageListener } from './env.js'
import { type FakeClock, makeFakeClock } from './fakeClock.js'
import { FakeConnection } from './fakeConnection.js'
import type { Options } from './options.js'
import { resetPage } from './page.js'
import { makeSocket, type Socket } from './socket.js'

/** Options of a fake server. */
export interface FakeServerOptions {
  /** Called with every connection, soon after the page has opened it: for what the server always does. */
  onConnect?: ((connection: FakeConnection) => void) | undefined
}

/** A server without network, and what surrounds a page: a test is both, and says what happens. */
export interface FakeServer {
  /** The class to open connections with: for the option `WebSocket`, or in place of the global one. */
  readonly WebSocket: typeof WebSocket
  /** Every connection that was ever opened. */
  readonly connections: readonly FakeConnection[]
  /** The connection opened last. @throws Error if there was none */
  readonly last: FakeConnection
  /** The time of the sockets that this server made. */
  readonly clock: FakeClock
  /** The chance, from 0 to 1, that waits are drawn with. Default 0.5. */
  random: number
  /** Whether the page says that it has a network. Default true. */
  online: boolean
  /** Whether the page can be seen. Default true. */
  visible: boolean
  /** How many of its events the sockets listen to. */
  readonly pageListeners: number
  /** What handlers threw. */
  readonly reported: unknown[]
  /** Tells the sockets that this server made of an event of the page, such as `online` or `visibilitychange`. */
  dispatch(type: string): void
  /** Makes a socket in these surroundings: nothing of it depends on real time, chance or network. */
  socket(options?: Options, url?: string): Socket
}

/** Returns `url` as browsers read it. @throws SyntaxError as they do at what no WebSocket could open */
function parse(url: string): string {
  try {
    const { protocol, href } = new URL(url)
    if (/^wss?:$/.test(protocol)) return href
  } catch {}
  throw new SyntaxError(`Invalid URL: ${url}`)
}

/**
 * Makes a server that nobody has connected to, on a page that nobody has used: shared sockets of earlier tests are
 * closed and forgotten. Make it before anything is rendered.
 */
export function createFakeServer({ onConnect }: FakeServerOptions = {}): FakeServer {
  resetPage()
  const connections: FakeConnection[] = []
  const clock = makeFakeClock()
  const returns = new Set<{ type: string; task: PageListener }>()

  class FakeWebSocket extends FakeConnection {
    constructor(url: string, protocols?: string | string[]) {
      super(parse(url), protocols)
      connections.push(this)
      if (onConnect) queueMicrotask(() => onConnect(this))
    }
  }

  const server: FakeServer = {
    WebSocket: FakeWebSocket as unknown as typeof WebSocket,
    connections,
    clock,
    random: 0.5,
    online: true,
    visible: true,
    reported: [],
    get pageListeners() {
      return returns.size
    },
    get last() {
      const last = connections.at(-1)
      if (!last) throw new Error('expected a connection, but nobody connected')
      return last
    },
    dispatch(type) {
      for (const one of [...returns]) if (one.type === type) one.task({ type })
    },
    socket: (options = {}, url = 'ws://hub/ws') =>
      makeSocket(url, { WebSocket: server.WebSocket, ...options }, undefined, env),
  }
  const env: Env = {
    setTimeout: clock.setTimeout,
    clearTimeout: clock.clearTimeout,
    Math: { random: () => server.random },
    Date: { now: () => clock.now },
    navigator: {
      get onLine() {
        return server.online
      },
    },
    document: {
      get hidden() {
        return !server.visible
      },
    },
    addEventListener: (type, task) => returns.add({ type, task }),
    removeEventListener(type, task) {
      for (const one of returns) if (one.type === type && one.task === task) returns.delete(one)
    },
    reportError: (error) => server.reported.push(error),
  }
  return server
}
