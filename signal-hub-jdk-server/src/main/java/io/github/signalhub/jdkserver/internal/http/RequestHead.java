package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.net.URI;

/**
 * A request without its body. Immutable.
 *
 * @param method the method, case-sensitive
 * @param target the request target as it was sent
 * @param version the version of HTTP
 * @param headers the header fields; if the target was in absolute form, its authority has taken the
 *     place of the Host field (RFC 9112 §3.2.2)
 * @param uri path and query of the target, whatever its form was; {@code *} in an {@code OPTIONS
 *     *}. Several slashes at the start of the path are one here, lest the path be taken for an
 *     authority
 */
public record RequestHead(
    String method, String target, HttpVersion version, HttpHeaders headers, URI uri) {

  /** Checks that nothing is missing. */
  public RequestHead {
    requireNonNull(method, "method");
    requireNonNull(target, "target");
    requireNonNull(version, "version");
    requireNonNull(headers, "headers");
    requireNonNull(uri, "uri");
  }

  /** Returns the decoded path, {@code *} in an {@code OPTIONS *}. */
  public String path() {
    return uri.getPath();
  }

  /** Returns the host and port that the client meant; empty only in HTTP/1.0. */
  public String host() {
    return headers.first("Host").orElse("");
  }

  /**
   * Returns whether the client lets the connection serve another request (RFC 9112 §9.3): in
   * HTTP/1.1 unless it says {@code close}, in HTTP/1.0 only if it says {@code keep-alive}.
   */
  public boolean keepAlive() {
    return !headers.hasToken("Connection", "close")
        && (version == HttpVersion.HTTP_1_1 || headers.hasToken("Connection", "keep-alive"));
  }

  /** Returns method and version, never what may hold secrets. */
  @Override
  public String toString() {
    return method + " … " + version;
  }
}
