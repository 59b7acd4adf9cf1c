package io.github.signalhub.internal.log;

/**
 * The limits of a whole log. Immutable.
 *
 * @param maxBytes how many bytes all entries may take, with overheads and their encoded wire forms
 * @param maxTableBytes how many bytes the live entries of all tables may be charged, as {@link
 *     HubLog#tableBytes} says
 * @param graceNanos how long an entry stays although its topic's limits are passed, while there is
 *     room, in nanoseconds
 * @param privateMessages how many messages may wait in a private topic
 * @param privateBytes how many bytes may wait in a private topic; one message may be longer
 */
public record LogLimits(
    long maxBytes, long maxTableBytes, long graceNanos, int privateMessages, long privateBytes) {
  /** Checks the limits. */
  public LogLimits {
    if (maxBytes < 1
        || maxTableBytes < 1
        || graceNanos < 0
        || privateMessages < 1
        || privateBytes < 1) {
      throw new IllegalArgumentException("expected positive limits");
    }
  }
}
