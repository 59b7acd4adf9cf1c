package io.github.signalhub.jdkserver.internal.ws;

/**
 * How much one message of a client may be. A client that goes beyond is failed with 1009 at the
 * header of the frame that would; for a compressed message, at the first inflated byte too many, or
 * at the header that makes its compressed form longer than twice the limit and 1 KiB. Immutable.
 *
 * @param maxMessageBytes the payload bytes of all fragments of a message together, inflated if they
 *     are compressed, 1 to 2^30
 * @param maxFragments how many frames a message may consist of, empty ones included, at least 1
 */
public record WebSocketLimits(int maxMessageBytes, int maxFragments) {
  /** 1 MiB in at most 131,072 fragments. */
  public static final WebSocketLimits DEFAULT = new WebSocketLimits(1 << 20, 1 << 17);

  private static final int LARGEST_MESSAGE_BYTES = 1 << 30; // stays clear of the largest array

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a limit is out of its range
   */
  public WebSocketLimits {
    if (maxMessageBytes < 1 || maxMessageBytes > LARGEST_MESSAGE_BYTES) {
      throw new IllegalArgumentException(
          "expected maxMessageBytes of 1 to " + LARGEST_MESSAGE_BYTES + ", was " + maxMessageBytes);
    }
    if (maxFragments < 1) {
      throw new IllegalArgumentException(
          "expected maxFragments of at least 1, was " + maxFragments);
    }
  }
}
