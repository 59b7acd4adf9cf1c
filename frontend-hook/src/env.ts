/** All that the socket takes from its surroundings: tests replace it by a fake and lose no second. */
export interface Env {
  setTimeout(task: () => void, ms: number): unknown
  clearTimeout(timer: unknown): void
  random(): number
  now(): number
  online(): boolean
  /** Calls `task` when the network comes back; returns how to stop that. */
  onReturn(task: () => void): () => void
  /** Receives what a handler threw. */
  report(error: unknown): void
}

/** The browser's. Every member looks its global up when used: importing this touches none of them. */
export const browser: Env = {
  setTimeout: (task, ms) => setTimeout(task, ms),
  clearTimeout: (timer) => clearTimeout(timer as number),
  random: () => Math.random(),
  now: () => Date.now(),
  online: () => globalThis.navigator?.onLine !== false,
  onReturn(task) {
    globalThis.addEventListener?.('online', task)
    return () => globalThis.removeEventListener?.('online', task)
  },
  report: (error) => (globalThis.reportError ?? console.error)(error),
}
