import type { Outbox } from './ack.js'
import type { JoinedTopics } from './joinTopic.js'
import type { Socket } from './socket.js'

/**
 * Everything that exists once per page. A bundler may put several copies of this package on a page: the ES module and
 * the CommonJS one, or one for each of two dependencies. All copies share this.
 */
export interface Page {
  /** The shared sockets, by address. */
  readonly sockets: Map<string, Socket>
  /** The topics that each socket follows. */
  topics?: WeakMap<Socket, JoinedTopics>
  /** The messages of each socket that wait for an answer. */
  outboxes?: WeakMap<Socket, Outbox>
  /** How many times a topic was joined. No two `$join` have the same `ref`. */
  joins?: number
  /** Kinds of warnings that were given. */
  warned?: Set<string>
}

// The number is that of the shape of `Page` and `Socket`. Copies with different numbers share nothing. Raise it with
// every change that an older copy would not understand.
const KEY = Symbol.for('use-flow-socket/3')

const realm = globalThis as { [KEY]?: Page | undefined }

/** Returns the page. The first call makes it. */
export const page = (): Page => (realm[KEY] ??= { sockets: new Map() })

/** Returns the value of `key` in `map`. The first call for a key makes it. */
export function getOrMake<K, V>(
  map: { get(key: K): V | undefined; set(key: K, value: V): unknown },
  key: K,
  make: () => V,
): V {
  let value = map.get(key)
  if (!value) {
    value = make()
    map.set(key, value)
  }
  return value
}

/** Closes the shared sockets and forgets everything, as if the page was loaded anew. */
export function resetPage(): void {
  for (const socket of page().sockets.values()) socket.close()
  realm[KEY] = undefined
}
