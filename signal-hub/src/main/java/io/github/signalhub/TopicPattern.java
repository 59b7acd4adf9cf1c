package io.github.signalhub;

import java.util.Objects;

/**
 * One topic by its name, such as {@code ledger}, or all whose names begin alike, such as {@code
 * flow:*}. Immutable.
 *
 * @param text the name, or the beginning of the names
 * @param isPrefix whether it is the beginning of names
 */
record TopicPattern(String text, boolean isPrefix) {
  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it is none that a topic's name can match: empty, beginning
   *     with {@code $}, or of more than 255 bytes of UTF-8
   */
  static TopicPattern parse(String nameOrPrefix) {
    Objects.requireNonNull(nameOrPrefix, "nameOrPrefix");
    TopicNames.check(nameOrPrefix);
    boolean isPrefix = nameOrPrefix.endsWith("*");
    int end = nameOrPrefix.length() - (isPrefix ? 1 : 0);
    return new TopicPattern(nameOrPrefix.substring(0, end), isPrefix);
  }

  /** Returns whether a topic of an application is meant. */
  boolean matches(String topic) {
    return isPrefix ? topic.startsWith(text) : topic.equals(text);
  }
}
