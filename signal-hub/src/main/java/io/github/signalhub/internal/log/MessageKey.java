package io.github.signalhub.internal.log;

import java.util.Objects;

/**
 * Which row of a table a message is about. Immutable.
 *
 * @param name the key
 * @param deletes whether the message says that the key is gone
 */
public record MessageKey(String name, boolean deletes) {
  /** Checks that there is a name. */
  public MessageKey {
    Objects.requireNonNull(name, "name");
  }

  /** Returns how many bytes an entry of this key counts for it, at most two per character. */
  int bytes() {
    return KeyedEntry.OVERHEAD_BYTES + 2 * name.length();
  }
}
