package io.github.signalhub.internal.admission;

import static java.util.Objects.requireNonNull;

import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Which web pages may connect (RFC 6455 §10.2). A browser names the page's origin in every
 * handshake and lets any page connect anywhere, so the server has to choose. Clients that send no
 * {@code Origin} are not browsers, so they are admitted: they could send whatever they like.
 * Immutable.
 */
public final class OriginPolicy {
  /** The scheme by which the browser reached this server, as far as it is known. */
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
   * Returns the policy that admits, besides the same origin, these.
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

  /** Returns whether {@link #sameOriginOr} takes this and then admits pages of this origin. */
  public static boolean canAllow(String origin) {
    return WITHOUT_HOST.contains(origin) || Origin.parse(origin).isPresent();
  }

  /** Returns the policy that admits every page of the web. */
  public static OriginPolicy any() {
    return new OriginPolicy(true, Set.of(), List.of());
  }

  /**
   * Returns whether a request is admitted; one that is not is to be answered with 403.
   *
   * @param originFields the values of the request's {@code Origin} lines; more than one is refused
   *     by every policy
   * @param hosts the value of the request's {@code Host}, or what proxies say in its place; any of
   *     them will do
   * @param scheme by which the browser reached this server, if that is known
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
                    "expected an origin such as https://example.com, https://*.example.com,"
                        + " http://localhost:*, file:// or null, was "
                        + pattern));
  }
}
