import type { Env } from './env.js'
import { makeTimer } from './timer.js'

const LOOK_MS = 5_000 // the watchdog looks at the wall clock this often
/** A live link shows a sign of life within this time. A link that was cut during sleep shows in it that it is dead. */
export const ANSWER_MS = 1_000

/** Notices that a connection is dead. */
export interface Watchdog {
  /** Expects a sign of life within `ms` from now. */
  expect(ms: number): void
  /** Expects a sign of life within a second, because something makes the connection doubtful. */
  doubt(): void
  /** Looks at the wall clock now. Does nothing if no sign of life is expected. */
  look(): void
  /** Expects nothing more. */
  rest(): void
}

/**
 * Makes a watchdog that expects nothing. It calls `onSilence` if the connection was silent for too long, and
 * `onNoAnswer` if a doubtful connection showed no sign of life within a second.
 *
 * Timers stand still while a machine sleeps or a page is frozen. The wall clock does not, so it decides. A look that
 * comes much too late follows a sleep: the connection is doubtful then, because messages may still be delivered.
 */
export function makeWatchdog(env: Env, onSilence: () => void, onNoAnswer: () => void): Watchdog {
  const next = makeTimer(env) // runs the next look
  const answer = makeTimer(env) // runs from the doubt to its end
  let deadline = 0 // of the expected sign of life, by the wall clock; 0 if none is expected

  const doubt = () => {
    next.stop()
    answer.start(onNoAnswer, ANSWER_MS)
  }
  const look = () => {
    if (!deadline) return
    const lateMs = env.Date.now() - deadline
    if (lateMs < 0) next.start(look, Math.min(-lateMs, LOOK_MS))
    else if (lateMs < LOOK_MS) onSilence()
    else doubt()
  }
  return {
    expect(ms) {
      deadline = env.Date.now() + ms
      look()
    },
    doubt,
    look,
    rest() {
      deadline = 0
      next.stop()
      answer.stop()
    },
  }
}
