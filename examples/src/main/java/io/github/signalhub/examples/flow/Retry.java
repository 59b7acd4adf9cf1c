package io.github.signalhub.examples.flow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * The number of attempts of a failing node, and the waits between them: {@code backoff} after the
 * first failure, and double the last wait after each further one. Immutable.
 *
 * @param attempts the number of all attempts, 1 to 10
 * @param backoff the wait before the second attempt, not negative
 */
public record Retry(int attempts, Duration backoff) {
  private static final int MAX_ATTEMPTS = 10; // keeps the doubled wait far below an overflow

  /** A single attempt: a node fails at its first failure. */
  public static final Retry NEVER = new Retry(1, Duration.ZERO);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is violated
   */
  public Retry {
    requireNonNull(backoff, "backoff");
    if (attempts < 1 || attempts > MAX_ATTEMPTS) {
      throw new IllegalArgumentException("expected 1 to 10 attempts, was " + attempts);
    }
    if (backoff.isNegative()) {
      throw new IllegalArgumentException("expected a backoff of zero or more, was " + backoff);
    }
  }

  /** Returns the wait after the given failed attempt, which counts from 1. */
  Duration waitAfter(int attempt) {
    return backoff.multipliedBy(1L << (attempt - 1));
  }
}
