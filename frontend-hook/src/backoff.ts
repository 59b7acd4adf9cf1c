/** Hundreds of a close code, 4000–4099: the socket does not come back, but after `EXPIRED`. */
export const TERMINAL = 40
/** The close code of an ended credential. It is no final one: the socket comes back at once, with a fresh credential. */
export const EXPIRED = 4001
/** Hundreds of a close code, 4200–4299: the socket comes back at once. */
export const IMMEDIATE = 42

/**
 * Returns the milliseconds to wait before try `attempt` (from 0). They lie between 0 and `baseMs` doubled `attempt`
 * times, at most `maxMs` ("full jitter"). So clients that lost one server together do not return together. A base of 0
 * stays 0: `|| 0` is for 0 · ∞, which is not a number.
 */
export const backoff = (attempt: number, baseMs: number, maxMs: number, random: number): number =>
  random * Math.min(maxMs, baseMs * 2 ** attempt) || 0
