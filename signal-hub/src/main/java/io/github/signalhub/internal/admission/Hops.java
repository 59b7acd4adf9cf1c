package io.github.signalhub.internal.admission;

import io.github.signalhub.internal.admission.OriginPolicy.RequestScheme;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;

/**
 * The entries that the proxies between a client and this server wrote about their peers, the
 * nearest proxy last. Proxies append to what they were sent. So the list is read from its end, as
 * long as the author of an entry is a trusted proxy. Scheme and host are taken from the entry of
 * the same author. Entries before it may have been written by the client; entries after it say how
 * proxies reach each other. Immutable.
 *
 * @param clients for each proxy the client that it names; may have another length than the others,
 *     because some proxies replace fields
 * @param schemes for each proxy the scheme of the request to it
 * @param hosts for each proxy the host of the request to it
 * @param ports for each proxy the port of the request to it
 */
record Hops(List<String> clients, List<String> schemes, List<String> hosts, List<String> ports) {
  /**
   * The part of it that trusted proxies wrote.
   *
   * @param client the farthest one that a trusted proxy names, or the connection's peer itself
   * @param scheme by which it came; empty if no proxy says it
   * @param host for which it asked; empty if no proxy says it
   * @param port at which it asked, where {@code host} may lack it; empty if no proxy says it
   */
  record Hop(InetSocketAddress client, String scheme, String host, String port) {
    /** Returns the scheme, or another one if no proxy names one of HTTP's or WebSocket's. */
    RequestScheme scheme(RequestScheme otherwise) {
      return switch (scheme.toLowerCase(Locale.ROOT)) {
        case "http", "ws" -> RequestScheme.HTTP;
        case "https", "wss" -> RequestScheme.HTTPS;
        default -> otherwise;
      };
    }

    /**
     * Returns the hosts that the client may have asked for. Browsers leave out the port if it is
     * the scheme's own, and some proxies if it is not: then both are possible.
     *
     * @param hostField the value of the request's {@code Host}
     */
    List<String> hosts(String hostField) {
      String named = host.isEmpty() ? hostField : host;
      boolean hasPort = named.lastIndexOf(':') > named.lastIndexOf(']');
      return hasPort || port.isEmpty() ? List.of(named) : List.of(named, named + ':' + port);
    }

    /** Returns this, with the values of another one where this has none. */
    Hop orElse(Hop other) {
      return new Hop(
          client,
          scheme.isEmpty() ? other.scheme : scheme,
          host.isEmpty() ? other.host : host,
          port.isEmpty() ? other.port : port);
    }
  }

  /** Reads {@code X-Forwarded-For}, {@code -Proto}, {@code -Host} and {@code -Port}. */
  static Hops xForwarded(FieldLines headers) {
    return new Hops(
        headers.list("X-Forwarded-For"),
        headers.list("X-Forwarded-Proto"),
        headers.list("X-Forwarded-Host"),
        headers.list("X-Forwarded-Port"));
  }

  /**
   * Reads {@code Forwarded}.
   *
   * @throws IllegalArgumentException if it is malformed
   */
  static Hops forwarded(FieldLines headers) {
    List<Forwarded> elements = Forwarded.parse(headers.all("Forwarded"));
    return new Hops(
        elements.stream().map(Forwarded::client).toList(),
        elements.stream().map(Forwarded::proto).toList(),
        elements.stream().map(Forwarded::host).toList(),
        List.of());
  }

  /** Returns whether any client is named. */
  boolean nameClients() {
    return !clients.stream().allMatch(String::isEmpty);
  }

  /** Reads from the end, which is about {@code remote}, as far as the authors are trusted. */
  Hop from(InetSocketAddress remote, TrustedProxies proxies) {
    InetSocketAddress client = remote;
    int entry = 0; // counted from the end
    for (int i = 0; i < clients.size() && proxies.contains(client.getAddress()); i++) {
      entry = i;
      InetSocketAddress next = parse(clients.get(clients.size() - 1 - i));
      if (next == null) {
        break; // "unknown" or a pseudonym (RFC 7239 §6): no address is known beyond it
      }
      client = next;
    }
    return new Hop(client, at(schemes, entry), at(hosts, entry), at(ports, entry));
  }

  /** The entry at this place from the end; the first one if a proxy did not append its own. */
  private static String at(List<String> entries, int fromEnd) {
    return entries.isEmpty() ? "" : entries.get(Math.max(0, entries.size() - 1 - fromEnd));
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
}
