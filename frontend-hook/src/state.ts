/**
 * - `idle`: nobody listens
 * - `connecting`, `open`
 * - `waiting`: the socket waits for its next try
 * - `offline`: the same, and the browser says that there is no network
 * - `closed`: closed until `reconnect()`, because of `close()`, a close code of 4000–4099 except 4001, or an impossible address
 */
export type Status = 'idle' | 'connecting' | 'open' | 'waiting' | 'offline' | 'closed'

/**
 * - `live`: nothing was missed
 * - `recovering`: the connection was lost, and the messages sent meanwhile may still come
 * - `gap`: messages were lost, or may have been. Fetch your snapshot again, then call `resumeFrom`. If the server gives
 *   no ids, the gap ends by itself after `stableAfterMs`
 */
export type Continuity = 'live' | 'recovering' | 'gap'

/** Why the last connection ended; code 0 if the browser refused to try. */
export interface SocketError {
  code: number
  reason: string
}

/** The state of a socket at one moment; never changed, only replaced. */
export interface SocketState {
  readonly status: Status
  /** Whether `status` is `open`. */
  readonly isConnected: boolean
  /** Failures since the last stable connection. */
  readonly attempt: number
  /** When the next try is due, in milliseconds since 1970; null unless waiting. */
  readonly retryAt: number | null
  readonly error: SocketError | null
  readonly continuity: Continuity
  /** Messages that wait for a connection. */
  readonly queued: number
}

/** The state of a socket that nobody listens to, and of every socket while rendering on a server. */
export const IDLE: SocketState = {
  status: 'idle',
  isConnected: false,
  attempt: 0,
  retryAt: null,
  error: null,
  continuity: 'live',
  queued: 0,
}
