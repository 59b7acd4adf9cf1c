package io.github.signalhub.internal.log;

import java.util.Objects;

/**
 * The id of a message after which a topic or a session is asked to begin. It is parsed once, where
 * it enters. Its text is kept, because the peer is told the text that it sent. Immutable.
 *
 * @param text the text; not checked
 * @param id the id; {@code null} if the text is no id
 */
public record StartId(String text, MessageId id) {
  /** {@link #offset}: no message of this log had the id yet. */
  public static final long UNKNOWN = -1;

  /** Parses the text that a peer sent; {@code null} stays {@code null}. */
  public static StartId parse(String text) {
    return text == null ? null : new StartId(text, MessageId.parse(text).orElse(null));
  }

  /**
   * Parses the id that an application gave.
   *
   * @throws IllegalArgumentException if the text is no id
   */
  public static StartId require(String after) {
    StartId start = parse(Objects.requireNonNull(after, "after"));
    if (!start.isWellFormed()) {
      throw new IllegalArgumentException("expected the id of a message as after");
    }
    return start;
  }

  /** Returns the id of an offset. */
  public static StartId of(MessageId id) {
    return new StartId(id.toString(), id);
  }

  /** Returns whether the text is an id, of this or another log. */
  public boolean isWellFormed() {
    return id != null;
  }

  /**
   * Returns the id's offset, or {@link #UNKNOWN}. It is known if it is of this epoch, and from the
   * base up to the horizon. Offset 0 is before everything, in every epoch.
   */
  long offset(long epoch, long base, long horizon) {
    if (id == null || id.epoch() != epoch) {
      return UNKNOWN;
    }
    long offset = id.offset();
    return offset == 0 || offset >= base && offset <= horizon ? offset : UNKNOWN;
  }
}
