import { backoff, closeClass, IMMEDIATE, TERMINAL } from './backoff.js'
import { browser, type Env } from './env.js'
import { isId } from './id.js'
import { makeInbox } from './inbox.js'
import type { LogEvent } from './log.js'
import type { EventType, Handler, Message, MessageTypes, Outgoing, Type } from './messages.js'
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
type Timer = 'retry' | 'stable' | 'watch' | 'linger'

const CHANGE = '' // who subscribes to changes of state listens to this type, which no message has
const MAX_TIMER_MS = 2 ** 31 - 1 // above it, browsers fire at once

const duration = (value: unknown) => (typeof value === 'number' && value >= 0 ? value : undefined)

/** Makes a socket in the surroundings `env`; calls `onIdle` when it has let go of everything. */
export function makeSocket(
  url: string,
  options: Options = {},
  env: Env = browser,
  onIdle = () => {},
): Socket {
  let state = IDLE
  let listeners: { type: string; handler?: AnyHandler | undefined }[] = [] // replaced, never changed
  let link: WebSocket | undefined // what any other connection still says is ignored
  let queue: string[] = []
  let syncMs: number | undefined
  let silenceMs: number | undefined
  let byeMs: number | undefined
  let stopReturns = () => {}
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
      env.report(error)
    }
  }

  const log = (event: LogEvent['event'], detail?: unknown) =>
    guarded(() => {
      const { logger } = options
      if (typeof logger === 'function') logger({ event, url, detail })
      else logger?.info(`use-flow-socket: ${event}`, detail ?? url)
    })

  const emit = (type: string, payload?: unknown, message?: unknown) => {
    const any = type && type[0] !== '$' ? '*' : type
    for (const listener of listeners) {
      if (listener.type === type || listener.type === any) guarded(() => listener.handler?.(payload, message))
    }
  }

  const set = (change: Partial<SocketState>) => {
    state = { ...state, ...change, isConnected: (change.status ?? state.status) === 'open' }
    emit(CHANGE)
  }

  const inbox = makeInbox({
    state: () => state,
    set,
    log,
    deliver(type, payload, message) {
      const control = payload as { syncMs?: unknown; retryAfterMs?: unknown } | undefined
      if (type === '$hello') syncMs = duration(control?.syncMs)
      if (type === '$bye') byeMs = duration(control?.retryAfterMs)
      if (type === '$sync' && syncMs) silenceMs = syncMs * 2.5 // held to its promise once it has kept it
      emit(type, payload, message)
    },
  })

  /** Lets go of the present connection, whatever it is in the middle of. */
  const drop = (why: SocketError = { code: 1000, reason: '' }): Partial<SocketState> => {
    cancel('retry')
    cancel('stable')
    cancel('watch')
    if (link) {
      log('close', why)
      const dropped = link
      link = undefined
      dropped.close(1000)
    }
    const lost = state.isConnected && state.continuity === 'live'
    return { retryAt: null, continuity: lost ? 'recovering' : state.continuity }
  }

  const connect = () => {
    const change = drop()
    inbox.lastId ??= options.after
    inbox.askedFor = inbox.lastId
    syncMs = silenceMs = byeMs = undefined
    set({ ...change, status: 'connecting' })
    log('connecting')
    try {
      open()
    } catch (error) {
      // An impossible address, or a WebSocket that the page may not open: it would fail again.
      set({ status: 'closed', error: { code: 0, reason: `${error}` } })
    }
  }

  const open = () => {
    let address = resolveUrl(url)
    if (!options.plain) {
      address += `${address.includes('?') ? '&' : '?'}signal-hub=1`
      if (inbox.lastId) address += `&after=${inbox.lastId}`
    }
    const opened = new (options.WebSocket ?? WebSocket)(address, options.protocols)
    link = opened
    opened.onopen = () => link === opened && onOpen()
    opened.onmessage = (event) => {
      if (link !== opened) return
      if (silenceMs) after('watch', silenceMs, onSilence)
      inbox.receive(event.data)
    }
    opened.onclose = (event) => link === opened && onLost(event.code, event.reason)
    opened.onerror = () => {} // a close always follows, and says more
    after('watch', options.connectTimeoutMs ?? 10_000, onSilence)
  }

  const onOpen = () => {
    cancel('watch')
    after('stable', options.stableAfterMs ?? 5_000, () => set({ attempt: 0 }))
    for (const text of queue) link?.send(text)
    queue = []
    log('open')
    set({ status: 'open', error: null, queued: 0 })
  }

  const onSilence = () => onLost(1006, 'silence')

  const onLost = (code: number, reason: string) => {
    const error = { code, reason }
    const change = drop(error)
    if (closeClass(code) === TERMINAL) return set({ ...change, status: 'closed', error })

    const { attempt } = state
    const atOnce = closeClass(code) === IMMEDIATE && !attempt // who says so again and again is not believed
    const ms = byeMs ?? (atOnce ? 0 : backoff(attempt, options, env.random))
    after('retry', ms, connect)
    log('retry', ms)
    const status = env.online() ? 'waiting' : 'offline' // the word of the browser is no reason not to try
    set({ ...change, status, error, attempt: attempt + 1, retryAt: env.now() + ms })
  }

  const onReturn = () => {
    if (state.retryAt !== null) connect()
  }

  const onUnused = () => {
    stopReturns()
    drop()
    inbox.lastId = undefined
    queue = []
    set(IDLE)
    onIdle()
  }

  const on = (type: string, handler: AnyHandler) => {
    const listener: (typeof listeners)[number] = { type, handler }
    listeners = [...listeners, listener]
    cancel('linger')
    if (state.status === 'idle') {
      stopReturns = env.onReturn(onReturn)
      set({ status: 'connecting' })
      after('retry', 0, connect) // not at once: whoever mounts together adds options first
    }
    return () => {
      listener.handler = undefined // not even what is being delivered right now
      listeners = listeners.filter((other) => other !== listener)
      if (!listeners.length) after('linger', options.lingerMs ?? 200, onUnused)
    }
  }

  return {
    url,
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
      if (state.isConnected && link?.readyState === 1) {
        link.send(text)
        return true
      }
      if (state.status === 'closed' || queue.length >= (options.maxQueued ?? 100)) {
        log('overflow', text)
        return false
      }
      queue.push(text)
      set({ queued: queue.length })
      return true
    },
    reconnect() {
      if (!listeners.length) return
      set({ attempt: 0 })
      connect()
    },
    close() {
      set({ ...drop(), status: 'closed', error: null })
    },
    resumeFrom(id) {
      if (!state.isConnected && isId(id)) inbox.lastId = id
      set({ continuity: 'live' })
    },
  } as Socket
}
