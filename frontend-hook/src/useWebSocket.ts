import { useEffect, useInsertionEffect, useMemo, useSyncExternalStore } from 'react'
import type { Options } from './options.js'
import { type Source, socketOf } from './registry.js'
import { type Actions, makeView, type Snapshot, UNMOUNTED } from './view.js'

/** What `useWebSocket` returns. Members are read lazily: what a component does not read never renders it. */
export interface FlowSocket extends Snapshot, Actions {}

/**
 * Connects the component to `source`: an address, relative to the page if you like, whose one connection
 * all components share; a socket of `createSocket`; or null for none.
 *
 * Options belong to the connection: those of all its components are merged, the latest given wins. A
 * socket has its own, and takes none here.
 */
export function useWebSocket(source: Source, options?: Options): FlowSocket {
  const view = useMemo(() => makeView(source), [source])
  const snapshot = useSyncExternalStore(
    view.subscribe,
    () => view.getSnapshot(), // new each time: React looks again after a commit that read more than before
    () => UNMOUNTED,
  )

  useInsertionEffect(view.mount)

  useEffect(() => {
    socketOf(source, options)
    view.committed(snapshot)
  })

  return useMemo(() => view.show(snapshot), [view, snapshot])
}
