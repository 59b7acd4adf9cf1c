package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.counters.CodeCounters;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts the clients of a hub that came, and by their close codes those that went. The codes that
 * RFC 6455, the IANA registry or this library name are told apart. Thread-safe.
 */
final class Comings {
  private final LongAdder connected = new LongAdder();
  private final CodeCounters ended =
      new CodeCounters(
          1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 1015,
          4000, 4001, 4100, 4101, 4200);

  /** Counts a client that came. */
  void begun() {
    connected.increment();
  }

  /** Counts a client that ended. */
  void ended(DisconnectReason reason) {
    ended.count(reason.code());
  }

  /** Returns the codes that are told apart, and the word for all others. */
  Set<String> codes() {
    return ended.names();
  }

  /** Returns how many clients came. */
  long connected() {
    return connected.sum();
  }

  /** Returns how many clients ended with one of the {@link #codes}. */
  long ended(String code) {
    return ended.of(code);
  }
}
