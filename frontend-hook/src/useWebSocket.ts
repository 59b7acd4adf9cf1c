import { useDebugValue, useEffect, useInsertionEffect, useMemo, useSyncExternalStore } from 'react'
import type { Options } from './options.js'
import { findSocket, give, type Source } from './registry.js'
import { type Actions, makeView, type Snapshot } from './view.js'
import { watchSource } from './warn.js'

/** What `useWebSocket` returns. A change renders the component only if the component has read the changed member. */
export interface FlowSocket extends Snapshot, Actions {}

/** Options of a connection, and of the component that uses it. */
export interface HookOptions extends Options {
  /** Whether the component takes part. `false` has the effect of a `source` that is null. Default true. */
  enabled?: boolean | undefined
}

/** The state that React's tools show. Showing it does not count as reading. */
const stateOf = (source: Source) => findSocket(source)?.state

/**
 * Connects the component to `source`. This is an address, a socket of `createSocket`, or null for none. An address may
 * be relative to the page. All components share its one connection.
 *
 * Options belong to the connection. Those of all its mounted components are merged: the latest counts, and `undefined`
 * counts as left out. A socket has options of its own, and takes only `enabled` here.
 */
export function useWebSocket(source: Source, options?: HookOptions): FlowSocket {
  const from = options?.enabled === false ? null : source
  const [subscribe, getSnapshot, getServerSnapshot, committed, user] = useMemo(() => makeView(from), [from])
  const snapshot = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)

  useDebugValue(from, stateOf)

  useInsertionEffect(() => {
    give(from, options, user)
    return watchSource(from)
  })
  useEffect(() => {
    give(from, options, user) // again, because hiding a component takes its options back
    committed(snapshot)
  })

  return snapshot
}
