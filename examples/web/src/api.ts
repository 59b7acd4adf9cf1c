import type { LedgerUpdate, OptimizationAvailable } from 'use-flow-socket'

export type NodeState = 'IDLE' | 'RUNNING' | 'DONE' | 'FAILED'
export type FlowState = 'IDLE' | 'RUNNING' | 'FINISHED' | 'FAILED'

export interface FlowNode {
  id: string
  label: string
  dependsOn: string[]
  state: NodeState
}

export interface Flow {
  id: number
  name: string
  state: FlowState
  /** Runs that wait for the current one. */
  queued: number
  startedAt?: string
  endedAt?: string
  nodes: FlowNode[]
}

/** All that the page shows, and for each part the id up to which it contains the hub's messages. */
export interface Snapshot {
  flows: { lastId: string; flows: Flow[] }
  ledger: { lastId: string; entries: LedgerUpdate[] }
  suggestions: { lastId: string; suggestions: OptimizationAvailable[] }
}

/** Fetches the present state; fails if any part of it does. */
export async function fetchSnapshot(): Promise<Snapshot> {
  const [flows, ledger, suggestions] = await Promise.all([
    get<Snapshot['flows']>('/api/flows'),
    get<Snapshot['ledger']>('/api/ledger'),
    get<Snapshot['suggestions']>('/api/suggestions'),
  ])
  return { flows, ledger, suggestions }
}

/** Asks for a run; throws an `Error` that says why there will be none. */
export async function startRun(flowId: number): Promise<void> {
  let response: Response
  try {
    response = await fetch(`/api/flows/${flowId}/runs`, { method: 'POST' })
  } catch {
    throw new Error('The server cannot be reached.')
  }
  if (response.ok) return
  const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } }
  throw new Error(body.error?.message ?? `The server answered ${response.status}.`)
}

async function get<T>(path: string): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(10_000) })
  if (!response.ok) throw new Error(`${path} answered ${response.status}`)
  return (await response.json()) as T
}
