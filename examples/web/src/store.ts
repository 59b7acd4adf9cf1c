import type { Message } from 'use-flow-socket'
import type { Snapshot } from './api.js'
import { apply, type Dashboard, fromSnapshot } from './dashboard.js'

/** What the store holds at one moment. */
export interface StoreState {
  /** Null until the first snapshot is there. */
  readonly dashboard: Dashboard | null
  /** Whether the dashboard may be behind until a snapshot arrives. */
  readonly refreshing: boolean
  /** Why the last snapshot did not arrive, and when the next is tried, in ms since 1970; null if it did. */
  readonly failure: { readonly reason: string; readonly retryAt: number } | null
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 8_000

/**
 * Snapshot by REST, then live. Messages that arrive while a snapshot is under way are applied to it once
 * it is there, so none falls between the two. Knows neither React nor sockets.
 */
export class DashboardStore {
  private state: StoreState = { dashboard: null, refreshing: false, failure: null }
  private readonly listeners = new Set<() => void>()
  private meanwhile: Message[] = []
  private again = false
  private endWait = () => {}

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
      } catch (error) {
        this.again = true
        this.set({ failure: { reason: (error as Error).message, retryAt: Date.now() + waitMs } })
        await Promise.race([this.wait(waitMs), new Promise<void>((resolve) => (this.endWait = resolve))])
        waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)
      }
    }
  }

  /** Tries again at once, if a failed refresh waits for its next try. */
  readonly retryNow = (): void => this.endWait()

  private show(snapshot: Snapshot) {
    const dashboard = this.meanwhile.reduce(apply, fromSnapshot(snapshot))
    this.meanwhile = []
    this.set({ dashboard, refreshing: false, failure: null })
  }

  private set(change: Partial<StoreState>) {
    this.state = { ...this.state, ...change }
    for (const listener of this.listeners) listener()
  }
}
