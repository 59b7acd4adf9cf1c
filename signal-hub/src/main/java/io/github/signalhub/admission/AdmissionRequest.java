package io.github.signalhub.admission;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.internal.admission.FieldLines;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.Principal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request to connect to a hub, as a carrier received it. The carrier decodes nothing and checks
 * nothing.
 *
 * <pre>{@code
 * AdmissionRequest.builder(session.getRemoteAddress())
 *     .target(request.getURI())
 *     .headers(request.getHeaders())
 *     .encrypted(request.isSecure())
 *     .build();
 * }</pre>
 *
 * <p>Immutable.
 */
public final class AdmissionRequest {
  private final InetSocketAddress remoteAddress;
  private final String path;
  private final String query;
  private final FieldLines lines;
  private final boolean encrypted;
  private final Optional<Principal> principal;

  private AdmissionRequest(Builder builder) {
    remoteAddress = builder.remoteAddress;
    path = decode(builder.path);
    query = builder.query;
    lines = builder.lines.and(builder.added);
    encrypted = builder.encrypted;
    principal = builder.principal;
  }

  /**
   * Returns a builder of a request for {@code /} without a query and without header lines, on a
   * connection that is not encrypted.
   *
   * @param remoteAddress the connection's peer: a proxy, if there is one in front. If the platform
   *     does not tell it, {@code InetSocketAddress.createUnresolved("unknown", 0)}: such a peer is
   *     no trusted proxy
   */
  public static Builder builder(InetSocketAddress remoteAddress) {
    return new Builder(requireNonNull(remoteAddress, "remoteAddress"));
  }

  InetSocketAddress remoteAddress() {
    return remoteAddress;
  }

  /** Returns the decoded path. */
  String path() {
    return path;
  }

  /** Returns the query as it was sent. */
  String query() {
    return query;
  }

  FieldLines lines() {
    return lines;
  }

  boolean isEncrypted() {
    return encrypted;
  }

  Optional<Principal> principal() {
    return principal;
  }

  /** Decodes escapes as UTF-8. Malformed ones become U+FFFD, as in {@link URI#getPath}. */
  private static String decode(String path) {
    if (path.indexOf('%') < 0) {
      return path;
    }
    StringBuilder decoded = new StringBuilder(path.length());
    ByteBuffer escaped = ByteBuffer.allocate(path.length());
    int i = 0;
    while (i < path.length()) {
      int octet = octet(path, i);
      if (octet < 0) {
        decoded.append(path.charAt(i++));
      } else {
        escaped.put((byte) octet);
        i += 3;
        if (octet(path, i) < 0) { // the last one of a sequence
          decoded.append(StandardCharsets.UTF_8.decode(escaped.flip()));
          escaped.clear();
        }
      }
    }
    return decoded.toString();
  }

  /** Returns the value of the escape that begins here, or -1 if none does. */
  private static int octet(String path, int at) {
    if (at + 2 >= path.length() || path.charAt(at) != '%') {
      return -1;
    }
    int high = Character.digit(path.charAt(at + 1), 16);
    int low = Character.digit(path.charAt(at + 2), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  /** Collects the parts of a request. Not thread-safe. */
  public static final class Builder {
    private final InetSocketAddress remoteAddress;
    private final List<String> added = new ArrayList<>(); // name, value, name, value and so on
    private FieldLines lines = FieldLines.NONE;
    private String path = "/";
    private String query = "";
    private boolean encrypted;
    private Optional<Principal> principal = Optional.empty();

    private Builder(InetSocketAddress remoteAddress) {
      this.remoteAddress = remoteAddress;
    }

    /** Sets the path as it was sent, with its escapes; {@code /} by default. */
    public Builder path(String rawPath) {
      path = requireNonNull(rawPath, "path");
      return this;
    }

    /** Sets the query as it was sent, without the question mark; empty by default. */
    public Builder query(String rawQuery) {
      query = requireNonNull(rawQuery, "query");
      return this;
    }

    /** Sets path and query to those of a URI. Its host is ignored. A shorthand for both setters. */
    public Builder target(URI target) {
      requireNonNull(target, "target");
      path = target.getRawPath() == null ? "" : target.getRawPath();
      query = target.getRawQuery() == null ? "" : target.getRawQuery();
      return this;
    }

    /**
     * Adds a header line. Add all lines that the {@linkplain HandshakeHook hook} may ask for, those
     * of {@link Admission.Builder#keptHeaders}, {@code Host}, {@code Origin}, {@code
     * Sec-WebSocket-Protocol}, {@code Forwarded} and {@code X-Forwarded-*}. With HTTP/2, {@code
     * :authority} is given as {@code Host}. A handshake without {@code Host} is refused.
     *
     * @param name in any case
     */
    public Builder header(String name, String value) {
      requireNonNull(name, "header name");
      requireNonNull(value, "header value");
      added.add(name);
      added.add(value);
      return this;
    }

    /** Adds header lines: for each name its values, in their order. */
    public Builder headers(Map<String, ? extends Collection<String>> lines) {
      requireNonNull(lines, "headers");
      lines.forEach((name, values) -> values.forEach(value -> header(name, value)));
      return this;
    }

    /**
     * Sets the first header lines, those before all that are {@linkplain #header added}. An
     * unmodifiable list is not copied.
     *
     * @param namesAndValues name, value, name, value and so on; names in any case
     * @throws IllegalArgumentException if a value is missing
     */
    public Builder headerLines(List<String> namesAndValues) {
      lines = new FieldLines(requireNonNull(namesAndValues, "headerLines"));
      return this;
    }

    /** Sets whether the connection itself is encrypted (TLS); {@code false} by default. */
    public Builder encrypted(boolean encrypted) {
      this.encrypted = encrypted;
      return this;
    }

    /**
     * Sets the client that the carrier itself has authenticated; none by default. That is the
     * subject of a client's certificate, or the user of a container's login. The admission does not
     * look at it. The {@linkplain ConnectRequest#principal hook} does.
     */
    public Builder principal(Principal principal) {
      this.principal = Optional.of(requireNonNull(principal, "principal"));
      return this;
    }

    /** Returns the request. */
    public AdmissionRequest build() {
      return new AdmissionRequest(this);
    }
  }
}
