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
}
