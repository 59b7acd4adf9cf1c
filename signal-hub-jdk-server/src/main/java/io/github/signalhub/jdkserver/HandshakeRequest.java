package io.github.signalhub.jdkserver;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.jdkserver.internal.net.Admission;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client sent to open a WebSocket. Immutable. */
public final class HandshakeRequest {
  private final Admission.Request request;

  HandshakeRequest(Admission.Request request) {
    this.request = request;
  }

  /** Returns the decoded path. */
  public String path() {
    return request.head().path();
  }

  /**
   * Returns the parameters of the query by name, decoded ({@code +} is a space), in the order in
   * which they came; unmodifiable.
   */
  public Map<String, List<String>> parameters() {
    return request.query().parameters();
  }

  /** Returns the first parameter of this name. */
  public Optional<String> parameter(String name) {
    return parameters().getOrDefault(requireNonNull(name, "name"), List.of()).stream().findFirst();
  }

  /**
   * Returns the names of the topics that the client asks for ({@code ?topic=a&topic=b}), without
   * repetitions and without the ids at which some are to start: at most 128 names of 1 to 255 UTF-8
   * bytes that do not begin with {@code $}. None of them is followed unless the decision
   * {@linkplain HandshakeDecision#topics grants} it.
   */
  public List<String> topics() {
    return request.query().topics();
  }

  /** Returns the value of the first header line of this name, in any case. */
  public Optional<String> header(String name) {
    return request.head().headers().first(requireNonNull(name, "name"));
  }

  /** Returns the values of all header lines of this name, in any case and in their order. */
  public List<String> headers(String name) {
    return request.head().headers().all(requireNonNull(name, "name"));
  }

  /** Returns the origin of the page that connects; programs that are no browsers send none. */
  public Optional<String> origin() {
    return header("Origin");
  }

  /**
   * Returns the client's address, as far as it is known: the connection's peer, or whom a
   * {@linkplain SignalServerBuilder#trustedProxies trusted proxy} names, with port 0 if it names
   * none.
   */
  public InetSocketAddress remoteAddress() {
    return request.remoteAddress();
  }
}
