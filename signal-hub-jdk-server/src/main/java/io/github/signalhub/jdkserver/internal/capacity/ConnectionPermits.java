package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.address.AddressKey;
import java.net.InetAddress;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Counts connections, in all and by address, and limits both. If no limit for one address is set,
 * addresses have shares ({@link FairShares}). Thread-safe.
 */
public final class ConnectionPermits {
  private final int maxConnections;
  private final Predicate<InetAddress> proxies;
  private final AtomicInteger connections = new AtomicInteger();
  private final FairShares shares;

  /** The right to one connection. Given back once, on any thread. */
  public interface Permit {
    /** Gives it back. */
    void giveBack();
  }

  /**
   * Creates permits of which none is taken.
   *
   * @param proxies tells whether an address is that of a trusted proxy; the clients of a proxy
   *     count instead of its connections
   */
  public ConnectionPermits(PeerLimits limits, Predicate<InetAddress> proxies) {
    this.maxConnections = limits.maxConnections();
    this.proxies = proxies;
    this.shares = new FairShares(maxConnections, limits.maxPerAddress());
  }

  /**
   * Counts a connection.
   *
   * @return its permit, or {@code null} if there are too many connections
   */
  public Permit tryTake(InetAddress address) {
    boolean hasRoom = connections.incrementAndGet() <= maxConnections;
    Permit ofAddress = hasRoom && !proxies.test(address) ? tryTakeFor(address) : () -> {};
    if (!hasRoom || ofAddress == null) {
      connections.decrementAndGet();
      return null;
    }
    return () -> {
      connections.decrementAndGet();
      ofAddress.giveBack();
    };
  }

  /**
   * Counts a client by the address that a proxy named.
   *
   * @return its permit, or {@code null} if this address has too many
   */
  public Permit tryTakeFor(InetAddress address) {
    FairShares.Holding share = shares.holding(AddressKey.of(address));
    return share.tryTake(1) ? share::end : null;
  }

  /** Returns how many connections there are. */
  int connections() {
    return connections.get();
  }

  /** Returns how many addresses are counted. */
  int addresses() {
    return shares.addresses();
  }
}
