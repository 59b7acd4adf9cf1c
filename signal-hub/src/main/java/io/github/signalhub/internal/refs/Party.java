package io.github.signalhub.internal.refs;

import io.github.signalhub.internal.address.AddressKey;
import io.github.signalhub.spi.Handshake;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * The user that a quota is counted for, or the {@linkplain AddressKey address} of clients without a
 * user. Clients of a transport that knows no address are one party. Immutable.
 *
 * @param user the user, or {@code null}
 * @param address the address if there is no user, or {@code null}
 */
public record Party(String user, Object address) {
  /** Returns the party of a client. */
  public static Party of(Handshake handshake) {
    String user = handshake.user().orElse(null);
    return new Party(user, user == null ? addressOf(handshake) : null);
  }

  /** Returns the key of a client's address, or {@code null} if it is not known. */
  static Object addressOf(Handshake handshake) {
    Optional<SocketAddress> remote = handshake.remoteAddress();
    if (remote.isEmpty()) {
      return null;
    }
    if (remote.get() instanceof InetSocketAddress inet && inet.getAddress() != null) {
      return AddressKey.of(inet.getAddress());
    }
    return remote.get();
  }

  @Override
  public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderTest
    return other instanceof Party same
        && Objects.equals(user, same.user)
        && Objects.equals(address, same.address);
  }

  @Override
  public int hashCode() {
    return 31 * Objects.hashCode(user) + Objects.hashCode(address);
  }
}
