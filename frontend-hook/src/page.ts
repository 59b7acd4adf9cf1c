import type { Outbox } from './ack.js'
import type { JoinedTopics } from './joinTopic.js'
import type { Socket } from './socket.js'

/**
 * All that exists once per page, although a bundler may put several copies of this package on it: the ES module and
 * the CommonJS one, or one for each of two dependencies.
 */
export interface Page {
  /** By address. */
  readonly sockets: Map<string, Socket>
  /** Of each socket, by name. */
  topics?: WeakMap<Socket, JoinedTopics>
  /** Of each socket, the messages that wait for an answer. */
  outboxes?: WeakMap<Socket, Outbox>
  /** How many times a topic was joined: no two `$join` have the same `ref`. */
  joins?: number
  /** Kinds of warnings that were given. */
  warned?: Set<string>
}

// The number is that of the shape of `Page` and `Socket`: copies that differ in it do not meet. Raise it
// with every change that an older copy would not understand.
const KEY = Symbol.for('use-flow-socket/1')

const realm = globalThis as { [KEY]?: Page | undefined }

/** Returns what this page has, made on first use. */
export const page = (): Page => (realm[KEY] ??= { sockets: new Map() })

/** Closes the shared sockets and forgets everything: as if the page was loaded anew. */
export function resetPage(): void {
  for (const socket of page().sockets.values()) socket.close()
  realm[KEY] = undefined
}
