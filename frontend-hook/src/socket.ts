import { backoff, IMMEDIATE, TERMINAL } from './backoff.js'
import type { Env } from './env.js'
import { isId } from './id.js'
import { makeInbox } from './inbox.js'
import type { LogEvent } from './log.js'
import type { Bye, EventType, Handler, Hello, Message, MessageTypes, Outgoing, Type } from './messages.js'
import type { Options } from './options.js'
import { IDLE, type SocketError, type SocketState } from './state.js'
import { resolveUrl } from './url.js'

/**
 * A connection that lasts: open while anything listens, reopened when lost, resumed where the server
 * can; its messages are delivered in order, none twice.
 */
export interface Socket {
  /** The address as given. */
  readonly url: string
  /** What the socket is like now. */
  readonly state: SocketState
  /** The point up to which everything was received; undefined if the server gives no ids. */
  readonly lastId: string | undefined
  /** The greeting of the present connection; undefined without one, and where the server is no signal-hub. */
  readonly hello: Hello | undefined
  /** Parameters to add to the address of every connection opened from now on; yours to change, and read for each anew. */
  readonly params: { [name: string]: string }
  /**
   * Calls `handler` with every message of `type`, in order, until the returned function is called.
   * `'*'` stands for every application message.
   */
  on<K extends EventType>(type: K, handler: Handler<K>): () => void
  on(type: '*', handler: (payload: unknown, message: Message) => void): () => void
  /** Calls `listener` after every change of `state`, until the returned function is called. */
  subscribe(listener: () => void): () => void
  /**
   * Sends a message, or keeps it for the next connection. Returns false, and drops it, if the socket is
   * closed for good or `maxQueued` messages wait already. "Sent" means handed to the browser.
   *
   * @throws TypeError if JSON cannot express it
   */
  send<K extends Type>(type: K, payload: MessageTypes[K]): boolean
  send(message: Outgoing): boolean
  /**
   * Hands `text` to the present connection as it is. Returns false, and keeps nothing, if none is open: for
   * what makes sense on this connection only, like the messages of the protocol.
   */
  transmit(text: string): boolean
  /** Connects anew at once, also when closed for good; does nothing while nobody listens. */
  reconnect(): void
  /** Closes for good: only `reconnect()`, or listening anew after everyone left, opens it again. */
  close(): void
  /**
   * Says that everything up to `id` is known from elsewhere, such as a snapshot: a gap ends. Unless
   * open, the next connection starts from there; an id of no known form is only taken as the end of the gap.
   */
  resumeFrom(id: string): void
}

type AnyHandler = (payload: unknown, message: unknown) => void
type Timer = 'wait' | 'stable' | 'linger' // `wait`: for the next try, or for a sign of life

const CHANGE = '$' // who subscribes to changes of state listens to this type
const MAX_TIMER_MS = 2 ** 31 - 1 // above it, browsers fire at once

/** Makes a socket in the surroundings `env`; calls `onIdle` when it has let go of everything. */
export function makeSocket(
  url: string,
  options: Options = {},
  onIdle = () => {},
  env: Env = globalThis as unknown as Env,
): Socket {
  let state = IDLE
  const listeners = new Set<{ type: string; handler: AnyHandler }>()
  let link: WebSocket | undefined
  let queue: string[] = []
  let hello: Hello | undefined
  let bye: Bye | undefined
  const params: { [name: string]: string } = {}
  const timers: { [T in Timer]?: unknown } = {}

  const cancel = (timer: Timer) => env.clearTimeout(timers[timer])
  const after = (timer: Timer, ms: number, task: () => void) => {
    cancel(timer)
    timers[timer] = env.setTimeout(task, Math.min(ms, MAX_TIMER_MS))
  }

  const guarded = (task: () => void) => {
    try {
      task()
    } catch (error) {
      ;(env.reportError ?? console.error)(error)
    }
  }

  const log = (event: LogEvent['event'], detail?: unknown) =>
    guarded(() => options.logger?.({ event, url, detail }))

  const emit = (type: string, payload?: unknown, message?: unknown) => {
    const names = [type, type[0] === '$' ? type : '*']
    for (const listener of [...listeners]) {
      const isMeant = names.includes(listener.type) && listeners.has(listener)
      if (isMeant) guarded(() => listener.handler(payload, message))
    }
  }

  const set = (change: Partial<SocketState>) => {
    const next = { ...state, ...change }
    state = { ...next, isConnected: next.status === 'open' }
    emit(CHANGE)
  }

  const inbox = makeInbox({
    state: () => state,
    set,
    log,
    deliver(type, payload, message) {
      if (type === '$hello') hello = payload as Hello
      if (type === '$bye') bye = payload as Bye
      emit(type, payload, message)
    },
  })

  /** Lets go of the present connection, whatever it is in the middle of. */
  const drop = (why?: SocketError): Partial<SocketState> => {
    cancel('wait')
    cancel('stable')
    hello = undefined
    if (link) {
      link.onopen = link.onmessage = link.onclose = null // what it still says is ignored
      link.close(1000)
      link = undefined
      log('close', why)
    }
    const lost = state.isConnected && state.continuity === 'live'
    return { retryAt: null, continuity: lost ? 'recovering' : state.continuity }
  }

  const connect = () => {
    inbox.lastId ??= options.after
    bye = undefined
    set({ ...drop(), status: 'connecting' })
    log('connecting')
    try {
      const query = new URLSearchParams({ 'signal-hub': '1', ...params })
      inbox.start(query)
      let address = resolveUrl(url)
      if (!options.plain) address += (address.includes('?') ? '&' : '?') + query
      const opened = new (options.WebSocket ?? WebSocket)(address, options.protocols)
      link = opened
      opened.onopen = onOpen
      opened.onmessage = ({ data }) => {
        inbox.receive(data)
        const { syncMs = 0 } = hello ?? {}
        if (syncMs > 0) after('wait', syncMs * 2.5, onSilence)
      }
      opened.onclose = ({ code, reason }) => onLost(code, reason)
      opened.onerror = () => {} // a close always follows, and says more
      after('wait', options.connectTimeoutMs ?? 10_000, onSilence)
    } catch (error) {
      // An impossible address, or a WebSocket that the page may not open: it would fail again.
      set({ status: 'closed', error: { code: 0, reason: `${error}` } })
    }
  }

  const onOpen = () => {
    cancel('wait')
    after('stable', options.stableAfterMs ?? 5_000, () => set({ attempt: 0 }))
    for (const text of queue) link?.send(text)
    queue = []
    log('open')
    set({ status: 'open', error: null, queued: 0 })
  }

  const onSilence = () => onLost(1006, 'silence')

  const onLost = (code: number, reason: string) => {
    const error = { code, reason }
    const change = { ...drop(error), error }
    const kind = Math.floor(code / 100)
    if (kind === TERMINAL) return set({ ...change, status: 'closed' })

    const { attempt } = state
    const atOnce = kind === IMMEDIATE && !attempt // who says so again and again is not believed
    const ms = bye?.retryAfterMs ?? (atOnce ? 0 : backoff(attempt, options, env.Math.random()))
    after('wait', ms, connect)
    log('retry', ms)
    const status = env.navigator?.onLine === false ? 'offline' : 'waiting' // the word of the browser is no reason not to try
    set({ ...change, status, attempt: attempt + 1, retryAt: env.Date.now() + ms })
  }

  const onReturn = () => {
    if (state.retryAt) connect()
  }

  const onUnused = () => {
    env.removeEventListener?.('online', onReturn)
    drop()
    inbox.reset()
    queue = []
    set(IDLE)
    onIdle()
  }

  const on = (type: string, handler: AnyHandler) => {
    const listener = { type, handler }
    listeners.add(listener)
    cancel('linger')
    if (state.status === 'idle') {
      env.addEventListener?.('online', onReturn)
      set({ status: 'connecting' })
      after('wait', 0, connect) // not at once: whoever mounts together adds options first
    }
    return () => {
      listeners.delete(listener) // and it hears no more, not even what is being delivered right now
      if (!listeners.size) after('linger', options.lingerMs ?? 200, onUnused)
    }
  }

  const transmit = (text: string) => {
    const isOpen = link?.readyState === 1
    if (isOpen) link?.send(text)
    return isOpen
  }

  return {
    url,
    params,
    get hello() {
      return hello
    },
    transmit,
    get state() {
      return state
    },
    get lastId() {
      return inbox.lastId
    },
    on,
    subscribe: (listener) => on(CHANGE, listener),
    send(first: string | object, payload?: unknown) {
      const text = JSON.stringify(typeof first === 'string' ? { type: first, payload } : first)
      if (transmit(text)) return true
      const isKept = state.status !== 'closed' && queue.length < (options.maxQueued ?? 100)
      if (isKept) set({ queued: queue.push(text) })
      else log('overflow', text)
      return isKept
    },
    reconnect() {
      if (!listeners.size) return
      set({ attempt: 0 })
      connect()
    },
    close() {
      set({ ...drop(), status: 'closed', error: null })
    },
    resumeFrom(id) {
      if (!state.isConnected && isId(id)) inbox.reset(id)
      set({ continuity: 'live' })
    },
  } as Socket
}
