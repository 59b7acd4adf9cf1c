package io.github.signalhub.internal.admission;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A web origin (RFC 6454). Two origins are equal if scheme, host and port are. Immutable.
 *
 * @param scheme in lower case
 * @param host in lower case; an IPv6 address stands in brackets
 * @param port 1 to 65535, or {@link #NO_PORT} if none is given and the scheme has no default
 */
record Origin(String scheme, String host, int port) {
  static final int NO_PORT = -1;

  private static final int MAX_PORT = 65_535;
  private static final String HOST = "([A-Za-z0-9._~%-]+|\\[[0-9A-Fa-f:.]+])";
  private static final Pattern SERIALISED =
      Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*)://" + HOST + "(?::([0-9]{1,5}))?");
  private static final Pattern HOST_AND_PORT =
      Pattern.compile(HOST + "(?::([0-9]{0,5}))?"); // a port may be empty (RFC 3986 §3.2.3)

  /** Returns the origin that a browser wrote; empty for {@code null} and everything malformed. */
  static Optional<Origin> parse(String serialised) {
    Matcher matcher = SERIALISED.matcher(serialised);
    return matcher.matches()
        ? of(matcher.group(1), matcher.group(2), matcher.group(3))
        : Optional.empty();
  }

  /** Returns the origin of a {@code Host} field and a scheme. */
  static Optional<Origin> ofHost(String scheme, String hostField) {
    Matcher matcher = HOST_AND_PORT.matcher(hostField);
    return matcher.matches() ? of(scheme, matcher.group(1), matcher.group(2)) : Optional.empty();
  }

  /** Returns whether its scheme is one of HTTP or WebSocket. */
  boolean isWeb() {
    return defaultPort(scheme) != NO_PORT;
  }

  /** Returns whether the scheme implies TLS. */
  boolean isSecure() {
    return scheme.equals("https") || scheme.equals("wss");
  }

  private static Optional<Origin> of(String scheme, String host, String port) {
    String lowerScheme = scheme.toLowerCase(Locale.ROOT);
    boolean given = port != null && !port.isEmpty();
    int number = given ? Integer.parseInt(port) : defaultPort(lowerScheme);
    if (given && (number < 1 || number > MAX_PORT)) {
      return Optional.empty();
    }
    return Optional.of(new Origin(lowerScheme, host.toLowerCase(Locale.ROOT), number));
  }

  private static int defaultPort(String scheme) {
    return switch (scheme) {
      case "http", "ws" -> 80;
      case "https", "wss" -> 443;
      default -> NO_PORT;
    };
  }

  @Override
  public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderIT
    return other instanceof Origin same
        && scheme.equals(same.scheme)
        && host.equals(same.host)
        && port == same.port;
  }

  @Override
  public int hashCode() {
    return Objects.hash(scheme, host, port);
  }
}
