import type { Message, Outgoing, PayloadOf, Type } from './messages.js'
import { makeOneByOne } from './oneByOne.js'
import { findSocket, type Source, socketOf, type User } from './registry.js'
import { IDLE, type SocketState } from './state.js'
import { makeTracked } from './tracked.js'

/** What one component sees at one moment. */
export interface Snapshot extends SocketState {
  /**
   * The latest message, null before the first. Each message is shown in a render of its own, in order. If more than
   * 10,000 wait for their render, the oldest are skipped. To act on messages, prefer `useMessage`: it renders nothing.
   */
  readonly lastMessage: Message | null
}

/** Takes a type and its payload, or both in one object. */
export interface SendMessage {
  <K extends Type>(type: K, payload: PayloadOf<K>): boolean
  (message: Outgoing): boolean
}

/** The functions of the shared connection for one component. They change only when the source changes. */
export interface Actions {
  /** Sends a message, or keeps it for the next connection; false if it was dropped. See `Socket.send`. */
  sendMessage: SendMessage
  /** Connects anew at once. See `Socket.reconnect`. */
  reconnect(): void
  /** Closes for good, for all components. See `Socket.close`. */
  close(): void
  /** Checks the connection now. See `Socket.probe`. */
  probe(): void
  /** Tells what the application knows from elsewhere. See `Socket.resumeFrom`. */
  resumeFrom(id?: string): void
}

/** What one component has in hand. */
type Shown = { -readonly [K in keyof Snapshot]: Snapshot[K] } & Actions

/** The view of one component on one source, in the form that React's hooks want. */
export type View = readonly [
  /**
   * Connects, and calls `notify` whenever the snapshot may have changed, until the returned function is called. That
   * function also takes back the options that `user` gave.
   */
  subscribe: (notify: () => void) => () => void,
  /** Returns the present snapshot. It stays the same until a member changes that the component has read. */
  getSnapshot: () => Shown,
  /** Returns the snapshot of a component on a server, and of the page that takes over from the server. */
  getServerSnapshot: () => Shown,
  /** Tells that the user sees `snapshot` now. */
  committed: (snapshot: Shown) => void,
  /** The component, as the giver of its options. It is mounted while it is subscribed. */
  user: User,
]

/** Makes the view of a component on `source`. */
export function makeView(source: Source): View {
  let changed: () => void
  const user = { isMounted: false }
  const messages = makeOneByOne(() => changed())

  const find = () => findSocket(source) // finds none before the first commit, and after the end

  const actions: Actions = {
    sendMessage: (...sent: [Outgoing]) => find()?.send(...sent) ?? false,
    reconnect: () => find()?.reconnect(),
    close: () => find()?.close(),
    probe: () => find()?.probe(),
    resumeFrom: (id) => find()?.resumeFrom(id),
  }

  const valuesOf = (state: SocketState): Shown => ({ ...state, ...actions, lastMessage: messages.message })
  const [getSnapshot, isPresent, snapshotOf, read] = makeTracked(() => valuesOf(find()?.state ?? IDLE))
  const atServer = snapshotOf(valuesOf(IDLE))

  const subscribe = (notify: () => void) => {
    changed = notify
    user.isMounted = true
    const socket = socketOf(source)
    const stop = socket?.subscribe(notify)
    const stopMessages = socket?.on('*', (_, message) => {
      if (read.has('lastMessage')) messages.add(message)
    })
    return () => {
      user.isMounted = false
      stop?.()
      stopMessages?.()
      socket?.given.delete(user)
      messages.clear()
    }
  }

  const committed = (snapshot: Shown) => {
    if (isPresent(snapshot)) messages.committed()
  }

  return [subscribe, getSnapshot, () => atServer, committed, user]
}
