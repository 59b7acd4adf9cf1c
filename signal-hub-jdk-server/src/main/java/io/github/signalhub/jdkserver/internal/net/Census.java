package io.github.signalhub.jdkserver.internal.net;

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
final class Census {
  private static final int IPV6_BYTES = 16;

  private final PeerLimits limits;
  private final Predicate<InetAddress> proxies;
  private final AtomicInteger connections = new AtomicInteger();
  private final Map<Long, Integer> byAddress = new ConcurrentHashMap<>();
  private final FairShares shares;

  /** A place that is taken; given back once, on whatever thread. */
  interface Seat {
    /** Gives it back. */
    void leave();
  }

  /**
   * Has counted nothing yet.
   *
   * @param proxies which addresses are those of trusted proxies, whose clients count instead
   */
  Census(PeerLimits limits, Predicate<InetAddress> proxies) {
    this.limits = limits;
    this.proxies = proxies;
    this.shares = new FairShares(limits.maxConnections());
  }

  /**
   * Counts a connection.
   *
   * @return its place, or {@code null} if there are too many
   */
  Seat enter(InetAddress address) {
    if (connections.incrementAndGet() > limits.maxConnections()) {
      connections.decrementAndGet();
      return null;
    }
    Seat ofAddress = proxies.test(address) ? () -> {} : enterAs(address);
    if (ofAddress == null) {
      connections.decrementAndGet();
      return null;
    }
    return () -> {
      connections.decrementAndGet();
      ofAddress.leave();
    };
  }

  /**
   * Counts a client by the address that a proxy named.
   *
   * @return its place, or {@code null} if this address has too many
   */
  Seat enterAs(InetAddress address) {
    Long key = key(address);
    if (limits.maxPerAddress().isEmpty()) {
      return shares.tryTake(key, 1) ? () -> shares.giveBack(key, 1) : null;
    }
    int most = limits.maxPerAddress().getAsInt();
    boolean[] entered = {false};
    byAddress.compute(
        key,
        (same, count) -> {
          entered[0] = count == null || count < most;
          return entered[0] ? (count == null ? 1 : count + 1) : count;
        });
    return entered[0] ? () -> leave(key) : null;
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
  static Long key(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == IPV6_BYTES ? bytes.getLong() : bytes.getInt() & 0xFFFF_FFFFL;
  }
}
