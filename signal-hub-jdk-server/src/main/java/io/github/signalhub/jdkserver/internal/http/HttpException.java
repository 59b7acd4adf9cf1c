package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

/**
 * A request that cannot be accepted, with the status that says why. Behind it nothing more can be
 * read from the connection: answer, then close. It has no stack trace, so that a flood of bad
 * requests costs little. Immutable.
 */
public final class HttpException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  /**
   * Creates a failure.
   *
   * @param status the status to answer with, 400 to 599
   * @param message what was wrong, in our own words; may be shown to the peer
   * @throws IllegalArgumentException if the status is no error
   */
  public HttpException(int status, String message) {
    super(requireNonNull(message, "message"), null, false, false);
    if (status < 400 || status > 599) {
      throw new IllegalArgumentException("expected an error status, was " + status);
    }
    this.status = status;
  }

  /** Returns the status to answer with, 400 to 599. */
  public int status() {
    return status;
  }
}
