package io.github.signalhub.internal.log;

import java.util.Objects;

/**
 * How much of a topic is kept. An entry leaves when any limit is passed; entries that a reader
 * still needs stay longer. Immutable.
 *
 * @param messages how many entries, at least 1
 * @param bytes how many bytes of JSON text with a fixed overhead per entry, at least 1
 * @param ageNanos how old an entry may become, in nanoseconds, at least 1
 * @param maxKeys how many keys a compacted topic may have; 0: it is not compacted
 * @param keyAgeNanos how old the newest entry of a key may become, in nanoseconds; 0: any age
 * @param closesLate whether every session that loses entries is closed, also one that could be told
 */
public record Retention(
    int messages, long bytes, long ageNanos, int maxKeys, long keyAgeNanos, boolean closesLate) {
  /** Checks the limits. */
  public Retention {
    if (messages < 1 || bytes < 1 || ageNanos < 1 || maxKeys < 0 || keyAgeNanos < 0) {
      throw new IllegalArgumentException("expected limits of at least 1");
    }
  }

  /**
   * Creates the limits of a topic that is not compacted, and whose clients are closed only if they
   * cannot be told.
   */
  public Retention(int messages, long bytes, long ageNanos) {
    this(messages, bytes, ageNanos, 0, 0, false);
  }

  /** Returns whether the limits are the same. */
  @Override
  public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderTest
    return other instanceof Retention same
        && messages == same.messages
        && bytes == same.bytes
        && ageNanos == same.ageNanos
        && maxKeys == same.maxKeys
        && keyAgeNanos == same.keyAgeNanos
        && closesLate == same.closesLate;
  }

  @Override
  public int hashCode() {
    return Objects.hash(messages, bytes, ageNanos, maxKeys, keyAgeNanos, closesLate);
  }
}
