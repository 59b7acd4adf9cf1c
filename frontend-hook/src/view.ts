import type { Message } from './messages.js'
import { post } from './post.js'
import { peekSocket, type Source, socketOf } from './registry.js'
import { IDLE, type SocketState } from './state.js'

/** What one component sees at one moment. */
export interface Snapshot extends SocketState {
  readonly lastMessage: Message | null
}

/** Snapshot of a component that is rendered on a server. */
export const UNMOUNTED: Snapshot = { ...IDLE, lastMessage: null }

/** What one component reads of one source. */
export interface View {
  /** Returns the present snapshot: the same object until something that was read has changed. */
  getSnapshot(): Snapshot
  /** Connects, and calls `notify` whenever the snapshot may have changed; returns how to stop that. */
  subscribe(notify: () => void): () => void
  /** Returns `actions` with the members of `snapshot` added, each of which counts as read when it is. */
  show<T extends object>(snapshot: Snapshot, actions: T): Snapshot & T
  /** Says that `snapshot` is what the user sees now. */
  committed(snapshot: Snapshot): void
}

/** Messages that may wait to be seen as `lastMessage`; above it the oldest are skipped. */
const MAX_UNSEEN = 10_000

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
  let phase: 'ready' | 'rendering' | 'posted' = 'ready' // of showing `message`
  let changed = () => {}

  const present = (): Snapshot => ({ ...(peekSocket(source)?.state ?? IDLE), lastMessage: message })
  let last = present()

  const advance = () => {
    message = unseen.shift() ?? message
    phase = 'rendering'
    changed()
  }

  const onMessage = (_: unknown, received: Message) => {
    if (!read.has('lastMessage')) return
    if (unseen.length >= MAX_UNSEEN) unseen.shift()
    unseen.push(received)
    if (phase === 'ready') advance()
  }

  return {
    getSnapshot() {
      const next = present()
      for (const key of read) if (next[key] !== last[key]) last = next
      return last
    },
    subscribe(notify) {
      const socket = socketOf(source)
      if (!socket) return () => {}
      changed = notify
      const stops = [socket.subscribe(notify), socket.on('*', onMessage)]
      return () => {
        for (const stop of stops) stop()
        changed = () => {}
        unseen = []
        phase = 'ready'
      }
    },
    show(snapshot, actions) {
      const shown = { ...actions }
      for (const key of Object.keys(snapshot) as (keyof Snapshot)[]) {
        const get = () => {
          read.add(key)
          return snapshot[key]
        }
        Object.defineProperty(shown, key, { get, enumerable: true })
      }
      return shown as typeof shown & Snapshot
    },
    committed(snapshot) {
      if (phase !== 'rendering' || snapshot.lastMessage !== message) return
      phase = unseen.length ? 'posted' : 'ready'
      if (unseen.length) post(() => phase === 'posted' && advance())
    },
  }
}
