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

  /** The right to one connection. Given back once, on any thread. Running it does that, too. */
  public final class Permit implements Runnable {
    private final InetAddress address; // null: it counts for none
    private final boolean isConnection; // not only a client of a proxy's connection

    private Permit(InetAddress address, boolean isConnection) {
      this.address = address;
      this.isConnection = isConnection;
    }

    @Override
    public void run() {
      giveBack();
    }

    /** Gives it back. */
    public void giveBack() {
      if (isConnection) {
        connections.decrementAndGet();
      }
      if (address != null) {
        shares.giveBack(AddressKey.of(address), 1);
      }
    }
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
    boolean isProxy = proxies.test(address);
    if (hasRoom && (isProxy || shares.tryTake(AddressKey.of(address), 1))) {
      return new Permit(isProxy ? null : address, true);
    }
    connections.decrementAndGet();
    return null;
  }

  /**
   * Counts a client by the address that a proxy named.
   *
   * @return its permit, or {@code null} if this address has too many
   */
  public Permit tryTakeFor(InetAddress address) {
    return shares.tryTake(AddressKey.of(address), 1) ? new Permit(address, false) : null;
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
