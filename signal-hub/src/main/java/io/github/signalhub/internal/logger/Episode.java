package io.github.signalhub.internal.logger;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Refusals of one kind that follow each other. An episode begins with a refusal, and ends when
 * there is none for a while. The first refusal of each deserves a warning. Thread-safe.
 */
public final class Episode {
  /** The time without a refusal that ends most episodes. */
  static final Duration QUIET = Duration.ofMinutes(1);

  private final LongSupplier nanoClock;
  private final long quietNanos;
  private boolean begun;
  private long first;
  private long last;

  /**
   * Creates one that has not begun, and ends after a minute.
   *
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  public Episode(LongSupplier nanoClock) {
    this(nanoClock, QUIET);
  }

  /**
   * Creates one that has not begun.
   *
   * @param nanoClock a clock as {@link System#nanoTime}
   * @param quiet the time without a refusal that ends it
   */
  public Episode(LongSupplier nanoClock, Duration quiet) {
    this.nanoClock = nanoClock;
    this.quietNanos = quiet.toNanos();
  }

  /** Takes note of a refusal, and returns whether an episode begins with it. */
  public synchronized boolean begins() {
    long now = nanoClock.getAsLong();
    boolean begins = isOver(now);
    first = begins ? now : first;
    last = now;
    begun = true;
    return begins;
  }

  /** Returns how long ago the episode began; zero if it is over. */
  public synchronized Duration lasting() {
    long now = nanoClock.getAsLong();
    return isOver(now) ? Duration.ZERO : Duration.ofNanos(now - first);
  }

  private boolean isOver(long now) {
    return !begun || now - last >= quietNanos;
  }
}
