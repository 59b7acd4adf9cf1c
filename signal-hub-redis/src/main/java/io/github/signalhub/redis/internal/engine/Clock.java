package io.github.signalhub.redis.internal.engine;

import java.util.concurrent.TimeUnit;

/**
 * The server's clock, as the node knows it from the server's last answer. So the clocks of nodes
 * need not agree. Confined to the tail's thread.
 */
final class Clock {
  private long millis;
  private long readNanos = System.nanoTime();

  /** Takes the server's time. */
  void set(long serverMillis) {
    millis = serverMillis;
    readNanos = System.nanoTime();
  }

  long millis() {
    return millis + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - readNanos);
  }

  /** Returns the age of something in nanoseconds. */
  static long age(long nowMillis, long thenMillis) {
    return TimeUnit.MILLISECONDS.toNanos(Math.max(0, nowMillis - thenMillis));
  }
}
