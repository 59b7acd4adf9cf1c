package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The server's rules for an opening handshake (RFC 6455 §4.2). It looks at a request that an HTTP
 * parser has taken apart. Which clients are let in is decided elsewhere. Immutable.
 */
public final class WebSocketHandshake {
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // §1.3
  private static final String VERSION = "13";
  private static final Pattern HTTP_1_1_OR_LATER = Pattern.compile("HTTP/(1\\.[1-9]|[2-9]\\.\\d)");

  /**
   * 16 bytes in Base64: 22 characters and the padding. The last character has four bits that mean
   * nothing. They should be 0, but RFC 6455 §4.1 itself has an example in which they are not, and
   * RFC 4648 §3.5 lets a decoder ignore them.
   */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

  private final List<String> subprotocols;

  /** The answer to a request. */
  public sealed interface Result permits Accepted, Refused {}

  /**
   * The request is a valid handshake, to be answered with 101.
   *
   * @param acceptValue the value of {@code Sec-WebSocket-Accept}
   * @param subprotocol the value of {@code Sec-WebSocket-Protocol}; if empty that field is left out
   * @param deflate what was agreed on for permessage-deflate; empty if messages are not compressed
   */
  public record Accepted(
      String acceptValue, Optional<String> subprotocol, Optional<DeflateParameters> deflate)
      implements Result {
    /** Makes an answer that agrees on no extension. */
    public Accepted(String acceptValue, Optional<String> subprotocol) {
      this(acceptValue, subprotocol, Optional.empty());
    }

    /**
     * Returns the value of {@code Sec-WebSocket-Extensions}; if empty that field is left out, as it
     * has to be (RFC 6455 §9.1).
     */
    public Optional<String> extensions() {
      return deflate.map(DeflateParameters::headerValue);
    }
  }

  /**
   * The request is no valid handshake.
   *
   * @param status the status to answer with: 400, 405 or 426
   * @param reason the rule that it breaks, in words fit for the response's body and a log
   * @param headers fields that the response must have besides those that every response has
   */
  public record Refused(int status, String reason, Map<String, String> headers) implements Result {
    /** Copies the fields. */
    public Refused {
      headers = Map.copyOf(headers);
    }
  }

  /**
   * Makes a handshake that speaks these subprotocols.
   *
   * @param subprotocols their names, possibly none; compared exactly
   * @throws IllegalArgumentException if a name is not a token
   */
  public WebSocketHandshake(List<String> subprotocols) {
    this.subprotocols = List.copyOf(requireNonNull(subprotocols, "subprotocols"));
    for (String name : this.subprotocols) {
      if (!FieldValues.isToken(name)) {
        throw new IllegalArgumentException(
            "expected a token as the name of a subprotocol (RFC 6455 §4.1), was " + name);
      }
    }
  }

  /**
   * Returns whether a request asks for a WebSocket at all: {@code Upgrade} names it. A path that
   * serves both WebSockets and something else tells them apart by this.
   *
   * @param headers as for {@link #check}
   */
  public static boolean isAskedFor(Map<String, List<String>> headers) {
    requireNonNull(headers, "headers");
    return FieldValues.hasMember(FieldValues.lines(headers, "upgrade"), "websocket");
  }

  /**
   * Checks a request.
   *
   * @param method its method, as sent
   * @param version its HTTP version, as sent, such as {@code HTTP/1.1}
   * @param headers its fields by lower-case name, each with the values of its lines in their order
   * @param deflate which offers of permessage-deflate are accepted
   */
  public Result check(
      String method, String version, Map<String, List<String>> headers, DeflatePolicy deflate) {
    requireNonNull(method, "method");
    requireNonNull(version, "version");
    requireNonNull(headers, "headers");
    requireNonNull(deflate, "deflate");
    Refused refused = checkRequest(method, version, headers);
    if (refused == null) {
      refused = checkUpgrade(headers);
    }
    return refused != null ? refused : accept(headers, deflate);
  }

  private static Refused checkRequest(
      String method, String version, Map<String, List<String>> headers) {
    if (!method.equals("GET")) {
      return new Refused(
          405, "a handshake must be a GET (RFC 6455 §4.2.1)", Map.of("Allow", "GET"));
    }
    if (!HTTP_1_1_OR_LATER.matcher(version).matches()) {
      return badRequest("a handshake needs HTTP/1.1 or later (RFC 6455 §4.2.1)");
    }
    String host = FieldValues.only(headers, "host");
    if (host == null || host.isEmpty()) {
      return badRequest("a handshake must have exactly one Host (RFC 6455 §4.2.1)");
    }
    List<String> lengths = FieldValues.lines(headers, "content-length");
    if (headers.containsKey("transfer-encoding") || !lengths.stream().allMatch("0"::equals)) {
      return badRequest("a handshake must have no body (RFC 6455 §4.1)");
    }
    return null;
  }

  private static Refused checkUpgrade(Map<String, List<String>> headers) {
    if (!isAskedFor(headers)) {
      return upgradeRequired("a handshake must have Upgrade: websocket (RFC 6455 §4.2.1)");
    }
    if (!FieldValues.hasMember(FieldValues.lines(headers, "connection"), "upgrade")) {
      return badRequest("a handshake must have Connection: Upgrade (RFC 6455 §4.2.1)");
    }
    if (!VERSION.equals(FieldValues.only(headers, "sec-websocket-version"))) {
      return upgradeRequired("Sec-WebSocket-Version must be 13 (RFC 6455 §4.4)");
    }
    String key = FieldValues.only(headers, "sec-websocket-key");
    if (key == null || !KEY.matcher(key).matches()) {
      return badRequest(
          "a handshake must have exactly one Sec-WebSocket-Key, 16 bytes in Base64"
              + " (RFC 6455 §4.2.1)");
    }
    return null;
  }

  private Result accept(Map<String, List<String>> headers, DeflatePolicy deflate) {
    List<String> offered = List.of();
    if (headers.containsKey("sec-websocket-protocol")) {
      offered = FieldValues.members(FieldValues.lines(headers, "sec-websocket-protocol"));
      boolean unique = new HashSet<>(offered).size() == offered.size();
      if (offered.isEmpty() || !unique || !offered.stream().allMatch(FieldValues::isToken)) {
        return badRequest("Sec-WebSocket-Protocol must be a list of unique tokens (RFC 6455 §4.1)");
      }
    }
    Optional<List<ExtensionOffer>> extensions = Optional.of(List.of());
    if (headers.containsKey("sec-websocket-extensions")) {
      extensions = ExtensionOffer.parse(FieldValues.lines(headers, "sec-websocket-extensions"));
      if (extensions.isEmpty()) {
        return badRequest("Sec-WebSocket-Extensions must be a list of extensions (RFC 6455 §9.1)");
      }
    }
    return new Accepted(
        acceptValue(FieldValues.only(headers, "sec-websocket-key")),
        offered.stream().filter(subprotocols::contains).findFirst(),
        deflate.negotiate(extensions.orElseThrow()));
  }

  /** Returns the proof that this server understood the request (§4.2.2, step 5.4). */
  static String acceptValue(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] hash = sha1.digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  private static Refused badRequest(String reason) {
    return new Refused(400, reason, Map.of());
  }

  /**
   * 426 has to name what to upgrade to (RFC 9110 §15.5.22), and by §4.4 which versions there are.
   */
  private static Refused upgradeRequired(String reason) {
    return new Refused(
        426,
        reason,
        Map.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", VERSION));
  }
}
