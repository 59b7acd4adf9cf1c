package io.github.signalhub.internal.admission;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells whether a text comes for the first time, so that it is logged once. Peers choose the texts.
 * So at most {@value #MOST} are remembered within an hour, and others count as known. After the
 * hour all are forgotten. Thread-safe.
 */
final class FirstTimes {
  static final int MOST = 100;
  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

  private final LongSupplier nanoTime;
  private final Set<String> known = new HashSet<>();
  private long since;

  /**
   * Starts without any known text.
   *
   * @param nanoTime as {@link System#nanoTime}
   */
  FirstTimes(LongSupplier nanoTime) {
    this.nanoTime = nanoTime;
    this.since = nanoTime.getAsLong();
  }

  /** Returns whether this comes for the first time; it is known from now on. */
  synchronized boolean isFirst(String what) {
    long now = nanoTime.getAsLong();
    if (now - since >= HOUR_NANOS) {
      known.clear();
      since = now;
    }
    return known.size() < MOST && known.add(what);
  }
}
