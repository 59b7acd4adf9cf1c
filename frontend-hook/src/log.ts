/** What a logger is told. */
export interface LogEvent {
  /**
   * - `connecting`, `open`, `close` (detail: code and reason), `retry` (detail: the wait in milliseconds)
   * - `message` (detail: the message, of the application or, with `$`, of the protocol)
   * - `ignored`: text that is no message; `duplicate`: a message received before; `overflow`: not sent, the
   *   queue is full (detail: the text)
   */
  event: 'connecting' | 'open' | 'close' | 'retry' | 'message' | 'ignored' | 'duplicate' | 'overflow'
  /** The address that the socket was made for. */
  url: string
  detail?: unknown
}

/** A function, or anything with the `info` of a console. */
export type Logger = ((event: LogEvent) => void) | { info(...data: unknown[]): void }
