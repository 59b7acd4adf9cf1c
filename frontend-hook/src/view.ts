import type { Message, Outgoing, PayloadOf, Type } from './messages.js'
import { post } from './post.js'
import { type Source, socketOf } from './registry.js'
import { IDLE, type SocketState } from './state.js'

/** What one component sees at one moment. */
export interface Snapshot extends SocketState {
  /**
   * The message received last, null at first. Every message is shown in a render of its own, in order;
   * should more than 10,000 wait for theirs, the oldest are skipped. To act on messages, `useMessage` is
   * better: it renders nothing.
   */
  readonly lastMessage: Message | null
}

/** Takes a type and its payload, or both in one object. */
export interface SendMessage {
  <K extends Type>(type: K, payload: PayloadOf<K>): boolean
  (message: Outgoing): boolean
}

/** What a component can do, for the connection that all share; each keeps its identity as long as the source is the same. */
export interface Actions {
  /** Sends a message, or keeps it for the next connection; false if it was dropped. See `Socket.send`. */
  sendMessage: SendMessage
  /** Connects anew at once. See `Socket.reconnect`. */
  reconnect(): void
  /** Closes for good, for all components. See `Socket.close`. */
  close(): void
  /** Looks after the connection now. See `Socket.probe`. */
  probe(): void
  /** Says what is known from elsewhere. See `Socket.resumeFrom`. */
  resumeFrom(id?: string): void
}

/** What one component has in hand. */
type Shown = { -readonly [K in keyof Snapshot]: Snapshot[K] } & Actions

/** Messages that may wait to be seen as `lastMessage`. */
const MAX_UNSEEN = 10_000

/** What one component has of one source, as React's hooks want it. */
export type View = readonly [
  /**
   * Connects, and calls `notify` whenever the snapshot may have changed, until the returned function is called, which
   * also takes back the options that were given with this as their user.
   */
  subscribe: (notify: () => void) => () => void,
  /** Returns the present snapshot, whose members count as read when they are: the same until one of those has changed. */
  getSnapshot: () => Shown,
  /** Returns the snapshot of a component that is rendered on a server, and of the page that takes over from it. */
  getServerSnapshot: () => Shown,
  /** Says that the user sees `snapshot` now. */
  committed: (snapshot: Shown) => void,
]

/**
 * Makes the view of a component on `source`.
 *
 * Only what the component has read counts as a change. `lastMessage` advances by one message per commit:
 * the next is shown in a task of its own after the last was committed, so that React's batching merges
 * none, and a burst neither blocks the page nor nests updates.
 */
export function makeView(source: Source): View {
  const read = new Set<keyof Shown>()
  let message: Message | null = null
  let unseen: Message[] = []
  let isShowing = false // from its render until the next one's turn
  let isNew = false // until it was committed
  let changed: () => void

  const socket = () => socketOf(source, true) // nothing before the first commit, and after the end

  const actions: Actions = {
    sendMessage: (...sent: [Outgoing]) => socket()?.send(...sent) ?? false,
    reconnect: () => socket()?.reconnect(),
    close: () => socket()?.close(),
    probe: () => socket()?.probe(),
    resumeFrom: (id) => socket()?.resumeFrom(id),
  }

  const present = (state = socket()?.state ?? IDLE): Shown =>
    new Proxy({ ...state, ...actions, lastMessage: message } as Shown, {
      get(shown, key: keyof Shown, snapshot) {
        // Unread, it may have changed without a new snapshot; who reads it first in a handler has no other chance.
        if (snapshot === last && !read.has(key)) shown[key] = present()[key] as never
        read.add(key)
        return shown[key]
      },
    })
  const atServer = present(IDLE)
  let last = present()

  const advance = () => {
    isShowing = isNew = unseen.length > 0
    if (!isShowing) return
    message = unseen.shift() as Message
    changed()
  }

  const onMessage = (_: unknown, received: Message) => {
    if (!read.has('lastMessage')) return
    if (unseen.push(received) > MAX_UNSEEN) unseen.shift()
    if (!isShowing) advance()
  }

  const subscribe = (notify: () => void) => {
    changed = notify
    const socket = socketOf(source)
    const stop = socket?.subscribe(notify)
    const stopMessages = socket?.on('*', onMessage)
    return () => {
      stop?.()
      stopMessages?.()
      socket?.given.delete(subscribe)
      unseen = []
      isShowing = isNew = false
    }
  }

  const getSnapshot = () => {
    const now = present()
    for (const key of read) if (now[key] !== last[key]) last = now
    return last
  }

  const committed = (snapshot: Shown) => {
    if (snapshot !== last || !isNew) return
    isNew = false
    post(advance)
  }

  return [subscribe, getSnapshot, () => atServer, committed]
}
