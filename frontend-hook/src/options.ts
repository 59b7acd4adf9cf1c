import type { Logger } from './log.js'

/** Options of a connection. All are read when needed, so a changed one holds from its next use. */
export interface Options {
  /** Id to start from, as returned with a snapshot; used until the connection knows a point of its own. */
  after?: string | undefined
  /** Leave the address as it is: no `signal-hub=1`, no `after=…`. Default false. */
  plain?: boolean | undefined
  /** Subprotocols to offer. Default none: browsers fail a connection whose server picks none of them. */
  protocols?: string | string[] | undefined
  /** Receives what happens, as `console.info` does. Default none. */
  logger?: Logger | undefined
  /** Messages kept while there is no connection; above it, `send` returns false. Default 100. */
  maxQueued?: number | undefined
  /** Longest first wait before reconnecting; doubles with each failure. Default 1,000. */
  baseDelayMs?: number | undefined
  /** Longest wait before reconnecting. Default 30,000. */
  maxDelayMs?: number | undefined
  /** How long a connection must last until the wait starts over from its base. Default 5,000. */
  stableAfterMs?: number | undefined
  /** How long a connection may take to open; to a hub that greeted before, to greet. Default 10,000. */
  connectTimeoutMs?: number | undefined
  /** How long a connection that nobody listens to any more stays open. Default 200. */
  lingerMs?: number | undefined
  /** The WebSocket class to use, for platforms that have none built in. */
  WebSocket?: typeof WebSocket | undefined
}

/** The defaults of options. */
export const DEFAULTS = {
  maxQueued: 100,
  baseDelayMs: 1_000,
  maxDelayMs: 30_000,
  stableAfterMs: 5_000,
  connectTimeoutMs: 10_000,
  lingerMs: 200,
}
