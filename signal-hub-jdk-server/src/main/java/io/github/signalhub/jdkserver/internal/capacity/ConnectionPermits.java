package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.address.AddressKey;
import java.net.InetAddress;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Counts connections, in all and by address, and limits both. If no limit for one address is set,
 * addresses have shares ({@link FairShares}). Thread-safe.
 */
public final class ConnectionPermits {
  private final PeerLimits limits;
  private final Predicate<InetAddress> proxies;
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<Long, Integer> byAddress = new ConcurrentHashMap<>();
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
    this.limits = limits;
    this.proxies = proxies;
    this.shares = new FairShares(limits.maxConnections());
  }

  /**
   * Counts a connection.
   *
   * @return its permit, or {@code null} if there are too many connections
   */
  public Permit tryTake(InetAddress address) {
    if (connections.incrementAndGet() > limits.maxConnections()) {
      connections.decrementAndGet();
      return null;
    }
    Permit ofAddress = proxies.test(address) ? () -> {} : tryTakeFor(address);
    if (ofAddress == null) {
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
    Long key = AddressKey.of(address);
    if (limits.maxPerAddress().isEmpty()) {
      return shares.tryTake(key, 1) ? () -> shares.giveBack(key, 1) : null;
    }
    int most = limits.maxPerAddress().getAsInt();
    boolean[] taken = {false};
    byAddress.compute(
        key,
        (same, count) -> {
          taken[0] = count == null || count < most;
          return taken[0] ? (count == null ? 1 : count + 1) : count;
        });
    return taken[0] ? () -> leave(key) : null;
  }

  /** Returns how many connections there are. */
  int connections() {
    return connections.get();
  }

  /** Returns how many addresses are counted. */
  int addresses() {
    return byAddress.size();
  }

  private void leave(Long key) {
    byAddress.compute(key, (same, count) -> count == null || count == 1 ? null : count - 1);
  }
}
