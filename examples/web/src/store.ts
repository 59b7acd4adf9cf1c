import type { Message } from 'use-flow-socket'
import type { Snapshot } from './api.js'
import { apply, type Dashboard, fromSnapshot } from './dashboard.js'

/** The state of the store at one moment. */
export interface StoreState {
  /** Null until the first snapshot has arrived. */
  readonly dashboard: Dashboard | null
  /** Whether the dashboard may be out of date until a snapshot arrives. */
  readonly refreshing: boolean
  /**
   * The reason why the last snapshot did not arrive, and the time of the next try, in ms since 1970; null if
   * it arrived.
   */
  readonly failure: { readonly reason: string; readonly retryAt: number } | null
}

const FIRST_WAIT_MS = 1_000
const LONGEST_WAIT_MS = 8_000

/**
 * A snapshot by REST, then live messages. The store applies messages that arrive during a request to the
 * snapshot that it returns, so none is lost. Knows neither React nor sockets.
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

  /** Applies a live message. */
  receive(message: Message): void {
    const { dashboard, refreshing } = this.state
    if (refreshing) this.meanwhile.push(message)
    if (dashboard) this.set({ dashboard: apply(dashboard, message) })
  }

  /**
   * Replaces the content by a snapshot, and retries until one arrives. A second call voids the first one,
   * which may have asked a former server.
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

  /** Ends the wait of a failed refresh, which then tries again at once. */
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
