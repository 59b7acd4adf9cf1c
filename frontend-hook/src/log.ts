import type { Status } from './state.js'

/**
 * What a logger is told of:
 *
 * - a `Status` that the socket has from now on; with its state
 * - `message`: one that was received, of the application or, with `$`, of the protocol; with the message
 * - `ignored`: something that is no message; with what it was
 */
export type LogEvent = Status | 'message' | 'ignored'

/** Receives what happens; what it throws disturbs nothing. */
export type Logger = (event: LogEvent, detail: unknown) => void
