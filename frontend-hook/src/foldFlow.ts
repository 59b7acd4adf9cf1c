import type { FlowStatus } from './messages.js'

/** The state of one node of a flow. */
export interface NodeState {
  /** The status in its latest message. */
  readonly status: FlowStatus['status']
  /** ISO 8601; null until a start was received. */
  readonly startedAt: string | null
  /** ISO 8601; null until the node completed or failed. */
  readonly endedAt: string | null
}

/** The state of the last run of a flow; never changed, only replaced. */
export interface FlowState {
  /** The status of the flow itself; `STARTED` if only its nodes sent messages; null before the first message. */
  readonly status: 'STARTED' | 'FINISHED' | 'FAILED' | null
  /** The nodes that sent messages, by id. */
  readonly nodes: { readonly [nodeId: string]: NodeState }
  /** ISO 8601; null until a start was received. */
  readonly startedAt: string | null
  /** ISO 8601; null until the flow finished or failed. */
  readonly endedAt: string | null
  /** ISO 8601, of the latest message; null before the first one. */
  readonly timestamp: string | null
}

/** The state of a flow before its first message. */
export const UNKNOWN_FLOW: FlowState = {
  status: null,
  nodes: {},
  startedAt: null,
  endedAt: null,
  timestamp: null,
}

/**
 * Returns `flow` after `message`, which must be of the same flow. A start begins anew. All other messages set state and
 * count nothing, so a message that is received twice changes nothing.
 */
export function foldFlow(flow: FlowState, message: FlowStatus): FlowState {
  const { status, nodeId, timestamp } = message
  if (nodeId !== undefined) {
    const startedAt = flow.nodes[nodeId]?.startedAt ?? null
    const node =
      status === 'STARTED'
        ? { status, startedAt: timestamp, endedAt: null }
        : { status, startedAt, endedAt: timestamp }
    const nodes = { ...flow.nodes, [nodeId]: node }
    return { ...flow, status: flow.status ?? 'STARTED', nodes, timestamp }
  }
  if (status === 'STARTED') return { ...UNKNOWN_FLOW, status, startedAt: timestamp, timestamp }
  if (status === 'NODE_COMPLETE') return flow // it does not name the node
  return { ...flow, status, endedAt: timestamp, timestamp }
}
