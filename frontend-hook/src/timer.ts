import type { Env } from './env.js'

/** Browsers run a timer of 2³¹ ms or more at once. */
const MAX_MS = 2e9

/** A timer that runs the task that it was given last. */
export interface Timer {
  /** Runs `task` after `ms`, in place of a task that still waits. */
  start(task: () => void, ms: number): void
  /** Runs nothing more. */
  stop(): void
}

/** Makes a timer on the clock of `env`. */
export function makeTimer(env: Env): Timer {
  let timer: unknown
  const stop = () => env.clearTimeout(timer)
  return {
    start(task, ms) {
      stop()
      timer = env.setTimeout(task, Math.min(ms, MAX_MS))
    },
    stop,
  }
}
