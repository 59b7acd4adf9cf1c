package io.github.signalhub.internal.counters;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;

/** One counter for each of some keys. Thread-safe. */
public final class Counters<K> {
  private final Map<K, LongAdder> counters = new LinkedHashMap<>(); // not modified any more

  /** Creates counters of 0. */
  public Counters(Collection<K> keys) {
    keys.forEach(key -> counters.put(key, new LongAdder()));
  }

  /** Creates counters of 0 for the constants of an enum. */
  public static <E extends Enum<E>> Counters<E> of(Class<E> type) {
    return new Counters<>(List.of(type.getEnumConstants()));
  }

  /** Adds 1 to the counter of a key. */
  public void count(K key) {
    counters.get(key).increment();
  }

  /** Returns the counter of a key. */
  public long of(K key) {
    return counters.get(key).sum();
  }

  /** Returns the sum of all counters. */
  public long sum() {
    return counters.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Returns the keys, in the order in which they were given; unmodifiable. */
  public Set<K> keys() {
    return Collections.unmodifiableSet(counters.keySet());
  }
}
