package io.github.signalhub.jdkserver.internal.link;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.spi.LinkTimeouts;
import java.util.OptionalInt;

/**
 * The options of WebSocket links. Immutable.
 *
 * @param limits of messages
 * @param timeouts of links; {@code write} is zero, because sockets watch their writes themselves
 * @param minMessageBytesPerSecond the least rate of a message that takes several packets
 * @param maxUnfinishedBytes of the incomplete messages of all clients together
 * @param compressFromBytes the least length of a message that is compressed; empty if none is
 * @param maxCompressionWindowBytes how much is kept of what all clients sent compressed
 */
public record LinkOptions(
    WebSocketLimits limits,
    LinkTimeouts timeouts,
    int minMessageBytesPerSecond,
    long maxUnfinishedBytes,
    OptionalInt compressFromBytes,
    long maxCompressionWindowBytes) {

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if an option is out of its range
   */
  public LinkOptions {
    requireNonNull(limits, "limits");
    TimerWheel.requireTimeout(timeouts.ping(), "pingInterval");
    TimerWheel.requireTimeout(timeouts.pong(), "pongTimeout");
    TimerWheel.requireTimeout(timeouts.close(), "closeTimeout");
    if (minMessageBytesPerSecond <= 0) {
      throw new IllegalArgumentException(
          "expected minMessageBytesPerSecond > 0, was " + minMessageBytesPerSecond);
    }
    if (compressFromBytes.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "expected compressFromBytes of at least 0, was " + compressFromBytes.getAsInt());
    }
    if (maxCompressionWindowBytes < 0) {
      throw new IllegalArgumentException(
          "expected maxCompressionWindowBytes of at least 0, was " + maxCompressionWindowBytes);
    }
    long leastUnfinished = limits.maxMessageBytes();
    if (compressFromBytes.isPresent()) {
      leastUnfinished += PermessageDeflate.INFLATER_BYTES;
    }
    if (maxUnfinishedBytes < leastUnfinished) { // otherwise one message could be too much by itself
      throw new IllegalArgumentException(
          "expected maxUnfinishedBytes of at least "
              + leastUnfinished
              + ", which the longest message takes, was "
              + maxUnfinishedBytes);
    }
  }
}
