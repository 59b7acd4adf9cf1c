package io.github.signalhub.internal.session;

import java.util.Map;

/**
 * {@code $sync}: everything up to an id has been sent.
 *
 * @param id the id
 */
record Sync(String id) implements Control {
  @Override
  public byte[] json() {
    return Control.encode("$sync", Map.of("id", id));
  }
}
