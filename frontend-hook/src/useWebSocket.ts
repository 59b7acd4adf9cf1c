import { useDebugValue, useEffect, useInsertionEffect, useMemo, useSyncExternalStore } from 'react'
import type { Options } from './options.js'
import { give, type Source, socketOf } from './registry.js'
import { type Actions, makeView, type Snapshot } from './view.js'
import { watchSource } from './warn.js'

/** What `useWebSocket` returns. Members are read lazily: what a component does not read never renders it. */
export interface FlowSocket extends Snapshot, Actions {}

/** Options of a connection, and of the component that uses it. */
export interface HookOptions extends Options {
  /** Whether to take part: `false` is as if `source` was null. Default true. */
  enabled?: boolean | undefined
}

/** What React's tools show: to read it there counts as no reading. */
const stateOf = (source: Source) => socketOf(source, true)?.state

/**
 * Connects the component to `source`: an address, relative to the page if you like, whose one connection
 * all components share; a socket of `createSocket`; or null for none.
 *
 * Options belong to the connection: those of all its mounted components are merged, the latest given wins, `undefined`
 * is as if left out. A socket has its own, and takes only `enabled` here.
 */
export function useWebSocket(source: Source, options?: HookOptions): FlowSocket {
  const from = options?.enabled === false ? null : source
  const view = useMemo(() => makeView(from), [from])
  const [subscribe, getSnapshot, getServerSnapshot, committed] = view
  const snapshot = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)

  useDebugValue(from, stateOf)

  useInsertionEffect(() => {
    give(from, options, subscribe, view) // in time for what children send when they mount
    try {
      if (process.env.NODE_ENV !== 'production') return watchSource(from)
    } catch {}
    return undefined
  })
  useEffect(() => {
    give(from, options, subscribe, view, true) // again where a component that was hidden is shown
    committed(snapshot)
  })

  return snapshot
}
