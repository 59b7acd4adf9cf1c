package io.github.signalhub.internal.admission;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Tells what comes for the first time from what comes again, so that a log has it once. A peer
 * decides what comes; so at most {@value #MOST} are told apart within an hour, and the others count
 * as known. Then all are forgotten. Thread-safe.
 */
final class FirstTimes {
  static final int MOST = 100;
  private static final long HOUR_NANOS = TimeUnit.HOURS.toNanos(1);

  private final LongSupplier nanoTime;
  private final Set<String> known = new HashSet<>();
  private long since;

  /**
   * Knows nothing yet.
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
