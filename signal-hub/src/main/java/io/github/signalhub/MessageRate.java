package io.github.signalhub;

import java.util.concurrent.TimeUnit;

/**
 * How many messages a second one client may send, in any distribution over the second. It keeps
 * when the messages so far would have come at an even pace, and lets that be at most a second
 * ahead. Confined to the client's loop.
 */
final class MessageRate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long nanosEach;
  private long evenly;

  /**
   * Creates a full allowance.
   *
   * @param perSecond at least 1
   * @param now the time in nanoseconds
   */
  MessageRate(int perSecond, long now) {
    nanosEach = SECOND / perSecond;
    evenly = now;
  }

  /** Returns whether one more message is within the rate, and counts it if so. */
  boolean admit(long now) {
    long ahead = Math.max(0, evenly - now) + nanosEach; // the difference: the clock may wrap around
    if (ahead > SECOND) {
      return false;
    }
    evenly = now + ahead;
    return true;
  }
}
