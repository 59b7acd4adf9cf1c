package io.github.signalhub.internal.address;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Tells which clients count as one where addresses are counted. Of an IPv6 address the first 64
 * bits count, because one subscriber commonly has all addresses that begin with them. Thread-safe.
 */
public final class AddressKey {
  private static final int IPV6_BYTES = 16;

  private AddressKey() {}

  /**
   * Returns the key of an address. Keys of IPv4 addresses are 0 to 2^32 - 1. An IPv6 address has
   * such a key only in 0000::/16, where nothing is routed.
   */
  public static long of(InetAddress address) {
    ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
    return bytes.remaining() == IPV6_BYTES
        ? bytes.getLong()
        : Integer.toUnsignedLong(bytes.getInt());
  }
}
