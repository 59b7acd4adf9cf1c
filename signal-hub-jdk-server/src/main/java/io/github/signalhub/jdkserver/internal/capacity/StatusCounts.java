package io.github.signalhub.jdkserver.internal.capacity;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts refusals by their status. The statuses that the server itself gives have counters of their
 * own. Those of an application's hook may be any, and share one. Thread-safe.
 */
public final class StatusCounts {
  /** Stands for all statuses that have no counter. */
  static final String OTHER = "other";

  private static final Set<Integer> KNOWN =
      Set.of(400, 401, 403, 404, 405, 408, 413, 414, 417, 421, 426, 429, 431, 500, 501, 503, 505);

  private final Map<String, LongAdder> counts = new TreeMap<>();

  /** Creates counters that are 0. */
  public StatusCounts() {
    KNOWN.forEach(status -> counts.put(Integer.toString(status), new LongAdder()));
    counts.put(OTHER, new LongAdder());
  }

  /** Counts a refusal. */
  public void count(int status) {
    counts.get(KNOWN.contains(status) ? Integer.toString(status) : OTHER).increment();
  }

  /** Returns the names of the counters, in order: each status, and {@code other}. */
  public Set<String> names() {
    return counts.keySet();
  }

  /** Returns how many refusals had a status. */
  public long of(String name) {
    return counts.get(name).sum();
  }
}
