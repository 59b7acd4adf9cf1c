package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.util.Map;
import java.util.Optional;

/**
 * Refuses a request: the status, the text and the fields of the answer. Nothing more is read from
 * the connection, which is closed after the answer. There is no stack trace, so a flood of bad
 * requests costs little. Immutable.
 */
public final class HttpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Map<String, String> fields;
  private final transient Optional<HttpLimits.Kind> limit;

  /**
   * Refuses a request with a status and a text.
   *
   * @param status the status to answer with, 400 to 599
   * @param message the text of the answer
   * @throws IllegalArgumentException if the status is no error
   */
  public HttpException(int status, String message) {
    this(status, message, Map.of());
  }

  /**
   * Refuses a request with a status, a text and further fields.
   *
   * @param status the status to answer with, 400 to 599
   * @param message the text of the answer
   * @param fields header fields of the answer, besides those that every answer has
   * @throws IllegalArgumentException if the status is no error
   */
  public HttpException(int status, String message, Map<String, String> fields) {
    this(status, message, fields, Optional.empty());
  }

  private HttpException(
      int status, String message, Map<String, String> fields, Optional<HttpLimits.Kind> limit) {
    super(requireNonNull(message, "message"), null, false, false);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("expected an error status, was " + status);
    }
    this.status = status;
    this.fields = Map.copyOf(fields);
    this.limit = limit;
  }

  /** Refuses a request that is longer than a limit allows. */
  static HttpException beyond(HttpLimits.Kind limit, int status, String message) {
    return new HttpException(status, message, Map.of(), Optional.of(limit));
  }

  /** Returns the status to answer with, 400 to 599. */
  public int status() {
    return status;
  }

  /** Returns the limit that the request was beyond; empty if it broke another rule. */
  public Optional<HttpLimits.Kind> limit() {
    return limit;
  }

  /** Returns header fields of the answer, besides those that every answer has. */
  public Map<String, String> fields() {
    return fields;
  }
}
