package io.github.signalhub.jdkserver.internal.capacity;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Counts connections, in all and by address, and has limits for both. Where no limit for one
 * address is set, addresses have shares ({@link FairShares}). Of an IPv6 address the first 64 bits
 * count: a single subscriber commonly has all that begin with them. Thread-safe.
 */
public final class ConnectionPermits {
  private static final int IPV6_BYTES = 16;

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
   * Has counted nothing yet.
   *
   * @param proxies which addresses are those of trusted proxies, whose clients count instead
   */
  public ConnectionPermits(PeerLimits limits, Predicate<InetAddress> proxies) {
    this.limits = limits;
    this.proxies = proxies;
    this.shares = new FairShares(limits.maxConnections());
  }

  /**
   * Counts a connection.
   *
   * @return its permit, or {@code null} if there are too many
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
    Long key = key(address);
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

  /**
   * Returns what stands for an address where addresses are counted. IPv4 addresses are positive,
   * IPv6 ones are too only where nothing is routed (0000::/16).
   */
  public static Long key(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == IPV6_BYTES ? bytes.getLong() : bytes.getInt() & 0xFFFF_FFFFL;
  }
}
