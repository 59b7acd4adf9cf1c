import type { Message } from './messages.js'
import { post } from './post.js'

/** Messages that may wait to be seen as `lastMessage`. */
const MAX_UNSEEN = 10_000

/** Shows messages to one component, one for each commit. */
export interface OneByOne {
  /** The message to show; null before the first one. */
  readonly message: Message | null
  /** Adds a message. The oldest that waits is skipped if there are too many. */
  add(message: Message): void
  /** React has committed the message. The next one is shown in a task of its own. */
  committed(): void
  /** Forgets the messages that wait. */
  clear(): void
}

/**
 * Makes a sequence without messages. It calls `changed` when another message is to be shown.
 *
 * Each message waits until the one before was committed. So React's batching merges none, and a burst neither blocks
 * the page nor nests updates.
 */
export function makeOneByOne(changed: () => void): OneByOne {
  let message: Message | null = null
  let unseen: Message[] = []
  let phase: 'idle' | 'shown' | 'committed' = 'idle'

  const next = () => {
    const first = unseen.shift()
    phase = first ? 'shown' : 'idle'
    if (!first) return
    message = first
    changed()
  }

  return {
    get message() {
      return message
    },
    add(received) {
      if (unseen.push(received) > MAX_UNSEEN) unseen.shift()
      if (phase === 'idle') next()
    },
    committed() {
      if (phase !== 'shown') return
      phase = 'committed'
      post(() => {
        if (phase === 'committed') next() // else it was cleared meanwhile
      })
    },
    clear() {
      unseen = []
      phase = 'idle'
    },
  }
}
