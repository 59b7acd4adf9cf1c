package io.github.signalhub;

import io.github.signalhub.internal.log.MessageKey;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * How a topic becomes a table: each message has a key, and supersedes the older ones of its key.
 * Immutable; the functions run on the threads that publish and are thread-safe.
 *
 * @param key returns the key of a message, 1 to 255 characters
 * @param deletes returns whether a message says that its key is gone
 */
record Compaction(Function<Message, String> key, Predicate<Message> deletes) {
  private static final int MAX_KEY_CHARS = 255;

  Compaction {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(deletes, "deletes");
  }

  /**
   * Runs the functions.
   *
   * @throws IllegalArgumentException if one of them throws, or the key is none
   */
  MessageKey keyOf(Message message) {
    String name;
    boolean gone;
    try {
      name = key.apply(message);
      gone = deletes.test(message);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException("expected a message whose key can be computed", e);
    }
    if (name == null || name.isEmpty() || name.length() > MAX_KEY_CHARS) {
      throw new IllegalArgumentException(
          "expected a key of 1 to "
              + MAX_KEY_CHARS
              + " characters, was "
              + (name == null ? "null" : name.length()));
    }
    return new MessageKey(name, gone);
  }
}
