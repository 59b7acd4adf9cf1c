package io.github.signalhub.internal.admission;

import io.github.signalhub.internal.admission.OriginPolicy.RequestScheme;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * The client that sent a request, and the hosts that it may have asked for. It is the peer of the
 * connection. If that is a trusted proxy, it is the client that the proxy names. Immutable.
 *
 * @param address of the client; port 0 if the proxy did not name one
 * @param scheme by which the client reached this server or the proxy
 * @param hosts the hosts and ports that the client may have asked for; at least one
 * @param source the origin of the address
 */
public record Requester(
    InetSocketAddress address, RequestScheme scheme, List<String> hosts, Source source) {
  /** Where the address of a client comes from. */
  public enum Source {
    /** The connection: the client is its peer. */
    CONNECTION,
    /** A trusted proxy, which names the client. */
    PROXY,
    /**
     * A trusted proxy with two fields that name different clients. One of them was written by the
     * client, and it is not known which. The address is that of the connection.
     */
    CONTRADICTION
  }

  /** Copies the hosts. */
  public Requester {
    hosts = List.copyOf(hosts);
  }

  /**
   * Returns the peer of a connection. Fields of proxies are ignored.
   *
   * @param remote the connection's peer
   * @param encrypted whether the connection is encrypted
   */
  public static Requester ofConnection(
      FieldLines headers, InetSocketAddress remote, boolean encrypted) {
    return new Requester(remote, scheme(encrypted), List.of(host(headers)), Source.CONNECTION);
  }

  /**
   * Returns the client that sent a request.
   *
   * @param remote the connection's peer
   * @param encrypted whether the connection is encrypted
   * @throws IllegalArgumentException if a trusted proxy sent a malformed {@code Forwarded}, and no
   *     other field
   */
  public static Requester of(
      FieldLines headers, InetSocketAddress remote, boolean encrypted, TrustedProxies proxies) {
    if (!proxies.contains(remote.getAddress())) {
      return ofConnection(headers, remote, encrypted);
    }
    RequestScheme own = scheme(encrypted);
    String host = host(headers);
    return switch (proxies.field()) {
      case X_FORWARDED -> of(Hops.xForwarded(headers).from(remote, proxies), own, host, remote);
      case FORWARDED -> of(Hops.forwarded(headers).from(remote, proxies), own, host, remote);
      case UNKNOWN -> ofEither(headers, remote, own, proxies);
    };
  }

  private static Requester of(
      Hops.Hop hop, RequestScheme own, String host, InetSocketAddress remote) {
    Source source = hop.client() == remote ? Source.CONNECTION : Source.PROXY;
    return new Requester(hop.client(), hop.scheme(own), hop.hosts(host), source);
  }

  /**
   * A proxy that writes one of the fields passes the other one through as its client wrote it. So
   * the one field is believed where the other one is missing or names the same client. If they name
   * different clients neither is believed. Scheme and host are taken from {@code X-Forwarded-*}
   * even then, because they are only compared with the origin of a page, and no page can write
   * these fields in a handshake.
   */
  private static Requester ofEither(
      FieldLines headers, InetSocketAddress remote, RequestScheme own, TrustedProxies proxies) {
    String host = host(headers);
    Hops other = Hops.xForwarded(headers);
    Hops standard;
    try {
      standard = Hops.forwarded(headers);
    } catch (IllegalArgumentException malformed) {
      if (!other.nameClients()) {
        throw malformed;
      }
      return contradiction(other.from(remote, proxies), own, host, remote);
    }
    Hops.Hop byOther = other.from(remote, proxies);
    Hops.Hop byStandard = standard.from(remote, proxies);
    if (!other.nameClients()) {
      return of(byStandard.orElse(byOther), own, host, remote);
    }
    if (standard.nameClients()
        && !byStandard.client().getAddress().equals(byOther.client().getAddress())) {
      return contradiction(byOther, own, host, remote);
    }
    return of(byOther.orElse(byStandard), own, host, remote);
  }

  private static RequestScheme scheme(boolean encrypted) {
    return encrypted ? RequestScheme.HTTPS : RequestScheme.UNKNOWN;
  }

  private static String host(FieldLines headers) {
    return headers.first("Host").orElse("");
  }

  private static Requester contradiction(
      Hops.Hop hop, RequestScheme own, String host, InetSocketAddress remote) {
    return new Requester(remote, hop.scheme(own), hop.hosts(host), Source.CONTRADICTION);
  }
}
