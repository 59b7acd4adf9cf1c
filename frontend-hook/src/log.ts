import type { Status } from './state.js'

/**
 * An event that a logger receives, and its detail:
 *
 * - a `Status`: the socket has it from now on. The detail is the state
 * - `message`: the socket received a message of the application or, if its type begins with `$`, of the protocol. The
 *   detail is the message
 * - `ignored`: the socket received something that is not a message. The detail is what it received
 */
export type LogEvent = Status | 'message' | 'ignored'

/** Receives the events of a socket. An error that it throws is reported, and stops nothing. */
export type Logger = (event: LogEvent, detail: unknown) => void
