package io.github.signalhub.admission;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.spi.HandshakeQuery;
import java.net.InetSocketAddress;
import java.security.Principal;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A request to connect to a hub, as a {@link HandshakeHook} sees it. Immutable. */
public final class ConnectRequest {
  private final AdmissionRequest request;
  private final HandshakeQuery query;
  private final InetSocketAddress remoteAddress;

  ConnectRequest(AdmissionRequest request, HandshakeQuery query, InetSocketAddress remoteAddress) {
    this.request = request;
    this.query = query;
    this.remoteAddress = remoteAddress;
  }

  /** Returns the decoded path. */
  public String path() {
    return request.path();
  }

  /**
   * Returns the parameters of the query by name, decoded ({@code +} is a space), in the order in
   * which they came; unmodifiable.
   */
  public Map<String, List<String>> parameters() {
    return query.parameters();
  }

  /** Returns the first parameter of this name. */
  public Optional<String> parameter(String name) {
    return parameters().getOrDefault(requireNonNull(name, "name"), List.of()).stream().findFirst();
  }

  /**
   * Returns the names of the topics that the client asks for ({@code ?topic=a&topic=b}), without
   * repetitions and without the ids at which some are to start: at most 128 names of 1 to 255 UTF-8
   * bytes that do not begin with {@code $}. The client follows none of them unless the decision
   * {@linkplain HandshakeDecision#topics grants} it.
   */
  public List<String> topics() {
    return query.topics();
  }

  /** Returns the value of the first header line of this name, in any case. */
  public Optional<String> header(String name) {
    return request.lines().first(requireNonNull(name, "name"));
  }

  /** Returns the values of all header lines of this name, in any case and in their order. */
  public List<String> headers(String name) {
    return request.lines().all(requireNonNull(name, "name"));
  }

  /** Returns the origin of the page that connects. Programs that are not browsers send none. */
  public Optional<String> origin() {
    return header("Origin");
  }

  /**
   * Returns the client that the carrier itself has authenticated. With TLS of the server of this
   * library, it is the subject of the client's certificate: a {@link
   * javax.security.auth.x500.X500Principal}, with a name such as {@code CN=ann,O=Example} (RFC
   * 2253). Behind a proxy, it is the client of this connection, which is the proxy. Empty unless
   * clients are asked for certificates and this one has one.
   */
  public Optional<Principal> principal() {
    return request.principal();
  }

  /**
   * Returns the client's address, as far as it is known. It is the connection's peer, or the client
   * that a {@linkplain Admission.Builder#trustedProxies trusted proxy} names, with port 0 if it
   * names none. It is unresolved if the carrier does not know its peers.
   */
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }
}
