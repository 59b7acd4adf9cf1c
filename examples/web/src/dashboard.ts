import type { FlowStatus, LedgerUpdate, Message, OptimizationAvailable } from 'use-flow-socket'
import type { Flow, NodeState, Snapshot } from './api.js'

declare module 'use-flow-socket' {
  interface MessageTypes {
    /** The number of waiting runs of a flow. */
    FLOW_QUEUE: { flowId: number; queued: number }
  }
}

/** The number of entries that the page keeps. Older ones are only on the server. */
export const MAX_ENTRIES = 500

/** The content of the page. Never changed, only replaced. */
export interface Dashboard {
  readonly flows: readonly Flow[]
  /** Newest first. */
  readonly entries: readonly LedgerUpdate[]
  /** By their savings, largest first. */
  readonly suggestions: readonly OptimizationAvailable[]
  /** For each part, the last message that its snapshot contains. */
  readonly known: { readonly flows: string; readonly ledger: string; readonly suggestions: string }
}

/** Returns the dashboard of a snapshot. */
export function fromSnapshot({ flows, ledger, suggestions }: Snapshot): Dashboard {
  return {
    flows: flows.flows,
    entries: [...ledger.entries].sort((a, b) => b.entryId - a.entryId).slice(0, MAX_ENTRIES),
    suggestions: bySaving(suggestions.suggestions),
    known: { flows: flows.lastId, ledger: ledger.lastId, suggestions: suggestions.lastId },
  }
}

/**
 * Returns the id after which to follow the hub. Every message that some part does not contain comes after it.
 */
export function resumePoint({ known }: Dashboard): string {
  return [known.flows, known.ledger, known.suggestions].sort()[0] as string
}

/**
 * Returns the dashboard after a message. A message that the snapshot contains is skipped. Every other message
 * sets state and counts nothing. So a repeated or late message changes nothing in the end.
 */
export function apply(dashboard: Dashboard, message: Message): Dashboard {
  const { known } = dashboard
  switch (message.type) {
    case 'FLOW_STATUS':
      if (isKnown(message.id, known.flows)) return dashboard
      return withFlow(dashboard, message.payload.flowId, (flow) => withStatus(flow, message.payload))
    case 'FLOW_QUEUE': {
      if (isKnown(message.id, known.flows)) return dashboard
      const { flowId, queued } = message.payload
      return withFlow(dashboard, flowId, (flow) => ({ ...flow, queued }))
    }
    case 'LEDGER_UPDATE':
      if (isKnown(message.id, known.ledger)) return dashboard
      return { ...dashboard, entries: withEntry(dashboard.entries, message.payload) }
    case 'OPTIMIZATION_AVAILABLE': {
      if (isKnown(message.id, known.suggestions)) return dashboard
      const { payload } = message
      const others = dashboard.suggestions.filter((other) => other.suggestionId !== payload.suggestionId)
      return { ...dashboard, suggestions: bySaving([...others, payload]) }
    }
    default:
      return dashboard
  }
}

const EPOCH_DIGITS = 16 // an id is its hub's epoch, a dash, and the offset with leading zeros

/** Returns whether the message is at or before the id; false if they are of different hubs. */
function isKnown(id: string | undefined, known: string): boolean {
  return id !== undefined && id.slice(0, EPOCH_DIGITS) === known.slice(0, EPOCH_DIGITS) && id <= known
}

function withFlow(dashboard: Dashboard, flowId: number, change: (flow: Flow) => Flow): Dashboard {
  return { ...dashboard, flows: dashboard.flows.map((flow) => (flow.id === flowId ? change(flow) : flow)) }
}

const NODE_STATES: Record<FlowStatus['status'], NodeState> = {
  STARTED: 'RUNNING',
  NODE_COMPLETE: 'DONE',
  FINISHED: 'DONE',
  FAILED: 'FAILED',
}

function withStatus(flow: Flow, { status, nodeId, timestamp }: FlowStatus): Flow {
  if (nodeId !== undefined) {
    const state = NODE_STATES[status]
    return { ...flow, nodes: flow.nodes.map((node) => (node.id === nodeId ? { ...node, state } : node)) }
  }
  if (status === 'STARTED') {
    const { endedAt: _, ...rest } = flow
    const nodes = flow.nodes.map((node) => ({ ...node, state: 'IDLE' as const }))
    return { ...rest, state: 'RUNNING', startedAt: timestamp, nodes }
  }
  return { ...flow, state: status === 'FAILED' ? 'FAILED' : 'FINISHED', endedAt: timestamp }
}

function withEntry(entries: readonly LedgerUpdate[], entry: LedgerUpdate): LedgerUpdate[] {
  const at = entries.findIndex((other) => other.entryId <= entry.entryId)
  if (at === -1) return [...entries, entry].slice(0, MAX_ENTRIES)
  const same = entries[at]?.entryId === entry.entryId ? 1 : 0
  return [...entries.slice(0, at), entry, ...entries.slice(at + same)].slice(0, MAX_ENTRIES)
}

function bySaving(suggestions: readonly OptimizationAvailable[]): OptimizationAvailable[] {
  return [...suggestions].sort((a, b) => b.savingMillis - a.savingMillis || a.suggestionId - b.suggestionId)
}
