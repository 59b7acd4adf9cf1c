package io.github.signalhub;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * For how long something has happened again and again. It is over when it has not happened for
 * {@link #PAUSE}. Thread-safe.
 */
final class Streak {
  static final Duration PAUSE = Duration.ofSeconds(10);

  private final LongSupplier nanoClock;
  private boolean begun;
  private long first;
  private long last;

  /**
   * Creates one that has not begun.
   *
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  Streak(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Notes that it happened. */
  synchronized void goesOn() {
    long now = nanoClock.getAsLong();
    first = isOver(now) ? now : first;
    last = now;
    begun = true;
  }

  /** Returns how long ago it began; zero if it is over. */
  synchronized Duration lasting() {
    long now = nanoClock.getAsLong();
    return isOver(now) ? Duration.ZERO : Duration.ofNanos(now - first);
  }

  private boolean isOver(long now) {
    return !begun || now - last > PAUSE.toNanos();
  }
}
