package io.github.signalhub.jdkserver.internal.ws;

/**
 * How long one message of a client may be. A client that sends more is closed with 1009, at the
 * header of the first frame that is too much. A compressed message fails at the first inflated byte
 * too many. It also fails at the header that makes its compressed form longer than twice the limit
 * and 1 KiB. Immutable.
 *
 * @param maxMessageBytes the payload bytes of all fragments of a message together, 1 to 2^30; those
 *     of a compressed message count as inflated
 * @param maxFragments how many frames a message may have, with the empty ones, at least 1
 */
public record WebSocketLimits(int maxMessageBytes, int maxFragments) {
  /** The limits of a message. The caller sees to the last one. */
  public enum Kind {
    MESSAGE_BYTES,
    FRAGMENTS,
    MESSAGE_RATE
  }

  /** 1 MiB in at most 131,072 fragments. */
  public static final WebSocketLimits DEFAULT = new WebSocketLimits(1 << 20, 1 << 17);

  private static final int LARGEST_MESSAGE_BYTES = 1 << 30; // well below the longest array

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a limit is out of its range
   */
  public WebSocketLimits {
    if (maxMessageBytes < 1 || maxMessageBytes > LARGEST_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "expected maxClientMessageBytes of 1 to "
              + LARGEST_MESSAGE_BYTES
              + ", was "
              + maxMessageBytes);
    }
    if (maxFragments < 1) {
      throw new IllegalArgumentException(
          "expected maxFragments of at least 1, was " + maxFragments);
    }
  }
}
