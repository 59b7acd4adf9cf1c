package io.github.signalhub.internal.log;

/**
 * How much of a topic is kept. An entry leaves when any limit is passed; entries that a reader
 * still needs stay longer. Immutable.
 *
 * @param messages how many entries, at least 1
 * @param bytes how many bytes of JSON text with a fixed overhead per entry, at least 1
 * @param ageNanos how old an entry may become, in nanoseconds, at least 1
 */
public record Retention(int messages, long bytes, long ageNanos) {
  /** Checks the limits. */
  public Retention {
    if (messages < 1 || bytes < 1 || ageNanos < 1) {
      throw new IllegalArgumentException("expected limits of at least 1");
    }
  }
}
