package io.github.signalhub;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import java.lang.System.Logger.Level;
import java.util.function.LongSupplier;

/**
 * How large and how frequent the messages of one client may be. The first one beyond that ends its
 * connection, and what follows it until the end is dropped. Confined to the client's loop.
 */
final class InboundLimits {
  private final Connection connection;
  private final LongSupplier nanoClock;
  private final int maxBytes;
  private final MessageRate rate; // null if there is none
  private boolean exceeded;

  InboundLimits(Connection connection, InboundOptions options, LongSupplier nanoClock) {
    this.connection = connection;
    this.nanoClock = nanoClock;
    maxBytes = options.maxMessageBytes();
    int perSecond = options.maxMessagesPerSecond();
    rate = perSecond == 0 ? null : new MessageRate(perSecond, nanoClock.getAsLong());
  }

  /** Returns whether a message is taken; if not, the connection is being ended. */
  boolean admit(int bytes) {
    if (exceeded) {
      return false;
    }
    if (bytes > maxBytes) {
      return exceed(CloseReason.TOO_LARGE);
    }
    return rate == null || rate.admit(nanoClock.getAsLong()) || exceed(CloseReason.RATE_LIMITED);
  }

  private boolean exceed(CloseReason reason) {
    exceeded = true;
    HubLogger.HUB.log(Level.DEBUG, "A client breaks a limit and is closed with {0}", reason);
    connection.abort(reason);
    return false;
  }
}
