package io.github.signalhub.jdkserver.internal.net;

import java.util.concurrent.TimeUnit;

/**
 * Admits so many messages a second, in any distribution over it: whoever was silent may send a
 * second's worth at once. Two numbers, no timer. Confined to the loop.
 */
final class RateLimit {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long nanosEach;
  private long dueAt; // when everything admitted so far would have come at an even pace

  /**
   * Makes a limit.
   *
   * @param perSecond at least 1
   * @param now the current {@link System#nanoTime}
   */
  RateLimit(int perSecond, long now) {
    this.nanosEach = SECOND / perSecond;
    this.dueAt = now;
  }

  /** Returns whether a message may come now, and counts it if so. */
  boolean admits(long now) {
    long next = (dueAt - now > 0 ? dueAt : now) + nanosEach;
    if (next - now > SECOND) {
      return false;
    }
    dueAt = next;
    return true;
  }
}
