package io.github.signalhub.spi;

import io.github.signalhub.internal.settings.Setting;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How long a peer may keep its {@link Link} waiting. Each time is 0 to a day. 0 stands for no
 * limit.
 *
 * <pre>{@code
 * LinkTimeouts.DEFAULT.withWrite(Duration.ofSeconds(60))
 * }</pre>
 *
 * <p>Two timeouts are equal if all times are. Immutable.
 */
public final class LinkTimeouts {
  private static final Duration LONGEST = Duration.ofDays(1);

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

  private final Duration ping;
  private final Duration pong;
  private final Duration write;
  private final Duration close;

  private LinkTimeouts(Duration ping, Duration pong, Duration write, Duration close) {
    this.ping = ping;
    this.pong = pong;
    this.write = write;
    this.close = close;
  }

  /**
   * Returns these timeouts with other times for pings. Both are set together, because a ping
   * without a time for its answer ends nothing.
   *
   * @param ping the time of silence until the peer is sent a ping; 0: no ping is sent
   * @param pong the time from the ping until anything comes from the peer. It begins anew while the
   *     peer takes what was sent before
   * @throws IllegalArgumentException if one is not 0 to a day, or there is a ping and no time for
   *     its answer
   */
  public LinkTimeouts withPing(Duration ping, Duration pong) {
    within("ping", ping);
    within("pong", pong);
    if (!ping.isZero() && pong.isZero()) {
      throw new IllegalArgumentException(
          "expected pong of more than 0 with a ping of " + ping + ", was " + pong);
    }
    return new LinkTimeouts(ping, pong, write, close);
  }

  /**
   * Returns these timeouts with another time in which the peer may take nothing of what waits.
   *
   * @throws IllegalArgumentException if it is not 0 to a day
   */
  public LinkTimeouts withWrite(Duration write) {
    return new LinkTimeouts(ping, pong, within("write", write), close);
  }

  /**
   * Returns these timeouts with another time from our goodbye to the end of the connection.
   *
   * @throws IllegalArgumentException if it is not 0 to a day
   */
  public LinkTimeouts withClose(Duration close) {
    return new LinkTimeouts(ping, pong, write, within("close", close));
  }

  /** Returns the time of silence until the peer is sent a ping. */
  public Duration ping() {
    return ping;
  }

  /** Returns the time from the ping until anything comes from the peer. */
  public Duration pong() {
    return pong;
  }

  /** Returns the time in which the peer may take nothing of what waits for it. */
  public Duration write() {
    return write;
  }

  /** Returns the time from our goodbye to the end of the connection. */
  public Duration close() {
    return close;
  }

  private static Duration within(String name, Duration value) {
    return Setting.within(name, Duration.ZERO, LONGEST, value);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof LinkTimeouts same
        && ping.equals(same.ping)
        && pong.equals(same.pong)
        && write.equals(same.write)
        && close.equals(same.close);
  }

  @Override
  public int hashCode() {
    return Objects.hash(ping, pong, write, close);
  }

  /** Returns all times with their names. */
  @Override
  public String toString() {
    return "LinkTimeouts[ping="
        + ping
        + ", pong="
        + pong
        + ", write="
        + write
        + ", close="
        + close
        + "]";
  }
}
