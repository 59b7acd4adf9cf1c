package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * How a response's body is delimited and whether the connection can serve another request (RFC 9112
 * §6.3, §9.3). Immutable.
 *
 * @param body how the body is delimited
 * @param length the length to declare, -1 to declare none; without a body (HEAD, 304) the length
 *     that the body would have had
 * @param keepAlive whether the connection stays open after a complete response
 * @param version of the request: in HTTP/1.0 keeping open must be said, in HTTP/1.1 closing
 */
public record ResponseFraming(Body body, long length, boolean keepAlive, HttpVersion version) {
  /** The length to pass for a body whose length is not known. */
  public static final long UNKNOWN_LENGTH = -1;

  /** How a body is delimited. */
  public enum Body {
    /** There is none. */
    NONE,
    /** By its declared length. */
    FIXED,
    /** By chunks. */
    CHUNKED,
    /** By the end of the connection, for HTTP/1.0 clients. */
    UNTIL_CLOSE
  }

  /**
   * Decides the framing of a response.
   *
   * @param request the one that is answered
   * @param status the response's status
   * @param length the body's length in bytes, 0 if it is empty, {@link #UNKNOWN_LENGTH}
   * @param keepAlive whether the server wants to keep the connection; the client may not
   * @throws IllegalArgumentException if the length is below -1
   */
  public static ResponseFraming of(
      RequestHead request, int status, long length, boolean keepAlive) {
    requireNonNull(request, "request");
    if (length < UNKNOWN_LENGTH) {
      throw new IllegalArgumentException("expected a length >= -1, was " + length);
    }
    HttpVersion version = request.version();
    boolean keep = keepAlive && request.keepAlive();
    if (StatusCode.isBodyless(status)) {
      // RFC 9110 §8.6: no Content-Length in 1xx and 204; in 304 it may be that of a 200
      long told = status == 304 && length > 0 ? length : UNKNOWN_LENGTH;
      return new ResponseFraming(Body.NONE, told, keep, version);
    }
    if (request.method().equals("HEAD")) {
      return new ResponseFraming(Body.NONE, length, keep, version);
    }
    if (length >= 0) {
      return new ResponseFraming(Body.FIXED, length, keep, version);
    }
    return version == HttpVersion.HTTP_1_1
        ? new ResponseFraming(Body.CHUNKED, length, keep, version)
        : new ResponseFraming(Body.UNTIL_CLOSE, length, false, version);
  }

  /** Returns the value of the Content-Length field, if there is to be one. */
  public Optional<String> contentLength() {
    return length >= 0 ? Optional.of(Long.toString(length)) : Optional.empty();
  }

  /** Returns the value of the Connection field, if there is to be one. */
  public Optional<String> connection() {
    if (!keepAlive) {
      return Optional.of("close");
    }
    return version == HttpVersion.HTTP_1_0 ? Optional.of("keep-alive") : Optional.empty();
  }
}
