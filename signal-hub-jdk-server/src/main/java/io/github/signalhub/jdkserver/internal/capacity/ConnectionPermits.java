package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.internal.counters.Counters;
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
  private final Counters<Limit> limits;

  /**
   * Creates permits of which none is taken.
   *
   * @param proxies tells whether an address is that of a trusted proxy; the clients of a proxy
   *     count instead of its connections
   * @param limits counts the limits that are reached
   */
  public ConnectionPermits(
      PeerLimits peers, Predicate<InetAddress> proxies, Counters<Limit> limits) {
    this.maxConnections = peers.maxConnections();
    this.proxies = proxies;
    this.shares = new FairShares(maxConnections, peers.maxPerAddress());
    this.limits = limits;
  }

  /**
   * Counts a connection.
   *
   * @return {@code false} if there are too many connections; else {@link #giveBack} is to follow
   */
  public boolean tryTake(InetAddress address) {
    if (connections.incrementAndGet() > maxConnections) {
      limits.count(Limit.MAX_CONNECTIONS);
    } else if (proxies.test(address) || tryTakeFor(address)) {
      return true;
    }
    connections.decrementAndGet();
    return false;
  }

  /** Gives back the permit of a connection. */
  public void giveBack(InetAddress address) {
    connections.decrementAndGet();
    if (!proxies.test(address)) {
      giveBackFor(address);
    }
  }

  /**
   * Counts a client by the address that a proxy named.
   *
   * @return {@code false} if this address has too many; else {@link #giveBackFor} is to follow
   */
  public boolean tryTakeFor(InetAddress address) {
    boolean taken = shares.tryTake(AddressKey.of(address), 1);
    if (!taken) {
      limits.count(Limit.MAX_CONNECTIONS_PER_ADDRESS);
    }
    return taken;
  }

  /** Gives back the permit of a client of a proxy. */
  public void giveBackFor(InetAddress address) {
    shares.giveBack(AddressKey.of(address), 1);
  }

  /** Returns how many connections there are. */
  public int connections() {
    return connections.get();
  }

  /** Returns how many addresses are counted. */
  int addresses() {
    return shares.addresses();
  }
}
