package io.github.signalhub.jdkserver.internal.link;

import static java.util.Objects.requireNonNull;

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
   * Checks that the longest message has room.
   *
   * @throws IllegalArgumentException if {@code maxUnfinishedBytes} is too small for it
   */
  public LinkOptions {
    requireNonNull(limits, "limits");
    requireNonNull(timeouts, "timeouts");
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
