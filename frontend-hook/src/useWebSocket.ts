import { useEffect, useInsertionEffect, useMemo, useSyncExternalStore } from 'react'
import type { Options } from './options.js'
import { type Source, socketOf } from './registry.js'
import { type Actions, makeView, type Snapshot } from './view.js'

/** What `useWebSocket` returns. Members are read lazily: what a component does not read never renders it. */
export interface FlowSocket extends Snapshot, Actions {}

/** Options of a connection, and of the component that uses it. */
export interface HookOptions extends Options {
  /** Whether to take part: `false` is as if `source` was null. Default true. */
  enabled?: boolean | undefined
}

/**
 * Connects the component to `source`: an address, relative to the page if you like, whose one connection
 * all components share; a socket of `createSocket`; or null for none.
 *
 * Options belong to the connection: those of all its components are merged, the latest given wins. A
 * socket has its own, and takes only `enabled` here.
 */
export function useWebSocket(source: Source, options?: HookOptions): FlowSocket {
  const from = options?.enabled === false ? null : source
  const [subscribe, getSnapshot, getServerSnapshot, committed] = useMemo(() => makeView(from), [from])
  const snapshot = useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot)

  useInsertionEffect(() => void socketOf(from, options)) // in time for what children send when they mount
  useEffect(() => {
    socketOf(from, options) // again where a component that was hidden is shown
    committed(snapshot)
  })

  return snapshot
}
