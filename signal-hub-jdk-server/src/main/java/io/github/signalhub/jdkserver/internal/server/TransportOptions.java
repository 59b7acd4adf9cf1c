package io.github.signalhub.jdkserver.internal.server;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.jdkserver.internal.capacity.PeerLimits;
import io.github.signalhub.jdkserver.internal.certificates.CertificateFiles;
import io.github.signalhub.jdkserver.internal.httpconnection.HttpOptions;
import io.github.signalhub.jdkserver.internal.link.LinkOptions;
import io.github.signalhub.jdkserver.internal.socket.SocketOptions;
import java.net.InetSocketAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * The options of a server; its builder documents each of them. Immutable.
 *
 * @param address where to listen
 * @param tls how connections are encrypted; empty: by the certificates, or not at all
 * @param certificates the files of TLS; empty unless connections are encrypted by them
 * @param loops how many event loops there are
 * @param peers how many connections there may be
 * @param proxyProtocol whether trusted proxies say who their client is, before anything else
 * @param sockets of every connection
 * @param http of connections that speak HTTP
 * @param links of connections that speak WebSocket
 */
public record TransportOptions(
    InetSocketAddress address,
    Optional<SSLContext> tls,
    Optional<CertificateFiles> certificates,
    int loops,
    PeerLimits peers,
    boolean proxyProtocol,
    SocketOptions sockets,
    HttpOptions http,
    LinkOptions links) {
  /** Checks that nothing is {@code null}. */
  public TransportOptions {
    requireNonNull(address, "address");
    requireNonNull(tls, "tls");
    requireNonNull(certificates, "certificates");
    requireNonNull(peers, "peers");
    requireNonNull(sockets, "sockets");
    requireNonNull(http, "http");
    requireNonNull(links, "links");
  }
}
