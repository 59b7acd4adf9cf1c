package io.github.signalhub;

/** What became of a message to one client. Accepted means in its log, not yet read by the peer. */
public enum SendResult {
  /** The client will be sent the message, unless its connection ends before. */
  ACCEPTED,
  /** There is no such client, or not any more. */
  UNKNOWN,
  /** 64 messages or 64 KiB wait for this client already; nothing was added. */
  FULL,
  /** The client's connection is being closed. */
  CLOSING,
  /** The hub's log is full, as with {@link PublishResult.Status#OVERLOADED}. */
  OVERLOADED,
  /** The message is larger than {@link HubBuilder#maxMessageBytes}. */
  TOO_LARGE
}
