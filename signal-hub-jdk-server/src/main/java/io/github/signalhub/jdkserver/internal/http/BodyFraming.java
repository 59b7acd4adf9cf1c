package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Locale;

/**
 * How a request's body is delimited (RFC 9112 §6.3) and whether the client waits to be asked for it
 * (RFC 9110 §10.1.1). A framing that two readers could understand in two ways is refused.
 * Immutable.
 *
 * @param chunked whether the body comes in chunks
 * @param length the body's length in bytes, 0 if there is none; -1 if it is chunked
 * @param expectsContinue whether the client waits for {@code 100 Continue} before it sends a body
 *     that is not empty
 * @param maxBodyBytes the most that a chunked body may hold
 */
public record BodyFraming(
    boolean chunked, long length, boolean expectsContinue, long maxBodyBytes) {
  private static final int MAX_LENGTH_DIGITS = 18; // fits a long

  /**
   * Reads the framing from a request's fields.
   *
   * @throws HttpException 400 if Content-Length is no number, or differs between fields, or stands
   *     beside Transfer-Encoding, or if Transfer-Encoding stands in HTTP/1.0 or does not end in its
   *     only {@code chunked}; 501 for other codings before that; 413 if the body is longer than
   *     {@code maxBodyBytes}; 417 for expectations other than {@code 100-continue}
   */
  public static BodyFraming of(RequestHead head, long maxBodyBytes) {
    requireNonNull(head, "head");
    HttpHeaders headers = head.headers();
    boolean expectsContinue = expectsContinue(head);
    if (headers.contains("Transfer-Encoding")) {
      checkChunked(head);
      return new BodyFraming(true, -1, expectsContinue, maxBodyBytes);
    }
    long length = contentLength(headers);
    if (length > maxBodyBytes) {
      throw tooLong();
    }
    return new BodyFraming(false, length, expectsContinue && length > 0, maxBodyBytes);
  }

  /** Returns a decoder at the start of the body; without a body it is finished at once. */
  public BodyDecoder decoder() {
    return chunked ? new ChunkedDecoder(maxBodyBytes) : new FixedLengthDecoder(length);
  }

  /** Returns whether there is no body to read. */
  public boolean isEmpty() {
    return length == 0;
  }

  private static void checkChunked(RequestHead head) {
    if (head.version() == HttpVersion.HTTP_1_0) {
      throw new HttpException(400, "Transfer-Encoding in HTTP/1.0 (RFC 9112 §6.1)");
    }
    if (head.headers().contains("Content-Length")) {
      throw new HttpException(400, "Content-Length beside Transfer-Encoding (RFC 9112 §6.3)");
    }
    List<String> codings =
        head.headers().list("Transfer-Encoding").stream()
            .map(coding -> coding.toLowerCase(Locale.ROOT))
            .toList();
    if (codings.isEmpty() || codings.indexOf("chunked") != codings.size() - 1) {
      throw new HttpException(400, "expected chunked once, as the last coding (RFC 9112 §6.3)");
    }
    if (codings.size() > 1) {
      throw new HttpException(501, "expected chunked as the only transfer coding (RFC 9112 §6.1)");
    }
  }

  private static long contentLength(HttpHeaders headers) {
    long length = -1;
    for (String field : headers.all("Content-Length")) {
      for (String value : field.split(",", -1)) {
        long parsed = parseLength(value.strip());
        if (length >= 0 && parsed != length) {
          throw new HttpException(400, "differing Content-Lengths (RFC 9112 §6.3)");
        }
        length = parsed;
      }
    }
    return Math.max(0, length);
  }

  private static long parseLength(String text) {
    boolean isNumber = !text.isEmpty();
    for (int i = 0; i < text.length(); i++) {
      isNumber &= HttpChars.isDigit(text.charAt(i));
    }
    if (!isNumber) {
      throw new HttpException(400, "Content-Length is no number (RFC 9110 §8.6)");
    }
    if (text.length() > MAX_LENGTH_DIGITS) {
      throw tooLong();
    }
    return Long.parseLong(text);
  }

  /** Returns the refusal of a body that is longer than a server takes. */
  static HttpException tooLong() {
    return HttpException.beyond(HttpLimits.Kind.BODY_BYTES, 413, "the body is too long");
  }

  private static boolean expectsContinue(RequestHead head) {
    List<String> expectations = head.headers().list("Expect");
    for (String expectation : expectations) {
      if (!expectation.equalsIgnoreCase("100-continue")) {
        throw new HttpException(417, "expected 100-continue as the only expectation");
      }
    }
    // RFC 9110 §10.1.1: from an HTTP/1.0 client it is ignored
    return !expectations.isEmpty() && head.version() == HttpVersion.HTTP_1_1;
  }
}
