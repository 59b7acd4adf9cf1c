package io.github.signalhub.jdkserver.internal.capacity;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * The limits on requests and responses that handlers have or wait for. Immutable.
 *
 * @param maxConcurrentExchanges how many requests the application may have at once, and how many
 *     handshakes besides
 * @param bufferedRequestBytes the part of a body that is received before its handler runs
 * @param bufferedResponseBytes the part of a response that a handler writes without waiting for its
 *     peer
 * @param maxBufferedBytes of all requests and responses together
 * @param maxSlowPeers how many handlers may wait for slow peers; if empty, a third of their threads
 */
public record HandlerLimits(
    int maxConcurrentExchanges,
    int bufferedRequestBytes,
    int bufferedResponseBytes,
    long maxBufferedBytes,
    OptionalInt maxSlowPeers) {
  private static final int MIN_HELD_BYTES = 64 << 10;

  /**
   * Checks that two exchanges have room.
   *
   * @throws IllegalArgumentException if {@code maxBufferedBytes} is too small for them
   */
  public HandlerLimits {
    requireNonNull(maxSlowPeers, "maxSlowPeers");
    long least = least(bufferedRequestBytes, bufferedResponseBytes);
    if (maxBufferedBytes < least) { // otherwise one exchange could be too much by itself
      throw new IllegalArgumentException(
          "expected maxBufferedBytes of at least "
              + least
              + ", which two exchanges take, was "
              + maxBufferedBytes);
    }
  }

  /**
   * Returns the default of {@code maxBufferedBytes}: an eighth of the heap, or what two exchanges
   * take if that is more.
   */
  public static long bufferedBytesOfHeap(int bufferedRequestBytes, int bufferedResponseBytes) {
    long eighth = Runtime.getRuntime().maxMemory() / 8;
    return Math.max(eighth, 2 * least(bufferedRequestBytes, bufferedResponseBytes));
  }

  /**
   * Returns how many bytes of a body are held at once. One byte more than the buffered part shows
   * that the body is longer.
   */
  public int heldRequestBytes() {
    return Math.max(MIN_HELD_BYTES, bufferedRequestBytes + 1);
  }

  private static long least(int requestBytes, int responseBytes) {
    return 2L * (Math.max(MIN_HELD_BYTES, requestBytes) + responseBytes);
  }
}
