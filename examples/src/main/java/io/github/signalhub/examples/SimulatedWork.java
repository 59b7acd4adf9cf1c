package io.github.signalhub.examples;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.examples.flow.Work;
import java.time.Duration;
import java.util.random.RandomGenerator;

/**
 * Simulates a call to another system, which takes a while and may fail. Thread-safe if the random
 * generator is.
 *
 * @param meanMillis the mean duration; each call varies by a quarter
 * @param failureProbability the probability that an attempt fails, 0 to 1
 * @param failingAttempts later attempts than these always succeed
 * @param random the source of variation and failures; seeded in tests
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

  /** Lets time pass. Tests only record how much. */
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

  /** Thrown if the other system did not answer. */
  static final class UnavailableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnavailableException(String message) {
      super(message);
    }
  }
}
