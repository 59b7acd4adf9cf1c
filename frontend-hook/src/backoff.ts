import type { Options } from './options.js'

/** What the hundreds of a close code mean, where they mean anything: 4000–4099 never come back, 4200–4299 now. */
export const TERMINAL = 40
export const IMMEDIATE = 42

/**
 * Milliseconds to wait before try `attempt` (from 0): anything from nothing to the base doubled `attempt`
 * times ("full jitter"), so that clients which lost one server together do not return together. A base of 0 stays 0, however often
 * it is doubled.
 */
export const backoff = (attempt: number, options: Options, random: number): number =>
  random * Math.min(options.maxDelayMs ?? 30_000, (options.baseDelayMs ?? 1_000) * 2 ** attempt) || 0
