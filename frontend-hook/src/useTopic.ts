import { useInsertionEffect, useMemo, useSyncExternalStore } from 'react'
import { type JoinedTopic, joinTopic, type TopicOptions } from './joinTopic.js'
import { NOT_JOINED, type TopicState } from './membership.js'
import type { Source } from './registry.js'
import { watchSource } from './warn.js'

/** Makes a store of the topic's state, for `useSyncExternalStore`. */
function makeStore(source: Source, topic: string | null | undefined) {
  let options: TopicOptions | undefined
  let joined: JoinedTopic | undefined
  return {
    setOptions(latest: TopicOptions | undefined) {
      options = latest
    },
    subscribe(notify: () => void) {
      if (!source || !topic) return () => {}
      const held = joinTopic(source, topic, options)
      joined = held
      const stop = held.subscribe(notify)
      return () => {
        stop()
        held.leave()
      }
    },
    getSnapshot: () => joined?.state ?? NOT_JOINED,
  }
}

/**
 * Follows `topic` on `source` while the component is mounted. If either is null, it follows nothing. Components that
 * follow the same topic share it. It is left a moment after the last of them is gone. Its messages come to
 * `useMessage`, like all messages. `options` count when the topic is joined.
 */
export function useTopic(
  source: Source,
  topic: string | null | undefined,
  options?: TopicOptions,
): TopicState {
  const store = useMemo(() => makeStore(source, topic), [source, topic])
  useInsertionEffect(() => {
    store.setOptions(options)
    return watchSource(source)
  })
  return useSyncExternalStore(store.subscribe, store.getSnapshot, () => NOT_JOINED)
}
