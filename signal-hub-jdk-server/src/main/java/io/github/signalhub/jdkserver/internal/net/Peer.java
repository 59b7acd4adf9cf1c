package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import io.github.signalhub.jdkserver.internal.ws.OriginPolicy.RequestScheme;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who sent a request: the peer of the connection, or, if that is a trusted proxy, the client that
 * it names. Immutable.
 *
 * <p>Proxies append to what they were sent, so the list is read from its end, and only as far as
 * whoever added an entry is trusted itself. A proxy that writes one of {@code X-Forwarded-For} and
 * {@code Forwarded} passes the other one through as its client wrote it; so where both are present
 * and name different clients, neither is believed.
 *
 * @param address of the client; port 0 if the proxy did not name one
 * @param scheme by which the client reached this server or the proxy
 * @param forwarded whether a proxy named it
 */
record Peer(InetSocketAddress address, RequestScheme scheme, boolean forwarded) {
  /**
   * Returns who sent a request.
   *
   * @param remote the connection's peer
   * @param tls whether the connection is encrypted
   * @throws HttpException 400 if a trusted proxy sent fields that contradict each other or are
   *     malformed
   */
  static Peer of(
      HttpHeaders headers, InetSocketAddress remote, boolean tls, TrustedProxies proxies) {
    RequestScheme own = tls ? RequestScheme.HTTPS : RequestScheme.UNKNOWN;
    if (!proxies.contains(remote.getAddress())) {
      return new Peer(remote, own, false);
    }
    List<Forwarded> elements = Forwarded.parse(headers.all("Forwarded"));
    List<String> byForwarded = elements.stream().map(Forwarded::client).toList();
    List<String> byOther = headers.list("X-Forwarded-For");
    InetSocketAddress client = client(remote, proxies, byOther.isEmpty() ? byForwarded : byOther);
    boolean both = !byOther.isEmpty() && !byForwarded.stream().allMatch(String::isEmpty);
    if (both && !client.getAddress().equals(client(remote, proxies, byForwarded).getAddress())) {
      throw new HttpException(400, "X-Forwarded-For and Forwarded name different clients");
    }
    RequestScheme scheme = scheme(last(headers.list("X-Forwarded-Proto")));
    if (scheme == RequestScheme.UNKNOWN) {
      scheme = scheme(last(elements).map(Forwarded::proto));
    }
    return new Peer(client, scheme == RequestScheme.UNKNOWN ? own : scheme, client != remote);
  }

  private static InetSocketAddress client(
      InetSocketAddress remote, TrustedProxies proxies, List<String> named) {
    InetSocketAddress client = remote;
    for (int i = named.size() - 1; i >= 0 && proxies.contains(client.getAddress()); i--) {
      InetSocketAddress next = parse(named.get(i));
      if (next == null) {
        break; // "unknown" or a pseudonym (RFC 7239 §6): nobody known is further away
      }
      client = next;
    }
    return client;
  }

  /** Reads an address with or without a port; an IPv6 one with a port is in brackets. */
  private static InetSocketAddress parse(String text) {
    boolean bracketed = text.startsWith("[");
    int end = bracketed ? text.indexOf(']') : text.length();
    if (!bracketed && text.indexOf(':') >= 0 && text.indexOf(':') == text.lastIndexOf(':')) {
      end = text.indexOf(':');
    }
    if (end < 0) {
      return null;
    }
    InetAddress address = TrustedProxies.parseAddress(text.substring(bracketed ? 1 : 0, end));
    String rest = text.substring(bracketed ? end + 1 : end);
    if (address == null || !rest.matches("(:\\d{1,5})?")) {
      return null;
    }
    int port = rest.isEmpty() ? 0 : Integer.parseInt(rest.substring(1));
    return port > 0xFFFF ? null : new InetSocketAddress(address, port);
  }

  private static RequestScheme scheme(Optional<String> named) {
    return switch (named.orElse("").toLowerCase(Locale.ROOT)) {
      case "http", "ws" -> RequestScheme.HTTP;
      case "https", "wss" -> RequestScheme.HTTPS;
      default -> RequestScheme.UNKNOWN;
    };
  }

  private static <T> Optional<T> last(List<T> list) {
    return list.isEmpty() ? Optional.empty() : Optional.of(list.get(list.size() - 1));
  }
}
