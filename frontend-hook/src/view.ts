import type { Message, MessageTypes, Outgoing, Type } from './messages.js'
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
  <K extends Type>(type: K, payload: MessageTypes[K]): boolean
  (message: Outgoing): boolean
}

/** What a component can do; each keeps its identity, and does nothing once the component is unmounted. */
export interface Actions {
  /** Sends a message, or keeps it for the next connection; false if it was dropped. See `Socket.send`. */
  sendMessage: SendMessage
  /** Connects anew at once. See `Socket.reconnect`. */
  reconnect(): void
  /** Closes for good, for all components. See `Socket.close`. */
  close(): void
  /** Says what is known from elsewhere. See `Socket.resumeFrom`. */
  resumeFrom(id: string): void
}

/** Snapshot of a component that is rendered on a server. */
export const UNMOUNTED: Snapshot = { ...IDLE, lastMessage: null }

/** Messages that may wait to be seen as `lastMessage`. */
const MAX_UNSEEN = 10_000

/** What one component has of one source; its members are as React's hooks want them. */
export interface View {
  /** Connects, and calls `notify` whenever the snapshot may have changed, until the returned function is called. */
  subscribe(notify: () => void): () => void
  /** Returns the present snapshot: the same object until something that was read has changed. */
  getSnapshot(): Snapshot
  /** Returns the actions and the members of `snapshot`, each of which counts as read when it is. */
  show(snapshot: Snapshot): Snapshot & Actions
  /** Says that the user sees another `lastMessage` now than before. */
  committed(): void
}

/**
 * Makes the view of a component on `source`.
 *
 * Only what the component has read counts as a change. `lastMessage` advances by one message per commit:
 * the next is shown in a task of its own after the last was committed, so that React's batching merges
 * none, and a burst neither blocks the page nor nests updates.
 */
export function makeView(source: Source): View {
  const read = new Set<keyof Snapshot>()
  let message: Message | null = null
  let unseen: Message[] = []
  let isShowing = false // from its render until the next one's turn
  let changed: () => void

  const socket = () => socketOf(source, undefined, true) // nothing before the first commit, and after the end
  const present = (): Snapshot => ({ ...(socket()?.state ?? IDLE), lastMessage: message })
  let last = present()

  const actions: Actions = {
    sendMessage: (...sent: [Outgoing]) => socket()?.send(...sent) ?? false,
    reconnect: () => socket()?.reconnect(),
    close: () => socket()?.close(),
    resumeFrom: (id) => socket()?.resumeFrom(id),
  }

  const advance = () => {
    isShowing = unseen.length > 0
    if (!isShowing) return
    message = unseen.shift() as Message
    changed()
  }

  const onMessage = (_: unknown, received: Message) => {
    if (!read.has('lastMessage')) return
    if (unseen.length >= MAX_UNSEEN) unseen.shift()
    unseen.push(received)
    if (!isShowing) advance()
  }

  return {
    subscribe(notify) {
      changed = notify
      const socket = socketOf(source)
      const stop = socket?.subscribe(notify)
      const stopMessages = socket?.on('*', onMessage)
      return () => {
        stop?.()
        stopMessages?.()
        unseen = []
        isShowing = false
      }
    },
    getSnapshot() {
      const now = present()
      for (const key of read) if (now[key] !== last[key]) last = now
      return last
    },
    show(snapshot) {
      return new Proxy(
        { ...snapshot, ...actions },
        {
          get(shown, key) {
            read.add(key as keyof Snapshot)
            return shown[key as keyof Snapshot]
          },
        },
      )
    },
    committed() {
      if (isShowing) post(advance)
    },
  }
}
