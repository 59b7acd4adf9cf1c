package io.github.signalhub.internal.log;

import java.util.Objects;

/**
 * Which row of a table a message is about. Immutable.
 *
 * @param name the key
 * @param deletes whether the message says that the key is gone
 */
public record MessageKey(String name, boolean deletes) {
  /**
   * The bytes that an entry counts for its key besides the characters: about two nodes of maps, the
   * offset and the key as objects.
   */
  static final int OVERHEAD_BYTES = 160;

  /** Checks that there is a name. */
  public MessageKey {
    Objects.requireNonNull(name, "name");
  }

  /** Returns how many bytes an entry of this key counts for it, at most two per character. */
  int bytes() {
    return OVERHEAD_BYTES + 2 * name.length();
  }
}
