import { type ClientControlTypes, control } from './controls.js'
import { beginningOf } from './id.js'
import type { EventType, Handler } from './messages.js'
import { page } from './page.js'
import type { Socket } from './socket.js'

/** Why a topic cannot be followed: the server's refusal, or `left` if this side left the topic first. */
export class TopicError extends Error {
  /** `forbidden`, `too_many_topics`, `invalid`, an application's own code, or `left`. */
  readonly code: string

  constructor(code: string, reason: string) {
    super(reason)
    this.name = 'TopicError'
    this.code = code
  }

  /** Whether `error` is a `TopicError` of any copy of this package. */
  static override [Symbol.hasInstance](error: unknown): boolean {
    return (error as Error | null)?.name === 'TopicError'
  }
}

/** How a topic is followed at one moment; never changed, only replaced. */
export interface TopicState {
  /** Whether the topic is followed on the present connection, and caught up with the rest. */
  readonly isJoined: boolean
  /** Why the server refused the topic. The next connection asks again. */
  readonly error: TopicError | null
}

/** The state of a topic that nobody has asked for yet. */
export const NOT_JOINED: TopicState = { isJoined: false, error: null }

/** A topic on a socket, for all its users. */
export interface Membership {
  readonly state: TopicState
  /** Settled once: when the topic is caught up for the first time, refused, or left before. */
  readonly ready: Promise<void>
  /** Called after every change of `state`. */
  readonly watchers: Set<() => void>
  /** Leaves the topic, and no longer keeps the socket open. */
  end(): void
}

/**
 * Follows `topic` on `socket`, after the id `after` or from now on, until `end`. Each connection joins it anew, after
 * the last message that was received.
 */
export function makeMembership(socket: Socket, topic: string, after: string | undefined): Membership {
  let state = NOT_JOINED
  let cursor = after // the id after which the next connection goes on
  let isFollowed = false // on the present connection, from `$joined` on
  let ref: string | undefined // of the latest `$join`; undefined if the address names the topic
  let settle: { resolve(): void; reject(error: TopicError): void }
  const watchers = new Set<() => void>()

  const ready = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  ready.catch(() => {}) // users need not wait for it

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

  const ask = <K extends keyof ClientControlTypes>(type: K, payload: ClientControlTypes[K]) =>
    socket.transmit(JSON.stringify(control(type, payload as never)))

  const join = () => {
    ref = undefined
    if (socket.hello?.topics?.includes(topic)) return set(true) // the address names it, and resumes it
    const here = page()
    here.joins = (here.joins ?? 0) + 1
    ref = `join-${here.joins}`
    ask('$join', { topic, after: cursor, ref })
  }

  const handlers: { [K in EventType]?: Handler<K> } = {
    $hello: join,
    $joined(joined) {
      if (joined.topic !== topic) return
      isFollowed = true
      cursor = joined.after
    },
    $gap(gap) {
      if (gap.topic !== topic || !gap.reset) return
      if (state.isJoined) lose() // until its whole state is there. In the midst of a catch-up, that goes on
      cursor = beginningOf(gap.next) // the next node may not know of the reset
    },
    $sync({ id }) {
      if (!isFollowed) return
      cursor = id // everything up to here was sent, whatever topic this `$sync` ends the catch-up of
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
      if (ref) ask('$leave', { topic }) // a topic that the address names stays
      for (const stop of stops) stop()
    },
  }
}
