package io.github.signalhub.jdkserver.internal.capacity;

import java.util.OptionalInt;

/**
 * The limits on the number of connections. Immutable.
 *
 * @param maxConnections of all addresses; one more is closed before it is read
 * @param maxPerAddress of one address; if empty, a fair share ({@link FairShares})
 */
public record PeerLimits(int maxConnections, OptionalInt maxPerAddress) {
  /** 100,000 in all, and a fair share for each address. */
  public static final PeerLimits DEFAULT = new PeerLimits(100_000, OptionalInt.empty());

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a limit is less than 1
   */
  public PeerLimits {
    if (maxConnections < 1) {
      throw new IllegalArgumentException("expected maxConnections > 0, was " + maxConnections);
    }
    if (maxPerAddress.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "expected maxConnectionsPerAddress > 0, was " + maxPerAddress.getAsInt());
    }
  }
}
