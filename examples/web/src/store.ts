import type { Message } from 'use-flow-socket'
import type { Snapshot } from './api.js'
import { apply, type Dashboard, fromSnapshot } from './dashboard.js'

/** What the store holds at one moment. */
export interface StoreState {
  /** Null until the first snapshot is there. */
  readonly dashboard: Dashboard | null
  /** Whether the dashboard may be behind until a snapshot arrives. */
  readonly refreshing: boolean
}

const FIRST_WAIT_MS = 250
const LONGEST_WAIT_MS = 4_000

/**
 * Snapshot by REST, then live. Messages that arrive while a snapshot is under way are applied to it once
 * it is there, so none falls between the two. Knows neither React nor sockets.
 */
export class DashboardStore {
  private state: StoreState = { dashboard: null, refreshing: false }
  private readonly listeners = new Set<() => void>()
  private meanwhile: Message[] = []
  private again = false

  constructor(
    private readonly fetchSnapshot: () => Promise<Snapshot>,
    private readonly wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
  ) {}

  readonly getState = (): StoreState => this.state

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Takes in a live message. */
  receive(message: Message): void {
    const { dashboard, refreshing } = this.state
    if (refreshing) this.meanwhile.push(message)
    if (dashboard) this.set({ dashboard: apply(dashboard, message) })
  }

  /**
   * Replaces what is shown by a snapshot, however often fetching one fails. A call while one is under
   * way voids that one: the server may have been another when it began.
   */
  async refresh(): Promise<void> {
    this.again = true
    if (this.state.refreshing) return
    this.set({ refreshing: true })
    let waitMs = FIRST_WAIT_MS
    while (this.again) {
      this.again = false
      this.meanwhile = []
      try {
        const snapshot = await this.fetchSnapshot()
        if (!this.again) this.show(snapshot)
      } catch {
        this.again = true
        await this.wait(waitMs)
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
      }
    }
  }

  private show(snapshot: Snapshot) {
    const dashboard = this.meanwhile.reduce(apply, fromSnapshot(snapshot))
    this.meanwhile = []
    this.set({ dashboard, refreshing: false })
  }

  private set(change: Partial<StoreState>) {
    this.state = { ...this.state, ...change }
    for (const listener of this.listeners) listener()
  }
}
