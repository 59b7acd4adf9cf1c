import { useEffect, useSyncExternalStore } from 'react'
import { useMessage, useWebSocket } from 'use-flow-socket'
import { resumePoint } from './dashboard.js'
import type { DashboardStore } from './store.js'

/**
 * Follows the server: a snapshot, then every message after it. Whenever messages may be missing (the
 * server was restarted, or the page was away for longer than it remembers), a new snapshot.
 */
export function useDashboard(store: DashboardStore) {
  const { dashboard, refreshing } = useSyncExternalStore(store.subscribe, store.getState)
  const source = dashboard ? '/ws' : null // not before there is a point to go on from
  const after = dashboard ? resumePoint(dashboard) : undefined
  const socket = useWebSocket(source, { logger: console.info, after })

  useEffect(() => void store.refresh(), [store])

  useMessage(source, 'FLOW_STATUS', (_, message) => store.receive(message))
  useMessage(source, 'FLOW_QUEUE', (_, message) => store.receive(message))
  useMessage(source, 'LEDGER_UPDATE', (_, message) => store.receive(message))
  useMessage(source, 'OPTIMIZATION_AVAILABLE', (_, message) => store.receive(message))
  useMessage(source, '$gap', () => void store.refresh())
  useMessage(source, '$hello', ({ resumed }) => {
    if (!resumed) void store.refresh()
  })

  const { continuity, resumeFrom } = socket
  useEffect(() => {
    if (after && continuity === 'gap' && !refreshing) resumeFrom(after)
  }, [after, continuity, refreshing, resumeFrom])

  return { dashboard, socket, current: dashboard !== null && !refreshing && socket.isConnected }
}
