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

/** The whole state of the page. Each part has the id up to which it contains the hub's messages. */
export interface Snapshot {
  flows: { lastId: string; flows: Flow[] }
  ledger: { lastId: string; entries: LedgerUpdate[] }
  suggestions: { lastId: string; suggestions: OptimizationAvailable[] }
}

/** Fetches the current state. Fails if one part of it fails. */
export async function fetchSnapshot(): Promise<Snapshot> {
  const [flows, ledger, suggestions] = await Promise.all([
    get<Snapshot['flows']>('/api/flows'),
    get<Snapshot['ledger']>('/api/ledger'),
    get<Snapshot['suggestions']>('/api/suggestions'),
  ])
  return { flows, ledger, suggestions }
}

/** Fetches the id of the hub's last message. */
export async function fetchLastId(): Promise<string> {
  return (await get<Snapshot['suggestions']>('/api/suggestions')).lastId
}

/** Requests a run. Throws an `Error` with the reason if there will be none. */
export async function startRun(flowId: number): Promise<void> {
  const response = await request(`/api/flows/${flowId}/runs`, { method: 'POST' })
  if (response.ok) return
  const body = (await response.json().catch(() => ({}))) as { error?: { message?: string } }
  throw new Error(body.error?.message ?? `The server answered with status ${response.status}.`)
}

async function get<T>(path: string): Promise<T> {
  const response = await request(path)
  if (!response.ok) throw new Error(`${path} answered with status ${response.status}.`)
  try {
    return (await response.json()) as T
  } catch {
    throw new Error(`${path} answered with something that is not JSON.`)
  }
}

const LONGEST_MS = 10_000

async function request(path: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(path, { ...init, signal: AbortSignal.timeout(LONGEST_MS) })
  } catch (error) {
    const isLate = (error as Error).name === 'TimeoutError'
    throw new Error(isLate ? `${path} did not answer within 10 s.` : `${path} cannot be reached.`)
  }
}
