import type { FlowStatus } from './messages.js'

/** What is known of one node of a flow. */
export interface NodeState {
  /** What was said of it last. */
  readonly status: FlowStatus['status']
  /** ISO 8601; null until it is said. */
  readonly startedAt: string | null
  /** ISO 8601; null until it completed or failed. */
  readonly endedAt: string | null
}

/** What is known of the last run of a flow; never changed, only replaced. */
export interface FlowState {
  /** What was said of the flow itself, or, where only its nodes were heard of, that it runs; null at first. */
  readonly status: 'STARTED' | 'FINISHED' | 'FAILED' | null
  /** The nodes that were heard of, by id. */
  readonly nodes: { readonly [nodeId: string]: NodeState }
  /** ISO 8601; null until it is said. */
  readonly startedAt: string | null
  /** ISO 8601; null until it finished or failed. */
  readonly endedAt: string | null
  /** ISO 8601, of what was said last; null at first. */
  readonly timestamp: string | null
}

/** A flow that nothing was heard of. */
export const UNKNOWN_FLOW: FlowState = {
  status: null,
  nodes: {},
  startedAt: null,
  endedAt: null,
  timestamp: null,
}

/**
 * Returns `flow` after `message`, which is taken to be of the same flow. A start begins with nothing; all else sets state
 * and counts nothing, so that a message received twice changes nothing.
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
  if (status === 'NODE_COMPLETE') return flow // of which node?
  return { ...flow, status, endedAt: timestamp, timestamp }
}
