package io.github.signalhub.internal.logger;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Tells which refusals of one kind deserve a warning: the first of each episode. An episode ends
 * after {@link #QUIET} without a refusal. Thread-safe.
 */
public final class Episode {
  static final Duration QUIET = Duration.ofMinutes(1);

  private final LongSupplier nanoClock;
  private boolean begun;
  private long last;

  /**
   * Creates one that has not begun.
   *
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  public Episode(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** Takes note of a refusal, and returns whether an episode begins with it. */
  public synchronized boolean begins() {
    long now = nanoClock.getAsLong();
    boolean begins = !begun || now - last > QUIET.toNanos();
    begun = true;
    last = now;
    return begins;
  }
}
