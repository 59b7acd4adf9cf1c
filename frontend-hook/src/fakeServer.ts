import type { Env, PageListener } from './env.js'
import { type FakeClock, makeFakeClock } from './fakeClock.js'
import { FakeConnection } from './fakeConnection.js'
import type { Options } from './options.js'
import { resetPage } from './page.js'
import { makeSocket, type Socket } from './socket.js'

/** Options of a fake server. */
export interface FakeServerOptions {
  /** Called with every connection, soon after the page has opened it. Do here what the server always does. */
  onConnect?: ((connection: FakeConnection) => void) | undefined
}

/** A server without a network, and the surroundings of a page. The test decides what both do. */
export interface FakeServer {
  /** The class that opens connections to this server, for the option `WebSocket` or in place of the global class. */
  readonly WebSocket: typeof WebSocket
  /** All connections, oldest first. */
  readonly connections: readonly FakeConnection[]
  /** The newest connection. @throws Error if there was none */
  readonly last: FakeConnection
  /** The clock of the sockets that this server made. */
  readonly clock: FakeClock
  /** The random number, from 0 to 1, that waits are drawn with. Default 0.5. */
  random: number
  /** Whether the page says that it has a network. Default true. */
  online: boolean
  /** Whether people can see the page. Default true. */
  visible: boolean
  /** How many listeners the sockets have on events of the page. */
  readonly pageListeners: number
  /** The errors that handlers threw. */
  readonly reported: unknown[]
  /** Sends an event of the page, such as `online` or `visibilitychange`, to the sockets that this server made. */
  dispatch(type: string): void
  /** Makes a socket in these surroundings. Nothing of it depends on real time, chance or a network. */
  socket(options?: Options, url?: string): Socket
}

/** Returns `url` as browsers read it. @throws SyntaxError as they do, if no WebSocket could open it */
function parse(url: string): string {
  try {
    const { protocol, href } = new URL(url)
    if (/^wss?:$/.test(protocol)) return href
  } catch {}
  throw new SyntaxError(`Invalid URL: ${url}`)
}

/**
 * Makes a server without connections, on a page that nobody has used: it closes and forgets the shared sockets of
 * earlier tests. Call it before you render anything.
 */
export function createFakeServer({ onConnect }: FakeServerOptions = {}): FakeServer {
  resetPage()
  const connections: FakeConnection[] = []
  const clock = makeFakeClock()
  const pageListeners = new Set<{ type: string; task: PageListener }>()

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
      return pageListeners.size
    },
    get last() {
      const last = connections.at(-1)
      if (!last) throw new Error('expected a connection, was none')
      return last
    },
    dispatch(type) {
      for (const one of [...pageListeners]) if (one.type === type) one.task({ type })
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
    addEventListener: (type, task) => pageListeners.add({ type, task }),
    removeEventListener(type, task) {
      for (const one of pageListeners) if (one.type === type && one.task === task) pageListeners.delete(one)
    },
    reportError: (error) => server.reported.push(error),
  }
  return server
}
