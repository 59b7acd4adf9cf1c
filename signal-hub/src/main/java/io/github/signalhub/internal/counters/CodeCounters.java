package io.github.signalhub.internal.counters;

import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Counts by the codes of a protocol. The codes that are known have counters of their own. All
 * others share one, because applications may choose them. Thread-safe.
 */
public final class CodeCounters {
  /** The name of the counter of all codes that are not known. */
  public static final String OTHER = "other";

  private final Counters<String> counters;

  /**
   * Creates counters of 0.
   *
   * @param known the codes that have counters of their own
   */
  public CodeCounters(int... known) {
    Stream<String> names = IntStream.of(known).mapToObj(Integer::toString);
    counters = new Counters<>(Stream.concat(names, Stream.of(OTHER)).toList());
  }

  /** Adds 1 to the counter of a code. */
  public void count(int code) {
    String name = Integer.toString(code);
    counters.count(names().contains(name) ? name : OTHER);
  }

  /** Returns the names of the counters: each code, in the order given, and {@link #OTHER}. */
  public Set<String> names() {
    return counters.keys();
  }

  /** Returns the counter of a name. */
  public long of(String name) {
    return counters.of(name);
  }
}
