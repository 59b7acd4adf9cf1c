package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.net.URI;
import java.util.Set;

/**
 * A request without its body. Immutable.
 *
 * @param method the method, case-sensitive
 * @param target the request target as it was sent
 * @param version the version of HTTP
 * @param headers the header fields; if the target was in absolute form, its authority has taken the
 *     place of the Host field (RFC 9112 §3.2.2)
 * @param uri path and query of the target, whatever its form was; {@code *} in an {@code OPTIONS
 *     *}. A path that begins with two slashes has two more before it, which are an empty authority
 */
public record RequestHead(
    String method, String target, HttpVersion version, HttpHeaders headers, URI uri) {
  private static final Set<String> STANDARD_METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH");

  /** Checks that nothing is missing. */
  public RequestHead {
    requireNonNull(method, "method");
    requireNonNull(target, "target");
    requireNonNull(version, "version");
    requireNonNull(headers, "headers");
    requireNonNull(uri, "uri");
  }

  /**
   * Returns whether the method is one of RFC 9110 §9.3 or PATCH. A server that does not know a
   * method answers with 501, whatever the target is (§9.1).
   */
  public boolean hasStandardMethod() {
    return STANDARD_METHODS.contains(method);
  }

  /** Returns whether the target has the scheme {@code https}. */
  public boolean isForHttps() {
    return target.regionMatches(true, 0, "https:", 0, 6);
  }

  /** Returns the decoded path, {@code *} in an {@code OPTIONS *}. */
  public String path() {
    return uri.getPath();
  }

  /** Returns the host and port that the client asked for. Empty only in HTTP/1.0. */
  public String host() {
    return headers.first("Host").orElse("");
  }

  /**
   * Returns whether the client lets the connection serve another request (RFC 9112 §9.3). In
   * HTTP/1.1 it does unless it says {@code close}. In HTTP/1.0 it has to say {@code keep-alive}.
   */
  public boolean keepAlive() {
    return !headers.hasToken("Connection", "close")
        && (version == HttpVersion.HTTP_1_1 || headers.hasToken("Connection", "keep-alive"));
  }

  /** Returns method and version. The rest is left out, because it may hold secrets. */
  @Override
  public String toString() {
    return method + " … " + version;
  }
}
