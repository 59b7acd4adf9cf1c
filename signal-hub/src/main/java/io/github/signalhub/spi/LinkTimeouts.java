package io.github.signalhub.spi;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How long a peer may keep its {@link Link} waiting. 0 stands for no limit. Immutable.
 *
 * @param ping of silence, until the peer is sent a ping
 * @param pong from the ping until anything comes from the peer; longer while it takes what was sent
 *     before
 * @param write in which the peer takes nothing of what waits for it
 * @param close from our goodbye to the end of the connection
 */
public record LinkTimeouts(Duration ping, Duration pong, Duration write, Duration close) {
  private static final Duration LONGEST = Duration.ofDays(1); // first: the constants need it

  /** A ping after 25 s, the answer within 20 s, 30 s without progress, 5 s for the goodbye. */
  public static final LinkTimeouts DEFAULT =
      new LinkTimeouts(
          Duration.ofSeconds(25),
          Duration.ofSeconds(20),
          Duration.ofSeconds(30),
          Duration.ofSeconds(5));

  /** No limits, for peers that are part of the program. */
  public static final LinkTimeouts NONE =
      new LinkTimeouts(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if one is negative or more than a day, or there is a ping and
   *     no time for its answer
   */
  public LinkTimeouts {
    requireRange(ping, "ping");
    requireRange(pong, "pong");
    requireRange(write, "write");
    requireRange(close, "close");
    if (!ping.isZero() && pong.isZero()) {
      throw new IllegalArgumentException("expected a pong timeout for pings, was none");
    }
  }

  private static void requireRange(Duration value, String name) {
    requireNonNull(value, name);
    if (value.isNegative() || value.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException("expected " + name + " of 0 to a day, was " + value);
    }
  }
}
