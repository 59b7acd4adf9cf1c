package io.github.signalhub;

import java.util.Objects;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * What makes a topic a table: each message has a key, and a newer message supersedes the older ones
 * of its key. Immutable; the functions run on the threads that publish and are thread-safe.
 *
 * @param key returns the key of a message, 1 to 255 characters
 * @param deletes returns whether a message says that its key is gone
 */
public record Compaction(Function<Message, String> key, Predicate<Message> deletes) {
  /** Checks that there are functions. */
  public Compaction {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(deletes, "deletes");
  }
}
