package io.github.signalhub.internal.log;

/**
 * The outcome of appending a message to a {@link HubLog}. Immutable.
 *
 * @param outcome whether it was appended, or why it was not
 * @param offset the message's offset; 0 if it was not appended
 */
public record AppendResult(Outcome outcome, long offset) {
  static final AppendResult OVERLOADED = new AppendResult(Outcome.OVERLOADED, 0);
  static final AppendResult FULL = new AppendResult(Outcome.FULL, 0);
  static final AppendResult TOO_MANY_KEYS = new AppendResult(Outcome.TOO_MANY_KEYS, 0);
  static final AppendResult TABLES_FULL = new AppendResult(Outcome.TABLES_FULL, 0);

  /** The result for a log, a topic or a session that has ended. */
  public static final AppendResult CLOSED = new AppendResult(Outcome.CLOSED, 0);

  /** The outcomes. Nothing was appended, except for the first one. */
  public enum Outcome {
    /** The message is in the log. */
    APPENDED,
    /** The log is full of entries that readers still need. */
    OVERLOADED,
    /** Too much waits in this private topic. */
    FULL,
    /** The topic has as many keys as it may have. */
    TOO_MANY_KEYS,
    /** The tables' budget has no room for this message. */
    TABLES_FULL,
    /** The log or the private topic is closed. */
    CLOSED
  }

  static AppendResult appended(long offset) {
    return new AppendResult(Outcome.APPENDED, offset);
  }

  /** Returns whether the message is in the log. */
  public boolean isAppended() {
    return outcome == Outcome.APPENDED;
  }
}
