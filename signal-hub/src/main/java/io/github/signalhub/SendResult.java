package io.github.signalhub;

/** The outcome of a message to one client. Accepted means in its log, not yet read by the peer. */
public enum SendResult {
  /** The client will be sent the message, unless its connection ends before. */
  ACCEPTED,
  /** There is no such client, or not any more. */
  UNKNOWN,
  /**
   * 64 messages wait for this client already, or some do and 64 KiB would be exceeded; nothing was
   * added. When nothing waits, one message of any allowed length is accepted: try again when the
   * client has read.
   */
  FULL,
  /** The client's connection is being closed. */
  CLOSING,
  /** The hub's log is full, as with {@link PublishResult.Status#OVERLOADED}. */
  OVERLOADED,
  /**
   * The message is larger than {@link HubBuilder#maxMessageBytes} or than the log: it will never
   * fit.
   */
  TOO_LARGE
}
