package io.github.signalhub.internal.admission;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An origin, or all of its subdomains, at its port or at any: {@code https://example.com}, {@code
 * https://*.example.com}, {@code http://localhost:*}. Immutable.
 *
 * @param origin without the asterisks
 * @param subdomains whether it means all subdomains of the host, and not the host
 * @param anyPort whether the port does not matter
 */
record OriginPattern(Origin origin, boolean subdomains, boolean anyPort) {
  private static final Pattern SYNTAX = Pattern.compile("([^*]+://)(\\*\\.)?([^*]+?)(:\\*)?");

  /** Parses a pattern; empty if the text is none. */
  static Optional<OriginPattern> parse(String text) {
    Matcher matcher = SYNTAX.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    boolean subdomains = matcher.group(2) != null;
    boolean anyPort = matcher.group(4) != null;
    return Origin.parse(matcher.group(1) + matcher.group(3))
        .filter(origin -> !anyPort || !hasPort(matcher.group(3)))
        .map(origin -> new OriginPattern(origin, subdomains, anyPort));
  }

  boolean matches(Origin other) {
    boolean hostFits =
        subdomains
            ? other.host().endsWith("." + origin.host())
            : other.host().equals(origin.host());
    return hostFits
        && other.scheme().equals(origin.scheme())
        && (anyPort || other.port() == origin.port());
  }

  private static boolean hasPort(String hostAndPort) {
    return hostAndPort.lastIndexOf(':') > hostAndPort.lastIndexOf(']');
  }
}
