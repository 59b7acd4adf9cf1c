package io.github.signalhub.examples.flow;

import static java.util.Objects.requireNonNull;

import java.time.Duration;

/**
 * How often a failing node is tried and how long the engine waits in between: {@code backoff} after
 * the first failure, twice that after each further one. Immutable.
 *
 * @param attempts tries in all, 1 to 10
 * @param backoff wait before the second try, not negative
 */
public record Retry(int attempts, Duration backoff) {
  private static final int MAX_ATTEMPTS = 10; // keeps the doubled wait far from overflowing

  /** A node that fails for good at its first failure. */
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
