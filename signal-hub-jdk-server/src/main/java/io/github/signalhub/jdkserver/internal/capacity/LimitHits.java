package io.github.signalhub.jdkserver.internal.capacity;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts how often each limit was reached. Thread-safe. */
public final class LimitHits {
  private final Map<Limit, LongAdder> hits = new EnumMap<>(Limit.class);

  /** Creates counters that are 0. */
  public LimitHits() {
    for (Limit limit : Limit.values()) {
      hits.put(limit, new LongAdder());
    }
  }

  /** Counts that a limit was reached. */
  public void count(Limit limit) {
    hits.get(limit).increment();
  }

  /** Returns how often a limit was reached. */
  public long of(Limit limit) {
    return hits.get(limit).sum();
  }
}
