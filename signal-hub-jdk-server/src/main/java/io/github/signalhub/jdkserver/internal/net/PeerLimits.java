package io.github.signalhub.jdkserver.internal.net;

import static java.util.Objects.requireNonNull;

import java.util.OptionalInt;

/**
 * How many connections there may be, and whom to believe whose they are. Immutable.
 *
 * @param maxConnections in all; one more is closed before it is read
 * @param maxPerAddress of one address; empty: a fair share ({@link FairShares})
 * @param proxies who is believed when it names another address
 */
public record PeerLimits(int maxConnections, OptionalInt maxPerAddress, TrustedProxies proxies) {
  /** 100,000 in all, a fair share for each address, and nobody is believed. */
  public static final PeerLimits DEFAULT =
      new PeerLimits(100_000, OptionalInt.empty(), TrustedProxies.NONE);

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a limit is less than 1
   */
  public PeerLimits {
    requireNonNull(proxies, "proxies");
    if (maxConnections < 1) {
      throw new IllegalArgumentException("expected maxConnections > 0, was " + maxConnections);
    }
    if (maxPerAddress.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "expected maxConnectionsPerAddress > 0, was " + maxPerAddress.getAsInt());
    }
  }
}
