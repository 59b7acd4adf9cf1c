import { backoff, IMMEDIATE, TERMINAL } from './backoff.js'
import type { Env, PageListener } from './env.js'
import { isId } from './id.js'
import { makeInbox } from './inbox.js'
import type { LogEvent } from './log.js'
import type { EventType, Handler, Hello, Message, Outgoing, PayloadOf, Type } from './messages.js'
import { DEFAULTS, type Options } from './options.js'
import { IDLE, type SocketError, type SocketState } from './state.js'
import { resolveUrl } from './url.js'
import { warnOf } from './warn.js'

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
  /** The options that it goes by; yours to change, and read when needed. */
  readonly options: Options
  /** The options that users of an address gave, by user: each counts more than those before it, and than `options`. */
  readonly given: Map<unknown, Options>
  /** Its surroundings: every timer that has to do with it runs on their clock. */
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
   * Sends a message, or keeps it for the next connection. Returns false, and drops it, if the socket is
   * closed for good or `maxQueued` messages wait already. "Sent" means handed to the browser.
   *
   * @throws TypeError if JSON cannot express it
   */
  send<K extends Type>(type: K, payload: PayloadOf<K>): boolean
  send(message: Outgoing): boolean
  /**
   * Hands `text` to the present connection as it is. Returns false, and keeps nothing, if none is open: for
   * what makes sense on this connection only, like the messages of the protocol.
   */
  transmit(text: string): boolean
  /** Connects anew at once, also when closed for good; does nothing while nobody listens. */
  reconnect(): void
  /**
   * Looks after the connection now: tries at once if it waits for the next try, and asks a signal-hub whether it is
   * there, which is left for a new connection unless it answers within a second. Of other servers nobody can tell.
   */
  probe(): void
  /** Closes for good: only `reconnect()`, or listening anew after everyone left, opens it again. Does nothing when idle. */
  close(): void
  /**
   * Says that everything up to `id` is known from elsewhere, such as a snapshot: a gap ends. Unless open, the
   * next connection starts from there, and one in progress is given up for it; an id of no known form is only
   * taken as the end of the gap. Without one the gap ends too: for servers that give no ids.
   */
  resumeFrom(id?: string): void
}

type AnyHandler = (payload: unknown, message: unknown) => void

const CHANGE = '$' // who subscribes to changes of state listens to this type
const WATCH_MS = 5_000 // a timer that is later than that was asleep
const ANSWER_MS = 1_000 // within which whoever is there shows life, and a link that was cut during sleep shows that
const PROBE = '{"type":"$leave","payload":{"topic":"use-flow-socket/probe"}}' // nobody follows it: a hub always answers
const PAGE_EVENTS = ['offline', 'online', 'pageshow', 'visibilitychange']

/**
 * Makes a socket in the surroundings `env`; calls `onIdle`, if given, when it has let go of everything, and also when
 * nobody has listened to it a moment after it was made.
 */
export function makeSocket(
  url: string,
  options: Options = {},
  onIdle?: () => void,
  env: Env = globalThis as unknown as Env,
): Socket {
  let state = IDLE
  const listeners = new Set<{ type: string; handler: AnyHandler }>()
  let link: WebSocket | undefined
  let queue: string[] = []
  let silentAt = 0 // when the present connection counts as dead, by the wall clock; 0 for never
  let returnedAt = Number.NaN // when the page came back; NaN if a lost connection was made up for since
  const params: { [name: string]: string } = {}

  const given = new Map<unknown, Options>([[url, options]])
  const option = <K extends keyof Options>(name: K) => {
    let value = (DEFAULTS as Options)[name]
    for (const each of given.values()) value = each[name] ?? value
    return value as (Options & typeof DEFAULTS)[K]
  }

  /** Makes a timer: called with a task it starts anew, without one it stops. */
  const makeTimer = () => {
    let timer: unknown
    return (ms = 0, task?: () => void) => {
      env.clearTimeout(timer)
      if (task) timer = env.setTimeout(task, Math.min(ms, 2e9)) // above 2³¹, browsers fire at once
    }
  }
  const wait = makeTimer() // for the next try, or for a sign of life
  const stable = makeTimer()
  const linger = makeTimer()

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
    } catch {} // without a bundler a browser has no `process`
    guarded(() => option('logger')?.(event, detail))
  }

  const emit = (type: string, payload?: unknown, message?: unknown) => {
    for (const listener of [...listeners]) {
      const isMeant = listener.type === type || (listener.type === '*' && type[0] !== '$')
      if (isMeant && listeners.has(listener)) guarded(() => listener.handler(payload, message))
    }
  }

  const set = (change: Partial<SocketState>) => {
    const next = { ...state, ...change }
    const isNews = next.status !== state.status
    next.isConnected = next.status === 'open'
    if (state.isConnected && !next.isConnected) inbox.isLost = true
    if (next.continuity !== 'gap') next.continuity = inbox.isLost ? 'recovering' : 'live'
    state = next
    if (isNews) log(next.status, next)
    emit(CHANGE)
  }

  /** Takes the connection for stable in a while, and once more where it begins a gap after that. */
  const settle = () =>
    stable(option('stableAfterMs'), () => {
      set({ attempt: 0 })
      inbox.settle()
    })

  const inbox = makeInbox({ set, log, deliver: emit, later: () => state.attempt || settle() })

  /** Waits for nothing. */
  const rest = () => {
    wait()
    silentAt = 0
  }

  /** Lets go of the present connection, whatever it is in the middle of. */
  const drop = () => {
    rest()
    stable()
    inbox.hello = inbox.bye = undefined
    if (!link) return
    link.onopen = link.onmessage = link.onclose = null // what it still says is ignored
    link.close(1000)
    link = undefined
  }

  const end = (error: SocketError | null) => {
    drop()
    set({ status: 'closed', retryAt: null, error })
  }

  /** Expects a sign of life within `ms`. */
  const expect = (ms: number) => {
    silentAt = env.Date.now() + ms
    watch()
  }

  /** Timers stand still while a machine sleeps or a page is frozen, the wall clock does not: it has the last word. */
  const watch = () => {
    const late = env.Date.now() - silentAt
    if (late < 0) wait(Math.min(-late, WATCH_MS), watch)
    else if (late < WATCH_MS) onLost({ code: 1006, reason: 'silence' })
    else wait(ANSWER_MS, connect) // unless something came during sleep that is delivered now
  }

  const connect = () => {
    inbox.lastId ??= option('after')
    drop()
    expect(option('connectTimeoutMs'))

    try {
      const query = new URLSearchParams({ 'signal-hub': '1', ...params })
      inbox.start(query)
      let address = resolveUrl(url)
      if (!option('plain')) address += (address.includes('?') ? '&' : '?') + query
      link = new (option('WebSocket') ?? WebSocket)(address, option('protocols'))
      link.onopen = onOpen
      link.onmessage = ({ data }) => {
        rest()
        inbox.receive(data)
        const syncMs = inbox.hello?.syncMs ?? 0
        if (syncMs > 0) expect(syncMs * 2.5)
      }
      link.onclose = onLost
      link.onerror = () => {} // a close always follows, and says more
    } catch (error) {
      // An impossible address, or a WebSocket that the page may not open: it would fail again.
      return end({ code: 0, reason: `${error}` })
    }
    set({ status: 'connecting', retryAt: null }) // last, like everywhere: whoever is told may close or connect anew
  }

  const onOpen = () => {
    // Who greeted before has to do so again, within what is left of the time.
    if (!inbox.topics || option('plain')) rest()
    settle()
    for (const text of queue) transmit(text)
    queue = []
    set({ status: 'open', error: null, queued: 0 })
  }

  const onLost = ({ code, reason }: SocketError) => {
    const error = { code, reason }
    const kind = Math.floor(code / 100)
    if (kind === TERMINAL) return end(error)

    const { attempt } = state
    let ms = inbox.bye?.retryAfterMs
    // A page that comes back may be told later of what it lost meanwhile. A server that says 42xx again and again is not believed.
    const atOnce = env.Date.now() - returnedAt < ANSWER_MS || (kind === IMMEDIATE && !attempt)
    returnedAt = Number.NaN
    if (typeof ms !== 'number') {
      ms = atOnce ? 0 : backoff(attempt, option('baseDelayMs'), option('maxDelayMs'), env.Math.random())
    }
    drop()
    wait(ms, connect)
    const status = env.navigator?.onLine === false ? 'offline' : 'waiting' // the word of the browser is no reason not to try
    set({ status, error, attempt: attempt + 1, retryAt: env.Date.now() + ms })
  }

  const probe = () => {
    if (state.retryAt) connect()
    else if (inbox.hello && transmit(PROBE)) wait(ANSWER_MS, connect)
    else if (silentAt) watch()
  }

  /** The network changes, or the page is back: whoever looks at it should not have to wait. */
  const onPage: PageListener = ({ type }) => {
    const isReturn = type !== 'offline' && !env.document?.hidden
    if (isReturn && !state.retryAt) returnedAt = env.Date.now()
    if (state.retryAt ? isReturn : /line/.test(type)) probe()
    else if (isReturn && silentAt) watch()
  }

  const forPage = (does: 'addEventListener' | 'removeEventListener') => {
    for (const type of PAGE_EVENTS) env[does]?.(type, onPage)
  }

  const onUnused = () => {
    forPage('removeEventListener')
    drop()
    inbox.reset()
    queue = []
    state = IDLE // nobody is left to be told
    log('idle', state)
    onIdle?.()
  }
  if (onIdle) linger(option('lingerMs'), onUnused)

  const on = (type: string, handler: AnyHandler) => {
    const listener = { type, handler }
    listeners.add(listener)
    linger()
    if (state.status === 'idle') {
      forPage('addEventListener')
      wait(0, connect) // not at once: whoever mounts together adds options first
      set({ status: 'connecting' })
    }
    return () => {
      listeners.delete(listener) // and it hears no more, not even what is being delivered right now
      if (!listeners.size) linger(option('lingerMs'), onUnused)
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
      if (state.status !== 'idle') end(null) // who comes later is to be connected
    },
    resumeFrom(id) {
      if (!state.isConnected && isId(id)) {
        inbox.reset(id)
        if (link) connect() // the one in progress asks for something else
      }
      set({ continuity: 'live' })
    },
  } as Socket
}
