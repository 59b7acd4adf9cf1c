import { backoff, EXPIRED, IMMEDIATE, TERMINAL } from './backoff.js'
import { control, type Hello, isOfApplication } from './controls.js'
import type { Env } from './env.js'
import { isId } from './id.js'
import { makeInbox } from './inbox.js'
import type { LogEvent } from './log.js'
import type { EventType, Handler, Message, Outgoing, PayloadOf, Type } from './messages.js'
import { DEFAULTS, type Options } from './options.js'
import { listenToPage } from './pageEvents.js'
import { IDLE, type SocketError, type SocketState } from './state.js'
import { makeTimer } from './timer.js'
import { resolveUrl } from './url.js'
import { warnOf } from './warn.js'
import { ANSWER_MS, makeWatchdog } from './watchdog.js'

/**
 * A connection that lasts. It is open while anything listens, comes back when it is lost, and resumes if the server
 * can. It delivers messages in order, none twice.
 */
export interface Socket {
  /** The address as given. */
  readonly url: string
  /** The present state. */
  readonly state: SocketState
  /** The point up to which everything was received; undefined if the server gives no ids. */
  readonly lastId: string | undefined
  /** The greeting of the present connection; undefined before it, and if the server is no signal-hub. */
  readonly hello: Hello | undefined
  /** Parameters to add to the address of every connection that starts from now on. You may change them. */
  readonly params: { [name: string]: string }
  /** Called before each connection starts, in time to change `params`. You may add to them. They keep nothing open. */
  readonly beforeConnect: Set<() => void>
  /** The options of this socket. You may change them: each is read when it is needed. */
  readonly options: Options
  /** The options that users of an address gave, by user. Each counts more than those before it, and than `options`. */
  readonly given: Map<unknown, Options>
  /** The surroundings. Every timer that has to do with this socket runs on their clock. */
  readonly env: Env
  /**
   * Calls `handler` with every message of `type`, in order, until the returned function is called.
   * `'*'` stands for every application message.
   */
  on<K extends EventType>(type: K, handler: Handler<K>): () => void
  on(type: '*', handler: (payload: unknown, message: Message) => void): () => void
  /** Calls `listener` after every change of `state`, until the returned function is called. */
  subscribe(listener: () => void): () => void
  /**
   * Sends a message, or keeps it for the next connection. Returns false, and drops the message, if the socket is
   * closed for good or `maxQueued` messages wait already. "Sent" means handed to the browser.
   *
   * @throws TypeError if JSON cannot express the message
   */
  send<K extends Type>(type: K, payload: PayloadOf<K>): boolean
  send(message: Outgoing): boolean
  /**
   * Hands `text` to the present connection as it is. Returns false, and keeps nothing, if none is open. Use it for
   * text that only this connection needs, such as control messages.
   */
  transmit(text: string): boolean
  /** Connects anew at once, also when closed for good. Does nothing while nobody listens. */
  reconnect(): void
  /**
   * Checks the connection now. If the socket waits for its next try, it tries at once. If it is connected to a
   * signal-hub, it asks the hub for an answer, and connects anew if none comes within a second. It cannot check other
   * servers.
   */
  probe(): void
  /**
   * Closes for good. Only `reconnect()` opens the socket again, or a new listener after all others left. Does nothing
   * when idle.
   */
  close(): void
  /**
   * Tells that the application knows everything up to `id`, for example from a snapshot. This ends a gap. Unless the
   * socket is open, its next connection starts after `id`, and replaces a connection in progress. An `id` of no known
   * form only ends the gap, and so does none: servers that give no ids need that.
   */
  resumeFrom(id?: string): void
}

type Listener = (payload: unknown, message: unknown) => void

/** The type of a change of state. No message has it. */
const CHANGE = ''

/** Nobody follows this topic. A hub answers every `$leave`, so leaving it asks for a sign of life. */
const PROBE_TOPIC = 'use-flow-socket/probe'

/** A hub may be silent for so many times the interval that it promised. */
const SYNCS_MISSED = 2.5

/**
 * Makes a socket in the surroundings `env`. Calls `onIdle`, if given, when the last listener has left and everything
 * is released. It also calls `onIdle` if nobody listens within a moment after the socket was made.
 */
export function makeSocket(
  url: string,
  options: Options = {},
  onIdle?: () => void,
  env: Env = globalThis as unknown as Env,
): Socket {
  let state = IDLE
  let link: WebSocket | undefined
  let queue: string[] = []
  let returnedAt: number | undefined // when the page came back, until a lost connection was replaced for that
  let stopPage: (() => void) | undefined // while anything listens
  const listeners = new Set<{ type: string; listener: Listener }>()
  const params: { [name: string]: string } = {}
  const beforeConnect = new Set<() => void>()
  const retry = makeTimer(env)
  const stable = makeTimer(env)
  const linger = makeTimer(env)

  const given = new Map<unknown, Options>([[url, options]])
  const option = <K extends keyof Options>(name: K) => {
    let value = (DEFAULTS as Options)[name]
    for (const each of given.values()) value = each[name] ?? value
    return value as (Options & typeof DEFAULTS)[K]
  }

  const guarded = (task: () => void) => {
    try {
      task()
    } catch (error) {
      ;(env.reportError ?? console.error)(error)
    }
  }

  const log = (event: LogEvent, detail?: unknown) => {
    try {
      if (process.env.NODE_ENV !== 'production') warnOf(event, detail, url)
    } catch {} // a browser without a bundler has no `process`
    guarded(() => option('logger')?.(event, detail))
  }

  const emit = (type: string, payload?: unknown, message?: unknown) => {
    for (const entry of [...listeners]) {
      const isMeant = entry.type === type || (entry.type === '*' && isOfApplication(type))
      // A listener that was removed during this loop hears no more.
      if (isMeant && listeners.has(entry)) guarded(() => entry.listener(payload, message))
    }
  }

  const set = (change?: Partial<SocketState>) => {
    const before = state.status
    const status = change?.status ?? before
    state = { ...state, ...change, isConnected: status === 'open', continuity: inbox.continuity }
    if (status !== before) log(status, state)
    emit(CHANGE)
  }

  /** Takes the connection for stable after a while. */
  const settle = () =>
    stable.start(() => {
      set({ attempt: 0 })
      inbox.settle()
    }, option('stableAfterMs'))

  const inbox = makeInbox({
    changed: set,
    deliver: emit,
    log,
    settleLater: () => state.attempt || settle(), // with failed attempts, `stable` runs already
  })

  /** Releases the present connection, whatever it is doing. */
  const drop = () => {
    retry.stop()
    stable.stop()
    watchdog.rest()
    inbox.end(state.isConnected)
    if (!link) return
    link.onopen = link.onmessage = link.onclose = null // ignores its later events
    link.close(1000)
    link = undefined
  }

  const end = (error: SocketError | null) => {
    drop()
    set({ status: 'closed', retryAt: null, error })
  }

  const connect = () => {
    drop()
    watchdog.expect(option('connectTimeoutMs'))

    try {
      for (const task of beforeConnect) guarded(task)
      const query = new URLSearchParams({ 'signal-hub': '1', ...params })
      inbox.start(query, option('after'))
      let address = resolveUrl(url)
      if (!option('plain')) address += (address.includes('?') ? '&' : '?') + query
      link = new (option('WebSocket') ?? WebSocket)(address, option('protocols'))
      link.onopen = onOpen
      link.onmessage = ({ data }) => {
        watchdog.rest()
        inbox.receive(data)
        const syncMs = inbox.hello?.syncMs ?? 0
        if (syncMs > 0) watchdog.expect(syncMs * SYNCS_MISSED)
      }
      link.onclose = onLost
      link.onerror = () => {} // a close always follows, and says more
    } catch (error) {
      // An impossible address, or a WebSocket that the page may not open: it would fail again.
      return end({ code: 0, reason: `${error}` })
    }
    set({ status: 'connecting', retryAt: null }) // last, as everywhere: a listener may close or connect anew
  }

  const onOpen = () => {
    // A hub that greeted before has to greet again, within what is left of the time.
    if (!inbox.topics || option('plain')) watchdog.rest()
    settle()
    for (const text of queue) transmit(text)
    queue = []
    set({ status: 'open', error: null, queued: 0 })
  }

  /** Returns how long to wait until the next try, after a close whose code has `kind` as its hundreds. */
  const waitMsAfter = (kind: number) => {
    const wanted = inbox.bye?.retryAfterMs
    if (typeof wanted === 'number') return wanted
    const { attempt } = state
    // Browsers may tell a page that comes back only later which connections it lost.
    const isReturn = env.Date.now() - (returnedAt as number) < ANSWER_MS
    // The first close of this kind counts. A server that repeats it without a stable connection is not believed.
    if (isReturn || (kind === IMMEDIATE && !attempt)) return 0
    return backoff(attempt, option('baseDelayMs'), option('maxDelayMs'), env.Math.random())
  }

  const onLost = ({ code, reason }: SocketError) => {
    const error = { code, reason }
    const kind = code === EXPIRED ? IMMEDIATE : Math.floor(code / 100)
    if (kind === TERMINAL) return end(error)

    const ms = waitMsAfter(kind)
    returnedAt = undefined
    drop()
    retry.start(connect, ms)
    const status = env.navigator?.onLine === false ? 'offline' : 'waiting' // browsers err, so it tries anyway
    set({ status, error, attempt: state.attempt + 1, retryAt: env.Date.now() + ms })
  }

  const watchdog = makeWatchdog(env, () => onLost({ code: 1006, reason: 'silence' }), connect)

  const probe = () => {
    if (state.retryAt !== null) connect()
    else if (inbox.hello && transmit(JSON.stringify(control('$leave', { topic: PROBE_TOPIC }))))
      watchdog.doubt()
    else watchdog.look()
  }

  /** Spares people who look at the page a wait. */
  const onPage = (isBack: boolean, isNetwork: boolean) => {
    const isWaiting = state.retryAt !== null
    if (isBack && !isWaiting) returnedAt = env.Date.now()
    if (isWaiting ? isBack : isNetwork) probe()
    else if (isBack) watchdog.look()
  }

  const onUnused = () => {
    stopPage?.()
    drop()
    inbox.reset()
    queue = []
    state = IDLE // nobody is left to be told
    log('idle', state)
    onIdle?.()
  }
  if (onIdle) linger.start(onUnused, option('lingerMs'))

  const on = (type: string, listener: Listener) => {
    const entry = { type, listener }
    listeners.add(entry)
    linger.stop()
    if (state.status === 'idle') {
      stopPage = listenToPage(env, onPage)
      retry.start(connect, 0) // not at once: components that mount together add options first
      set({ status: 'connecting' })
    }
    return () => {
      listeners.delete(entry)
      if (!listeners.size) linger.start(onUnused, option('lingerMs'))
    }
  }

  const transmit = (text: string) => {
    if (link?.readyState !== 1) return false
    link.send(text)
    return true
  }

  return {
    url,
    params,
    beforeConnect,
    options,
    given,
    env,
    get hello() {
      return inbox.hello
    },
    transmit,
    get state() {
      return state
    },
    get lastId() {
      return inbox.lastId
    },
    on,
    probe,
    subscribe: (listener) => on(CHANGE, listener),
    send(first: string | object, payload?: unknown) {
      const text = JSON.stringify(typeof first === 'string' ? { type: first, payload } : first)
      if (transmit(text)) return true
      if (state.status === 'closed' || queue.length >= option('maxQueued')) return false
      set({ queued: queue.push(text) })
      return true
    },
    reconnect() {
      if (!listeners.size) return
      set({ attempt: 0 })
      connect()
    },
    close() {
      if (state.status !== 'idle') end(null) // an idle socket connects for its next listener
    },
    resumeFrom(id) {
      if (state.isConnected || !isId(id)) inbox.endGap()
      else {
        inbox.reset(id)
        if (link) connect() // the one in progress asks for something else
      }
      set()
    },
  } as Socket
}
