package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Writes a status line and header fields (RFC 9112 §4, §5). A name or value that would break its
 * line is refused, so nobody can smuggle a field into a response. Not thread-safe.
 */
public final class ResponseHead {
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private final StringBuilder text;

  /**
   * Begins a head; it says HTTP/1.1 to clients of either version (RFC 9110 §2.5).
   *
   * @throws IllegalArgumentException if the status is not between 100 and 999
   */
  public ResponseHead(int status) {
    StatusCode.requireValid(status);
    text = new StringBuilder(256).append("HTTP/1.1 ").append(status).append(' ');
    text.append(StatusCode.reason(status)).append("\r\n");
  }

  /**
   * Adds a field.
   *
   * @param value may be empty; one byte per char (ISO 8859-1)
   * @throws IllegalArgumentException if the name is no token, or the value holds control characters
   *     (line ends above all) or chars beyond U+00FF
   */
  public ResponseHead field(String name, String value) {
    if (!HttpChars.isToken(requireNonNull(name, "name"))) {
      throw new IllegalArgumentException("expected a token as header name (RFC 9110 §5.1)");
    }
    if (!HttpChars.isFieldValue(requireNonNull(value, "value"))) {
      throw new IllegalArgumentException(
          "expected no control character and none beyond U+00FF in the value of " + name);
    }
    text.append(name).append(": ").append(value).append("\r\n");
    return this;
  }

  /** Returns the head with the empty line that ends it, in a new array. */
  public byte[] encode() {
    return (text + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
  }

  /** Returns the interim response {@code 100 Continue}. */
  public static ByteBuffer continueResponse() {
    return ByteBuffer.wrap(CONTINUE).asReadOnlyBuffer();
  }

  /**
   * Returns the last response of a connection, whole, with a line of plain text as body.
   *
   * @param message the body, sent as UTF-8; a line end is added
   * @param date the Date field, as {@link HttpDate} writes it
   * @param fields further fields; a {@code Connection} gets {@code close} besides
   * @param withBody {@code false} in answer to HEAD: the length is told, the body left out
   * @throws IllegalArgumentException if the status is not between 200 and 999 or has no body, or a
   *     field is none
   */
  public static byte[] plainText(
      int status, String message, String date, Map<String, String> fields, boolean withBody) {
    if (StatusCode.isBodyless(status)) {
      throw new IllegalArgumentException("expected a status with a body, was " + status);
    }
    byte[] body = (requireNonNull(message, "message") + "\n").getBytes(StandardCharsets.UTF_8);
    Map<String, String> all = new LinkedHashMap<>();
    all.put("Date", date);
    all.put("Content-Type", "text/plain; charset=utf-8");
    all.put("Content-Length", Integer.toString(body.length));
    all.putAll(fields);
    all.merge("Connection", "close", (given, close) -> given + ", " + close);
    ResponseHead head = new ResponseHead(status);
    all.forEach(head::field);
    byte[] encoded = head.encode();
    return withBody
        ? ByteBuffer.allocate(encoded.length + body.length).put(encoded).put(body).array()
        : encoded;
  }
}
