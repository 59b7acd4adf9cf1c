package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

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

  private final boolean any;
  private final Set<Origin> allowed;

  private OriginPolicy(boolean any, Set<Origin> allowed) {
    this.any = any;
    this.allowed = allowed;
  }

  /** Returns the policy that admits pages from the host and port that they connect to. */
  public static OriginPolicy sameOrigin() {
    return new OriginPolicy(false, Set.of());
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
    return new OriginPolicy(
        false, origins.stream().map(OriginPolicy::parse).collect(Collectors.toUnmodifiableSet()));
  }

  /** Returns the policy that admits every page of the web. */
  public static OriginPolicy any() {
    return new OriginPolicy(true, Set.of());
  }

  /**
   * Returns whether a request is admitted; one that is not is to be answered with 403.
   *
   * @param originFields the values of the request's {@code Origin} lines; more than one is refused
   *     by every policy
   * @param host the value of the request's {@code Host}
   * @param scheme by which the browser reached this server, if that is known
   */
  public boolean admits(List<String> originFields, String host, RequestScheme scheme) {
    requireNonNull(originFields, "originFields");
    requireNonNull(host, "host");
    requireNonNull(scheme, "scheme");
    if (originFields.size() != 1) {
      return originFields.isEmpty();
    }
    return any
        || Origin.parse(originFields.get(0))
            .filter(origin -> allowed.contains(origin) || isSame(origin, host, scheme))
            .isPresent();
  }

  /**
   * Compares host and port. The port that {@code Host} leaves out is the default of the origin's
   * scheme: behind a proxy that ends TLS, the request itself does not tell which it was.
   */
  private static boolean isSame(Origin origin, String host, RequestScheme scheme) {
    boolean schemeFits =
        scheme == RequestScheme.UNKNOWN || (scheme == RequestScheme.HTTPS) == origin.isSecure();
    return schemeFits
        && origin.isWeb()
        && Origin.ofHost(origin.scheme(), host).filter(origin::equals).isPresent();
  }

  private static Origin parse(String serialised) {
    return Origin.parse(serialised)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected an origin such as https://example.com, was " + serialised));
  }
}
