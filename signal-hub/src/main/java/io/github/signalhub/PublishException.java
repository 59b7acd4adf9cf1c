package io.github.signalhub;

import java.util.Objects;

/**
 * Thrown by {@link PublishResult#orThrow} if a message was not accepted. {@link #result} says why,
 * and whether the same message may be accepted later. Immutable.
 */
public final class PublishException extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** The outcome. */
  private final PublishResult.Status status;

  PublishException(PublishResult.Status status) {
    super("expected an accepted message, was " + Objects.requireNonNull(status, "status"));
    this.status = status;
  }

  /** Returns the result, which is not {@linkplain PublishResult#isAccepted accepted}. */
  public PublishResult result() {
    return PublishResult.refused(status);
  }
}
