import type { Logger } from './log.js'

/** Options of a connection. Each is read when it is needed, so a changed one counts from its next use. */
export interface Options {
  /** The id to start after, as returned with a snapshot. Used until the connection knows an id of its own. */
  after?: string | undefined
  /** Leave the address as it is: no `signal-hub=1`, no `after=…`. Default false. */
  plain?: boolean | undefined
  /** Subprotocols to offer. Default none. Browsers fail a connection if its server picks none of them. */
  protocols?: string | string[] | undefined
  /** Receives the events of the socket. `console.info` is one. Default none. */
  logger?: Logger | undefined
  /** Messages kept while there is no connection; with more, `send` returns false. Default 100. */
  maxQueued?: number | undefined
  /** Longest first wait before reconnecting; doubles with each failure. Default 1,000. */
  baseDelayMs?: number | undefined
  /** Longest wait before reconnecting. Default 30,000. */
  maxDelayMs?: number | undefined
  /** How long a connection must last until the wait starts over from its base. Default 5,000. */
  stableAfterMs?: number | undefined
  /** How long a connection may take to open. If a hub greeted before, it also has to greet. Default 10,000. */
  connectTimeoutMs?: number | undefined
  /** How long a connection without listeners stays open. Default 200. */
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
