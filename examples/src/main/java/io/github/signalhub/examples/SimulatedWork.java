package io.github.signalhub.examples;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.examples.flow.Work;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Stands in for a call to some other system: takes a while and may fail. Thread-safe if the random
 * generator is.
 *
 * @param meanMillis how long it takes on average; the single call varies by a quarter
 * @param failureProbability how likely an attempt fails, 0 to 1
 * @param failingAttempts attempts after these always succeed
 * @param random where variation and failures come from; seeded in tests
 * @param sleeper lets time pass
 */
record SimulatedWork(
    long meanMillis,
    double failureProbability,
    int failingAttempts,
    RandomGenerator random,
    Sleeper sleeper)
    implements Work {
  private static final double VARIATION = 0.25;

  /** Lets time pass; tests only note how much. */
  @FunctionalInterface
  interface Sleeper {
    void sleep(Duration duration) throws InterruptedException;
  }

  SimulatedWork {
    requireNonNull(random, "random");
    requireNonNull(sleeper, "sleeper");
  }

  @Override
  public void perform(int attempt) throws Exception {
    double factor = 1 + VARIATION * (2 * random.nextDouble() - 1);
    boolean fails = random.nextDouble() < failureProbability && attempt <= failingAttempts;
    sleeper.sleep(Duration.ofMillis(Math.round(meanMillis * factor)));
    if (fails) {
      throw new UnavailableException("no answer");
    }
  }

  /** The other system did not answer. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
      super(message);
    }
  }
}
