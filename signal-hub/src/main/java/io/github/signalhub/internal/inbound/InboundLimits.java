package io.github.signalhub.internal.inbound;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Connection;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * How large and how frequent the messages of one client may be. The first one beyond that ends its
 * connection. Later messages are dropped.
 *
 * <p>The messages of a second may come in any distribution. The time is kept at which the messages
 * so far would have come at an even pace. It may be at most a second ahead.
 *
 * <p>Confined to the client's loop.
 */
final class InboundLimits {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final Connection connection;
  private final InboundCounters counters;
  private final LongSupplier nanoClock;
  private final int maxBytes;
  private final long nanosEach; // 0 for any number of messages
  private long evenly;
  private boolean exceeded;

  /**
   * Creates limits that nothing counts towards yet.
   *
   * @param maxBytes the most bytes of a message
   * @param perSecond the most messages a second; 0 for any number
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  InboundLimits(
      Connection connection,
      int maxBytes,
      int perSecond,
      LongSupplier nanoClock,
      InboundCounters counters) {
    this.connection = connection;
    this.counters = counters;
    this.maxBytes = maxBytes;
    this.nanoClock = nanoClock;
    nanosEach = perSecond == 0 ? 0 : SECOND / perSecond;
    evenly = nanosEach == 0 ? 0 : nanoClock.getAsLong();
  }

  /** Returns whether a message is taken; if not, the connection is being ended. */
  boolean admit(int bytes) {
    if (exceeded) {
      return false;
    }
    counters.bytes.add(bytes);
    if (bytes > maxBytes) {
      return exceed(DisconnectReason.TOO_LARGE, counters.tooLarge);
    }
    return nanosEach == 0
        || isInTime(nanoClock.getAsLong())
        || exceed(DisconnectReason.RATE_LIMITED, counters.tooMany);
  }

  private boolean isInTime(long now) {
    long ahead = Math.max(0, evenly - now) + nanosEach; // the difference: the clock may wrap around
    if (ahead > SECOND) {
      return false;
    }
    evenly = now + ahead;
    return true;
  }

  private boolean exceed(DisconnectReason reason, LongAdder counter) {
    exceeded = true;
    counter.increment();
    HubLogger.HUB.log(Level.DEBUG, "A client breaks a limit and is closed with {0}", reason);
    connection.abort(reason);
    return false;
  }
}
