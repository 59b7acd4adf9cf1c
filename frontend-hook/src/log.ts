/** What a logger is told. */
export interface LogEvent {
  /**
   * - `connecting`, `open`, `close` (detail: code and reason, or none where this side ended it), `retry`
   *   (detail: the wait in milliseconds)
   * - `message` (detail: the message, of the application or, with `$`, of the protocol)
   * - `ignored`: text that is no message; `duplicate`: a message received before; `overflow`: not sent, the
   *   queue is full (detail: the text)
   */
  event: 'connecting' | 'open' | 'close' | 'retry' | 'message' | 'ignored' | 'duplicate' | 'overflow'
  /** The address that the socket was made for. */
  url: string
  detail?: unknown
}

/** Receives what happens; what it throws disturbs nothing. */
export type Logger = (event: LogEvent) => void
