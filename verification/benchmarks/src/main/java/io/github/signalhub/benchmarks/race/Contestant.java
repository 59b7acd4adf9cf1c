package io.github.signalhub.benchmarks.race;

import java.util.List;
import java.util.Optional;

/**
 * A server that takes part. Immutable.
 *
 * @param name short, without commas
 * @param kind what it is
 * @param command starts it
 * @param missing why it cannot run here, if so
 */
record Contestant(String name, Kind kind, List<String> command, Optional<String> missing) {
  /** The kinds of servers. */
  enum Kind {
    FLOOR_C,
    FLOOR_NIO,
    HUB,
    JVM_PEER,
    NODE_PEER,
    HTTP;

    boolean onJvm() {
      return this == FLOOR_NIO || this == HUB || this == JVM_PEER;
    }
  }

  boolean present() {
    return missing.isEmpty();
  }

  boolean http() {
    return kind == Kind.HTTP;
  }
}
