package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.util.Map;

/**
 * A request that goes no further, with the status that says why. Nothing more is read from the
 * connection: answer, then close. It has no stack trace, so that a flood of bad requests costs
 * little. Immutable.
 */
public final class HttpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;
  private final transient Map<String, String> fields;

  /**
   * Creates a failure.
   *
   * @param status the status to answer with, 400 to 599
   * @param message what was wrong, in our own words; may be shown to the peer
   * @throws IllegalArgumentException if the status is no error
   */
  public HttpException(int status, String message) {
    this(status, message, Map.of());
  }

  /**
   * Creates a failure that takes more to answer.
   *
   * @param status the status to answer with, 400 to 599
   * @param message what was wrong, in our own words; may be shown to the peer
   * @param fields header fields that the answer has besides those that every one has
   * @throws IllegalArgumentException if the status is no error
   */
  public HttpException(int status, String message, Map<String, String> fields) {
    super(requireNonNull(message, "message"), null, false, false);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("expected an error status, was " + status);
    }
    this.status = status;
    this.fields = Map.copyOf(fields);
  }

  /** Returns the status to answer with, 400 to 599. */
  public int status() {
    return status;
  }

  /** Returns the fields that the answer has besides those that every one has. */
  public Map<String, String> fields() {
    return fields;
  }
}
