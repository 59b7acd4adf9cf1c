package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;

/**
 * Which web pages may connect (RFC 6455 §10.2). A browser names the page's origin in every
 * handshake and lets any page connect anywhere, so the server has to choose. Who sends no {@code
 * Origin} is no browser and is admitted: it could send whatever it likes. Immutable.
 */
public final class OriginPolicy {
  /** What is known about the scheme by which the browser reached this server. */
  public enum RequestScheme {
    /** Without TLS. */
    HTTP,
    /** With TLS, here or at a trusted proxy. */
    HTTPS,
    /** A proxy that says nothing may have ended TLS: schemes are not compared. */
    UNKNOWN
  }

  private OriginPolicy() {}

  /** Returns the policy that admits pages from the host and port that they connect to. */
  public static OriginPolicy sameOrigin() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns the policy that admits, besides the same origin, exactly these.
   *
   * @param origins serialised origins such as {@code https://example.com:8443}
   * @throws IllegalArgumentException if one is not the serialisation of an origin; {@code null} and
   *     {@code *} are not
   */
  public static OriginPolicy sameOriginOr(Collection<String> origins) {
    requireNonNull(origins, "origins");
    throw new UnsupportedOperationException();
  }

  /** Returns the policy that admits every page of the web. */
  public static OriginPolicy any() {
    throw new UnsupportedOperationException();
  }

  /**
   * Returns whether a request is admitted; one that is not is to be answered with 403.
   *
   * @param originFields the values of the request's {@code Origin} lines; more than one is refused
   * @param host the value of the request's {@code Host}
   * @param scheme by which the browser reached this server, if that is known
   */
  public boolean admits(List<String> originFields, String host, RequestScheme scheme) {
    throw new UnsupportedOperationException();
  }
}
