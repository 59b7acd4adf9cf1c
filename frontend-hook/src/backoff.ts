/** What the hundreds of a close code mean, where they mean anything: 4000–4099 never come back, 4200–4299 now. */
export const TERMINAL = 40
export const IMMEDIATE = 42

/**
 * Milliseconds to wait before try `attempt` (from 0): anything from nothing to `baseMs` doubled `attempt` times ("full
 * jitter"), at most `maxMs`, so that clients which lost one server together do not return together. A base of 0 stays
 * 0, however often it is doubled.
 */
export const backoff = (attempt: number, baseMs: number, maxMs: number, random: number): number =>
  random * Math.min(maxMs, baseMs * 2 ** attempt) || 0
