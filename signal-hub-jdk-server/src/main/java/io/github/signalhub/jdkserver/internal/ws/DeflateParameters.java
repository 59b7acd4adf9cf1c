package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.jdkserver.internal.http.HttpChars;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The agreement of a server and a client on permessage-deflate (RFC 7692 §7.1).
 *
 * <p>The server never takes over context, so one compressed form of a message serves many clients.
 * The client takes its context over unless it offered not to. The RFC lets a server ask all clients
 * for that (§7.1.1.2), but many clients fail on an answer that they did not offer, or ignore it.
 *
 * <p>The window of the client is never limited: Java's inflater has the largest one. So {@code
 * client_max_window_bits} is in no answer. Only clients that offer it may get it (§7.1.2.2).
 *
 * <p>Immutable.
 *
 * @param clientNoContextTakeover whether the client compresses each message by itself
 * @param serverMaxWindowBits how far back compressed messages of the server may refer, as a power
 *     of two, 8 to 15; empty if the client set no limit
 */
public record DeflateParameters(boolean clientNoContextTakeover, OptionalInt serverMaxWindowBits) {
  static final String FIELD = "Sec-WebSocket-Extensions";
  private static final String EXTENSION = "permessage-deflate";
  private static final String SERVER_NO_CONTEXT_TAKEOVER = "server_no_context_takeover";
  private static final String CLIENT_NO_CONTEXT_TAKEOVER = "client_no_context_takeover";
  private static final String SERVER_MAX_WINDOW_BITS = "server_max_window_bits";
  private static final String CLIENT_MAX_WINDOW_BITS = "client_max_window_bits";
  private static final Pattern WINDOW_BITS = Pattern.compile("[89]|1[0-5]"); // §7.1.2: no 08

  /** Which offers of permessage-deflate a server accepts at the moment. */
  public enum Policy {
    /** None. */
    OFF,

    /**
     * Those of clients that compress each message by itself. Such a client costs no memory between
     * its messages.
     */
    WITHOUT_WINDOW,

    /**
     * All that are valid. A client that takes its context over may refer back to its earlier
     * messages. The last 32 KiB of them are kept while it is connected.
     */
    ANY_OFFER
  }

  /**
   * Checks the range.
   *
   * @throws IllegalArgumentException if the window bits are not 8 to 15
   */
  public DeflateParameters {
    requireNonNull(serverMaxWindowBits, "serverMaxWindowBits");
    int bits = serverMaxWindowBits.orElse(PermessageDeflate.MAX_WINDOW_BITS);
    if (bits < 8 || bits > PermessageDeflate.MAX_WINDOW_BITS) {
      throw new IllegalArgumentException("expected 8 to 15 window bits, was " + bits);
    }
  }

  /**
   * Returns the agreement with a client. The first offer that the server can accept decides. It
   * declines the others, and all other extensions (RFC 7692 §5, §7). If it declines all, the
   * agreement is empty.
   *
   * @param headers the fields of the client's handshake
   * @throws HttpException 400 if {@code Sec-WebSocket-Extensions} breaks the grammar of RFC 6455
   *     §9.1, whatever the policy is
   */
  static Optional<DeflateParameters> negotiate(HttpHeaders headers, Policy policy) {
    List<String> offers = headers.list(FIELD);
    if (offers.isEmpty() && headers.contains(FIELD)) {
      throw malformed();
    }
    Optional<DeflateParameters> agreed = Optional.empty();
    for (String offer : offers) { // those after the accepted one have to be well-formed, too
      Optional<DeflateParameters> acceptable = accept(offer, policy);
      agreed = agreed.or(() -> acceptable);
    }
    return agreed;
  }

  /**
   * Accepts an offer, or declines it for one of the reasons of §7: an unknown parameter, a value
   * that the parameter cannot have, or two parameters of the same name. The policy may decline it,
   * too.
   */
  private static Optional<DeflateParameters> accept(String offer, Policy policy) {
    String[] parts = offer.split(";", -1); // a quoted value holds none: it is a token, too
    boolean acceptable = token(parts[0]).equals(EXTENSION);
    Map<String, String> values = new HashMap<>(); // empty ones for parameters without a value
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String name = token(equals < 0 ? parts[i] : parts[i].substring(0, equals));
      String value = equals < 0 ? "" : value(parts[i].substring(equals + 1));
      acceptable &= isValid(name, value) && values.put(name, value) == null;
    }
    boolean noContextTakeover = values.containsKey(CLIENT_NO_CONTEXT_TAKEOVER);
    boolean allowed =
        switch (policy) {
          case OFF -> false;
          case WITHOUT_WINDOW -> noContextTakeover;
          case ANY_OFFER -> true;
        };
    if (!acceptable || !allowed) {
      return Optional.empty();
    }
    String bits = values.get(SERVER_MAX_WINDOW_BITS);
    return Optional.of(
        new DeflateParameters(
            noContextTakeover,
            bits == null ? OptionalInt.empty() : OptionalInt.of(Integer.parseInt(bits))));
  }

  private static boolean isValid(String name, String value) {
    return switch (name) {
      case SERVER_NO_CONTEXT_TAKEOVER, CLIENT_NO_CONTEXT_TAKEOVER -> value.isEmpty();
      case SERVER_MAX_WINDOW_BITS -> WINDOW_BITS.matcher(value).matches();
      case CLIENT_MAX_WINDOW_BITS -> value.isEmpty() || WINDOW_BITS.matcher(value).matches();
      default -> false;
    };
  }

  /** Reads a value: a token, or a quoted string that is one without its quotes and escapes. */
  private static String value(String text) {
    String value = HttpChars.trim(text);
    boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
    return requireToken(
        quoted ? value.substring(1, value.length() - 1).replaceAll("\\\\(.)", "$1") : value);
  }

  private static String token(String text) {
    return requireToken(HttpChars.trim(text));
  }

  private static String requireToken(String text) {
    if (!HttpChars.isToken(text)) {
      throw malformed();
    }
    return text;
  }

  private static HttpException malformed() {
    return new HttpException(400, FIELD + " must be a list of extensions (RFC 6455 §9.1)");
  }

  /** Returns how far back messages to this client may refer, as a power of two, 8 to 15. */
  public int windowBits() {
    return serverMaxWindowBits.orElse(PermessageDeflate.MAX_WINDOW_BITS);
  }

  /** Returns the answer to the client: the value of {@code Sec-WebSocket-Extensions}. */
  String headerValue() {
    StringBuilder value = new StringBuilder(EXTENSION).append("; ");
    value.append(SERVER_NO_CONTEXT_TAKEOVER);
    if (clientNoContextTakeover) {
      value.append("; ").append(CLIENT_NO_CONTEXT_TAKEOVER);
    }
    serverMaxWindowBits.ifPresent(
        bits -> value.append("; ").append(SERVER_MAX_WINDOW_BITS).append('=').append(bits));
    return value.toString();
  }
}
