package io.github.signalhub.internal.admission;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The rule of which web pages may connect (RFC 6455 §10.2). A browser lets any page connect to any
 * server, and names the page's origin in every handshake. So the server decides. Clients that send
 * no {@code Origin} are not browsers, so they are accepted. Immutable.
 */
public final class OriginPolicy {
  /** The scheme that the browser used, as far as it is known. */
  public enum RequestScheme {
    /** Without TLS. */
    HTTP,
    /** With TLS, here or at a trusted proxy. */
    HTTPS,
    /** A proxy that says nothing may have ended TLS: schemes are not compared. */
    UNKNOWN
  }

  /** Browsers send these for pages without an origin of their own (RFC 6454 §7), and for files. */
  private static final Set<String> WITHOUT_HOST = Set.of("null", "file://");

  private final boolean any;
  private final Set<String> withoutHost;
  private final List<OriginPattern> patterns;

  private OriginPolicy(boolean any, Set<String> withoutHost, List<OriginPattern> patterns) {
    this.any = any;
    this.withoutHost = withoutHost;
    this.patterns = patterns;
  }

  /** Returns the policy that admits pages from the host and port that they connect to. */
  public static OriginPolicy sameOrigin() {
    return new OriginPolicy(false, Set.of(), List.of());
  }

  /**
   * Returns the policy that admits the same origin and these.
   *
   * @param origins serialised origins such as {@code https://example.com:8443}; {@code *.} before
   *     the host stands for all of its subdomains, and {@code :*} for any port; {@code null} and
   *     {@code file://}
   * @throws IllegalArgumentException if one is none of these; {@code *} is not
   */
  public static OriginPolicy sameOriginOr(Collection<String> origins) {
    requireNonNull(origins, "origins");
    return new OriginPolicy(
        false,
        origins.stream().filter(WITHOUT_HOST::contains).collect(Collectors.toUnmodifiableSet()),
        origins.stream()
            .filter(origin -> !WITHOUT_HOST.contains(origin))
            .map(OriginPolicy::parse)
            .toList());
  }

  /** Returns whether this is an origin that {@link #sameOriginOr} accepts. */
  public static boolean canAllow(String origin) {
    return WITHOUT_HOST.contains(origin) || Origin.parse(origin).isPresent();
  }

  /** Returns the policy that admits every page of the web. */
  public static OriginPolicy any() {
    return new OriginPolicy(true, Set.of(), List.of());
  }

  /**
   * Returns whether a request is admitted. If it is not, the answer is 403.
   *
   * @param originFields the values of the request's {@code Origin} lines; more than one is refused
   *     by every policy
   * @param hosts the value of the request's {@code Host}, or of the fields of proxies; one match is
   *     enough
   * @param scheme the scheme that the browser used, if it is known
   */
  public boolean admits(List<String> originFields, List<String> hosts, RequestScheme scheme) {
    requireNonNull(originFields, "originFields");
    requireNonNull(hosts, "hosts");
    requireNonNull(scheme, "scheme");
    if (originFields.size() != 1) {
      return originFields.isEmpty();
    }
    String field = originFields.get(0);
    return any
        || withoutHost.contains(field)
        || Origin.parse(field)
            .filter(origin -> isListed(origin) || isSame(origin, hosts, scheme))
            .isPresent();
  }

  private boolean isListed(Origin origin) {
    return patterns.stream().anyMatch(pattern -> pattern.matches(origin));
  }

  /**
   * Compares host and port. If {@code Host} has no port, the default of the origin's scheme is
   * meant: a proxy may have ended TLS, so the scheme of this request may be another one.
   */
  private static boolean isSame(Origin origin, List<String> hosts, RequestScheme scheme) {
    boolean schemeFits =
        scheme == RequestScheme.UNKNOWN || (scheme == RequestScheme.HTTPS) == origin.isSecure();
    return schemeFits
        && origin.isWeb()
        && hosts.stream()
            .anyMatch(
                host -> Origin.ofHost(origin.scheme(), host).filter(origin::equals).isPresent());
  }

  private static OriginPattern parse(String pattern) {
    return OriginPattern.parse(pattern)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "expected allowedOrigins such as https://example.com, https://*.example.com,"
                        + " http://localhost:*, file:// or null, was "
                        + pattern));
  }
}
