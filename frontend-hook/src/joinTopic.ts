import { type Membership, makeMembership, type TopicState } from './membership.js'
import { DEFAULTS } from './options.js'
import { page } from './page.js'
import { socketOf } from './registry.js'
import type { Socket } from './socket.js'

/** Options of following a topic. */
export interface TopicOptions {
  /** Id to start behind, as returned with a snapshot. Default: from now on. That of the first who follows it counts. */
  after?: string | undefined
}

/** One user's hold on a topic. */
export interface JoinedTopic {
  /** How the topic is followed now; replaced when it changes. */
  readonly state: TopicState
  /**
   * Resolves when the topic is joined and caught up for the first time; rejects with a `TopicError` if the server
   * refuses, or if all leave before. Where the server is no signal-hub, it stays pending.
   */
  readonly ready: Promise<void>
  /** Calls `listener` after every change of `state`, until the returned function is called. */
  subscribe(listener: () => void): () => void
  /** Lets go. A moment after the last user did, the topic is left. */
  leave(): void
}

/** Topics that one socket follows, by name. */
export type JoinedTopics = Map<string, { membership: Membership; users: number; timer?: unknown }>

/**
 * Follows `topic` on `source`, an address or a socket, besides what its address names: the server's join hook
 * has to allow it. Its messages come where all come, to the handlers of the socket. It is joined on every
 * connection anew, behind what came last, so that nothing is missed and nothing comes twice.
 *
 * All who follow one topic share one membership, which keeps the connection open.
 */
export function joinTopic(source: string | Socket, topic: string, { after }: TopicOptions = {}): JoinedTopic {
  const socket = socketOf(source) as Socket
  page().topics ??= new WeakMap()
  const all = page().topics as WeakMap<Socket, JoinedTopics>
  const topics: JoinedTopics = all.get(socket) ?? new Map()
  all.set(socket, topics)
  const entry = topics.get(topic) ?? { membership: makeMembership(socket, topic, after), users: 0 }
  topics.set(topic, entry)

  const { membership } = entry
  const { env, options } = socket
  entry.users++
  env.clearTimeout(entry.timer)
  let leave = () => {
    leave = () => {}
    entry.users--
    if (entry.users) return
    entry.timer = env.setTimeout(() => {
      topics.delete(topic)
      membership.end()
    }, options.lingerMs ?? DEFAULTS.lingerMs)
  }

  return {
    get state() {
      return membership.state
    },
    ready: membership.ready,
    subscribe(listener) {
      const watcher = () => listener()
      membership.watchers.add(watcher)
      return () => membership.watchers.delete(watcher)
    },
    leave: () => leave(),
  }
}
