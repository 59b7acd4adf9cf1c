package io.github.signalhub.jdkserver.internal.ws;

import io.github.signalhub.jdkserver.internal.http.HttpChars;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import io.github.signalhub.jdkserver.internal.http.HttpVersion;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import java.nio.ByteBuffer;
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
 * An opening handshake that keeps the rules of RFC 6455 §4.2, and the 101 that answers it. The
 * admission decides whether the client is let in, and with which subprotocol. Immutable.
 *
 * @param acceptValue the value of {@code Sec-WebSocket-Accept}
 * @param deflate the agreement on permessage-deflate; empty if messages are not compressed
 * @param expectsContinue whether the client waits for a 100 before the 101
 */
public record WebSocketHandshake(
    String acceptValue, Optional<DeflateParameters> deflate, boolean expectsContinue) {
  private static final String KEY_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // §1.3
  private static final String VERSION = "13";
  private static final String PROTOCOL = "Sec-WebSocket-Protocol";

  /**
   * 16 bytes in Base64: 22 characters and the padding. The last character has four bits that mean
   * nothing. They should be 0, but RFC 6455 §4.1 itself has an example in which they are not, and
   * RFC 4648 §3.5 lets a decoder ignore them.
   */
  private static final Pattern KEY = Pattern.compile("[A-Za-z0-9+/]{22}==");

  /**
   * Returns whether a request asks for a WebSocket: {@code Upgrade} names it. A path may serve
   * WebSockets and other requests. This tells them apart.
   */
  public static boolean isAskedFor(HttpHeaders headers) {
    return headers.hasToken("Upgrade", "websocket");
  }

  /**
   * Checks a request.
   *
   * @param policy which offers of permessage-deflate are accepted
   * @throws HttpException 400, 405 or 426 if the request breaks a rule
   */
  public static WebSocketHandshake of(RequestHead head, DeflateParameters.Policy policy) {
    HttpHeaders headers = head.headers();
    checkRequest(head);
    String key = checkUpgrade(headers);
    require(
        !headers.contains(PROTOCOL) || areUniqueTokens(headers.list(PROTOCOL)),
        "Sec-WebSocket-Protocol must be a list of unique tokens (RFC 6455 §4.1)");
    return new WebSocketHandshake(
        acceptValue(key), DeflateParameters.negotiate(headers, policy), headers.contains("Expect"));
  }

  private static boolean areUniqueTokens(List<String> names) {
    return !names.isEmpty()
        && new HashSet<>(names).size() == names.size()
        && names.stream().allMatch(HttpChars::isToken);
  }

  private static void checkRequest(RequestHead head) {
    HttpHeaders headers = head.headers();
    if (!head.method().equals("GET")) {
      throw new HttpException(
          405, "a handshake must be a GET (RFC 6455 §4.2.1)", Map.of("Allow", "GET"));
    }
    require(
        head.version() == HttpVersion.HTTP_1_1,
        "a handshake needs HTTP/1.1 or later (RFC 6455 §4.2.1)");
    require(
        !only(headers, "Host").isEmpty(),
        "a handshake must have exactly one Host (RFC 6455 §4.2.1)");
    require(
        !headers.contains("Transfer-Encoding")
            && List.of("0").containsAll(headers.all("Content-Length")),
        "a handshake must have no body (RFC 6455 §4.1)");
  }

  private static String checkUpgrade(HttpHeaders headers) {
    if (!isAskedFor(headers)) {
      throw upgradeRequired("a handshake must have Upgrade: websocket (RFC 6455 §4.2.1)");
    }
    require(
        headers.hasToken("Connection", "Upgrade"),
        "a handshake must have Connection: Upgrade (RFC 6455 §4.2.1)");
    if (!only(headers, "Sec-WebSocket-Version").equals(VERSION)) {
      throw upgradeRequired("Sec-WebSocket-Version must be 13 (RFC 6455 §4.4)");
    }
    String key = only(headers, "Sec-WebSocket-Key");
    require(
        KEY.matcher(key).matches(),
        "a handshake must have exactly one Sec-WebSocket-Key, 16 bytes in Base64"
            + " (RFC 6455 §4.2.1)");
    return key;
  }

  /** Returns a field's value if it has exactly one line, else an empty text. */
  private static String only(HttpHeaders headers, String name) {
    List<String> lines = headers.all(name);
    return lines.size() == 1 ? lines.get(0) : "";
  }

  private static void require(boolean kept, String rule) {
    if (!kept) {
      throw new HttpException(400, rule);
    }
  }

  /**
   * A 426 names the protocol to upgrade to (RFC 9110 §15.5.22), and the versions that are known
   * (§4.4).
   */
  private static HttpException upgradeRequired(String rule) {
    return new HttpException(
        426,
        rule,
        Map.of("Upgrade", "websocket", "Connection", "Upgrade", "Sec-WebSocket-Version", VERSION));
  }

  /** Returns the proof that this server understood the request (§4.2.2, step 5.4). */
  private static String acceptValue(String key) {
    try {
      MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
      byte[] hash = sha1.digest((key + KEY_SUFFIX).getBytes(StandardCharsets.US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-1", e);
    }
  }

  /**
   * Returns the 101. If the client expects a 100, that comes first (RFC 9110 §7.8).
   *
   * @param subprotocol the value of {@code Sec-WebSocket-Protocol}; if empty, it is left out
   */
  public byte[] response(Optional<String> subprotocol) {
    ResponseHead response =
        new ResponseHead(101)
            .field("Upgrade", "websocket")
            .field("Connection", "Upgrade")
            .field("Sec-WebSocket-Accept", acceptValue);
    subprotocol.ifPresent(name -> response.field(PROTOCOL, name));
    deflate.ifPresent(agreed -> response.field(DeflateParameters.FIELD, agreed.headerValue()));
    byte[] encoded = response.encode();
    if (!expectsContinue) {
      return encoded;
    }
    ByteBuffer interim = ResponseHead.continueResponse();
    return ByteBuffer.allocate(interim.remaining() + encoded.length)
        .put(interim)
        .put(encoded)
        .array();
  }
}
