import { type Membership, makeMembership, type TopicState } from './membership.js'
import { DEFAULTS } from './options.js'
import { getOrMake, page } from './page.js'
import { socketOf } from './registry.js'
import type { Socket } from './socket.js'

/** Options of following a topic. */
export interface TopicOptions {
  /** The id to start after, as returned with a snapshot. Default: from now on. The first user of a topic decides. */
  after?: string | undefined
}

/** One user's hold on a topic. */
export interface JoinedTopic {
  /** How the topic is followed now; replaced when it changes. */
  readonly state: TopicState
  /**
   * Resolves when the topic is joined and caught up for the first time. Rejects with a `TopicError` if the server
   * refuses the topic, or if all users leave first. Stays pending if the server is no signal-hub.
   */
  readonly ready: Promise<void>
  /** Calls `listener` after every change of `state`, until the returned function is called. */
  subscribe(listener: () => void): () => void
  /** Ends this hold. The topic is left a moment after its last hold ended. */
  leave(): void
}

/** A topic, and how many hold it. */
interface HeldTopic {
  readonly membership: Membership
  users: number
  /** Ends the membership a moment after the last user left. */
  timer?: unknown
}

/** Topics that one socket follows, by name. */
export type JoinedTopics = Map<string, HeldTopic>

/**
 * Follows `topic` on `source`, an address or a socket, in addition to the topics of the address. The server's join hook
 * has to allow it. Its messages come to the handlers of the socket, like all messages. Each new connection joins it
 * after its last message, so that nothing is missed and nothing comes twice.
 *
 * All users of one topic share one membership, which keeps the connection open.
 */
export function joinTopic(source: string | Socket, topic: string, { after }: TopicOptions = {}): JoinedTopic {
  const socket = socketOf(source) as Socket
  const { env, options } = socket
  const here = page()
  here.topics ??= new WeakMap()
  const topics: JoinedTopics = getOrMake(here.topics, socket, () => new Map())
  const held: HeldTopic = getOrMake(topics, topic, () => ({
    membership: makeMembership(socket, topic, after),
    users: 0,
  }))
  const { membership } = held
  let isHeld = true
  held.users++
  env.clearTimeout(held.timer)

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
    leave() {
      if (!isHeld) return
      isHeld = false
      held.users--
      if (held.users) return
      held.timer = env.setTimeout(() => {
        topics.delete(topic)
        membership.end()
      }, options.lingerMs ?? DEFAULTS.lingerMs)
    },
  }
}
