import { useEffect, useState, useSyncExternalStore } from 'react'
import { useMessage, useWebSocket } from 'use-flow-socket'
import { fetchLastId } from './api.js'
import { resumePoint } from './dashboard.js'
import { type Recovered, Recovery } from './recovery.js'
import type { DashboardStore } from './store.js'

/**
 * Follows the server with a snapshot and every message after it. If messages may be missing, it fetches a new
 * snapshot: after a restart of the server, or after a longer absence than the server's log covers.
 */
export function useDashboard(store: DashboardStore) {
  const { dashboard, refreshing, failure } = useSyncExternalStore(store.subscribe, store.getState)
  const source = dashboard ? '/ws' : null // only when there is a resume point
  const after = dashboard ? resumePoint(dashboard) : undefined
  const socket = useWebSocket(source, { logger: console.info, after })

  useEffect(() => void store.refresh(), [store])

  const [recovery] = useState(() => new Recovery())
  const [recovered, setRecovered] = useState<Recovered | null>(null)
  const report = (result: Recovered | null) => {
    if (!result) return
    setRecovered(result)
    if (result.lost > 0) void store.refresh()
  }

  useMessage(source, '*', (_, message) => {
    store.receive(message)
    report(recovery.message(message.id, performance.now()))
  })
  useMessage(source, '$sync', ({ id }) => report(recovery.sentUpTo(id)))
  useMessage(source, '$gap', () => void store.refresh())
  const [node, setNode] = useState<string | null>(null)
  useMessage(source, '$hello', ({ id, resumed, topics = [] }) => {
    setRecovered(null)
    setNode(nodeOf(topics))
    if (!resumed) void store.refresh()
    if (!recovery.greeted(id, resumed, performance.now(), topics.length > 0)) return
    const publishedUpTo = (lastId: string) => report(recovery.publishedUpTo(lastId))
    fetchLastId().then(publishedUpTo, () => {}) // if that fails, the next `$sync` has the id
  })

  const { continuity, resumeFrom } = socket
  useEffect(() => {
    if (after && continuity === 'gap' && !refreshing) resumeFrom(after)
  }, [after, continuity, refreshing, resumeFrom])

  const current = dashboard !== null && !refreshing && socket.isConnected && continuity === 'live'
  return { dashboard, source, socket, failure, recovered, current, node: socket.isConnected ? node : null }
}

const NODE_TOPIC = 'node:'

/** Returns the name of the node that granted these topics; null if the server is the only one. */
function nodeOf(topics: readonly string[]): string | null {
  return topics.find((topic) => topic.startsWith(NODE_TOPIC))?.slice(NODE_TOPIC.length) ?? null
}
