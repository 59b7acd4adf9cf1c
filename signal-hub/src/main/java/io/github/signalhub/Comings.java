package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Counts the clients of a hub that came, and by their close codes those that went. Codes that
 * neither RFC 6455, the IANA registry nor this library names are one. Thread-safe.
 */
final class Comings {
  private static final String OTHER = "other";
  private static final List<String> CODES =
      Stream.of(
              Stream.of(1000, 1001, 1002, 1003, 1005, 1006, 1007, 1008, 1009, 1010, 1011),
              Stream.of(1012, 1013, 1014, 1015),
              Stream.of(4000, 4001, 4100, 4101, 4200))
          .flatMap(Function.identity())
          .map(String::valueOf)
          .toList();

  private final LongAdder connected = new LongAdder();
  private final Map<String, LongAdder> ended =
      Stream.concat(CODES.stream(), Stream.of(OTHER))
          .collect(Collectors.toUnmodifiableMap(Function.identity(), code -> new LongAdder()));

  /** Counts a client that came. */
  void begun() {
    connected.increment();
  }

  /** Counts a client that ended. */
  void ended(DisconnectReason reason) {
    ended.getOrDefault(Integer.toString(reason.code()), ended.get(OTHER)).increment();
  }

  /** Returns the codes that are told apart, and the word for all others. */
  List<String> codes() {
    return Stream.concat(CODES.stream(), Stream.of(OTHER)).toList();
  }

  /** Returns how many clients came. */
  long connected() {
    return connected.sum();
  }

  /** Returns how many clients ended with one of the {@link #codes}. */
  long ended(String code) {
    return ended.get(code).sum();
  }
}
