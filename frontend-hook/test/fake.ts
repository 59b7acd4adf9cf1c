import type { Env } from '../src/env.js'
import type { Gap } from '../src/messages.js'
import type { Options } from '../src/options.js'
import { makeSocket, type Socket } from '../src/socket.js'

/** The server's end of a fake connection, and the browser's WebSocket at once. */
export class FakeWebSocket {
  readyState = 0
  readonly sent: string[] = []
  closedWith: number | undefined
  onopen: (() => void) | null = null
  onmessage: ((event: { data: unknown }) => void) | null = null
  onclose: ((event: { code: number; reason: string }) => void) | null = null
  onerror: (() => void) | null = null

  constructor(
    readonly url: string,
    readonly protocols?: string | string[],
  ) {}

  send(text: string) {
    if (this.readyState !== 1) throw new Error('InvalidStateError')
    this.sent.push(text)
  }

  close(code?: number) {
    this.readyState = 2
    this.closedWith = code
  }

  /** The server accepts. */
  accept() {
    this.readyState = 1
    this.onopen?.()
  }

  /** The server sends a message, or any text. */
  push(message: unknown) {
    this.onmessage?.({ data: typeof message === 'string' ? message : JSON.stringify(message) })
  }

  /** The connection ends. */
  end(code = 1006, reason = '') {
    this.readyState = 3
    this.onerror?.()
    this.onclose?.({ code, reason })
  }
}

/** Surroundings without a wall clock, without chance and without network. */
export function makeFake() {
  let now = 0
  let timers: { id: number; at: number; task: () => void }[] = []
  let ids = 0
  const connections: FakeWebSocket[] = []
  const Constructor = class extends FakeWebSocket {
    constructor(url: string, protocols?: string | string[]) {
      super(new URL(url).href, protocols)
      connections.push(this)
    }
  } as unknown as typeof WebSocket
  const fake = {
    connections,
    reported: [] as unknown[],
    returns: new Set<() => void>(),
    random: 0.5,
    online: true,
    get last(): FakeWebSocket {
      const last = connections.at(-1)
      if (!last) throw new Error('nobody connected')
      return last
    },
    get now() {
      return now
    },
    get pendingTimers() {
      return timers.length
    },
    /** Lets `ms` go by: every timer runs at its time. */
    advance(ms: number) {
      const end = now + ms
      for (;;) {
        const next = timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0]
        if (!next) break
        timers = timers.filter((timer) => timer !== next)
        now = next.at
        next.task()
      }
      now = end
    },
    env: {
      setTimeout(task, ms) {
        const id = ++ids
        timers.push({ id, at: now + ms, task })
        return id
      },
      clearTimeout(id) {
        timers = timers.filter((timer) => timer.id !== id)
      },
      Math: { random: (): number => fake.random },
      Date: { now: () => now },
      navigator: {
        get onLine(): boolean {
          return fake.online
        },
      },
      addEventListener: (_, task) => fake.returns.add(task),
      removeEventListener: (_, task) => fake.returns.delete(task),
      reportError: (error) => fake.reported.push(error),
    } as Env,
    socket: (options: Options = {}, url = 'ws://hub/ws'): Socket =>
      makeSocket(url, { WebSocket: Constructor, ...options }, () => {}, fake.env),
  }
  return fake
}

/** The id of the message at `offset`, in one of a few epochs. */
export const id = (offset: number, epoch = 1) =>
  `${epoch.toString(16).padStart(16, '0')}-${String(offset).padStart(16, '0')}`

/** A message as a hub sends it. */
export const flow = (flowId: number, offset?: number, epoch?: number, topic?: string) => ({
  type: 'FLOW_STATUS' as const,
  payload: { flowId, status: 'STARTED' as const, timestamp: '2026-01-01T00:00:00Z' },
  ...(topic === undefined ? {} : { topic }),
  ...(offset === undefined ? {} : { id: id(offset, epoch) }),
})

/** The beginning and the end of a catch-up. */
export const joined = (topic: string, after: number, upTo: number, ref?: string) => ({
  type: '$joined',
  payload: { topic, after: id(after), upTo: id(upTo), ref },
})
export const sync = (offset: number) => ({ type: '$sync', payload: { id: id(offset) } })

/** A greeting as a hub sends it. */
export const hello = (at: string, resumed = false, more: object = {}) => ({
  type: '$hello',
  payload: { clientId: 'c1', id: at, resumed, topics: [], ...more },
})

/** Listens and does nothing. */
export const noop = () => {}

/** A socket that somebody listens to, its connection open. */
export function opened(options: Options = {}) {
  const fake = makeFake()
  const socket = fake.socket(options)
  const stop = socket.on('*', noop)
  fake.advance(0)
  fake.last.accept()
  return { fake, socket, stop }
}

/** The flows that the socket delivers, from now on. */
export const flowsOf = (socket: Socket) => {
  const flows: number[] = []
  socket.on('FLOW_STATUS', (payload) => flows.push(payload.flowId))
  return flows
}

/** The gaps that it tells, from now on. */
export const gapsOf = (socket: Socket) => {
  const gaps: Gap[] = []
  socket.on('$gap', (gap) => gaps.push(gap))
  return gaps
}
