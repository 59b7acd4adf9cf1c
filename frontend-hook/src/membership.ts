import type { EventType, Handler } from './messages.js'
import { page } from './page.js'
import type { Socket } from './socket.js'

/** Why a topic cannot be followed: what the server said, or `left` if this side left it before. */
export class TopicError extends Error {
  /** `forbidden`, `too_many_topics`, `invalid`, an application's own, or `left`. */
  readonly code: string

  constructor(code: string, reason: string) {
    super(reason)
    this.name = 'TopicError'
    this.code = code
  }

  /** Whether `error` is one, of whichever copy of this package. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return (error as Error | null)?.name === 'TopicError'
  }
}

/** How a topic is followed at one moment; never changed, only replaced. */
export interface TopicState {
  /** Whether it is followed on the present connection, and caught up with the rest. */
  readonly isJoined: boolean
  /** Why it is not, if the server refused; asked again on the next connection. */
  readonly error: TopicError | null
}

/** The state of a topic that nobody has asked for yet. */
export const NOT_JOINED: TopicState = { isJoined: false, error: null }

/** A topic on a socket, for all who follow it. */
export interface Membership {
  readonly state: TopicState
  /** Settled once: when the topic is caught up for the first time, refused, or left before. */
  readonly ready: Promise<void>
  /** Called after every change of `state`. */
  readonly watchers: Set<() => void>
  /** Leaves the topic, and keeps the socket open no more. */
  end(): void
}

/**
 * Follows `topic` on `socket`, from `after` or from now on, until the end: on every connection it joins
 * anew, behind what it was given last.
 */
export function makeMembership(socket: Socket, topic: string, after: string | undefined): Membership {
  let state = NOT_JOINED
  let cursor = after // behind which the next connection has to go on
  let isFollowed = false // on the present connection, from `$joined` on
  let ref: string | undefined
  let settle: { resolve(): void; reject(error: TopicError): void }
  const watchers = new Set<() => void>()

  const ready = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  ready.catch(() => {}) // to wait for it is nobody's duty

  const set = (isJoined: boolean, error: TopicError | null = null) => {
    if (isJoined) settle.resolve()
    if (error) settle.reject(error)
    if (isJoined === state.isJoined && error === state.error) return
    state = { isJoined, error }
    for (const watcher of [...watchers]) watcher()
  }

  const lose = () => {
    isFollowed = false
    set(false, state.error)
  }

  const ask = (type: '$join' | '$leave', payload: object) =>
    socket.transmit(JSON.stringify({ type, payload: { topic, ...payload } }))

  const join = () => {
    ref = undefined
    if (socket.hello?.topics?.includes(topic)) return set(true) // the address names it, and resumes it
    const here = page()
    here.joins = (here.joins ?? 0) + 1
    ref = `join-${here.joins}`
    ask('$join', { after: cursor, ref })
  }

  const handlers: { [K in EventType]?: Handler<K> } = {
    $hello: join,
    $joined(joined) {
      if (joined.topic !== topic) return
      isFollowed = true
      cursor = joined.after
    },
    $sync({ id }) {
      if (!isFollowed) return
      cursor = id // of whatever this is the end, everything up to here was sent
      set(true)
    },
    $left(left) {
      if (left.topic === topic) lose()
    },
    $error(error) {
      if (ref && error.ref === ref) set(false, new TopicError(error.code, error.reason))
    },
  }
  const stops = Object.entries(handlers)
    .map(([type, handler]) => socket.on(type as EventType, handler as Handler<EventType>))
    .concat(
      socket.on('*', (_, message) => {
        if (isFollowed && message.topic === topic && message.id) cursor = message.id
      }),
      socket.subscribe(() => {
        if (!socket.state.isConnected) lose()
      }),
    )
  if (socket.hello) join()

  return {
    get state() {
      return state
    },
    ready,
    watchers,
    end() {
      settle.reject(new TopicError('left', `left ${topic} before it was joined`))
      if (ref) ask('$leave', {}) // what the address names is not ours to leave
      for (const stop of stops) stop()
    },
  }
}
