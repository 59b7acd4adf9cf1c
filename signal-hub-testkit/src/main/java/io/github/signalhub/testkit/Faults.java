package io.github.signalhub.testkit;

import java.time.Duration;
import java.util.Objects;

/**
 * The faults on the links of a {@link SimulatedNetwork}, with their probabilities. At each step of
 * the network, the seed draws one link, which may get one fault. Each probability applies to one
 * step. Immutable.
 *
 * @param stall the probability that a client stops reading for up to {@code stallTime}
 * @param partialWrite the probability that a client reads 1 to {@code partialBytes} bytes more,
 *     which splits messages, and then stops reading for up to {@code stallTime}
 * @param cut the probability that the link breaks. Both ends learn of it. Texts in transit are lost
 * @param halfOpen the probability that the link goes silent. The link loses up to 64 KiB of the
 *     hub's bytes, and then accepts no more. Each end notices it only by its own time-out
 * @param stallTime the longest stall, at least 1 ns; 2 s by default
 * @param partialBytes the most bytes of a partial write, at least 1; 200 by default
 * @param minDelay the least delay of a message, in either direction; 0 by default
 * @param maxDelay the greatest delay, at least {@code minDelay}; 0 by default. Messages keep their
 *     order
 */
public record Faults(
    double stall,
    double partialWrite,
    double cut,
    double halfOpen,
    Duration stallTime,
    int partialBytes,
    Duration minDelay,
    Duration maxDelay) {
  /** No faults and no delay. */
  public static final Faults NONE = builder().build();

  /** A bad network: each fault occurs now and then, and messages take up to 80 ms. */
  public static final Faults ROUGH =
      builder()
          .stall(0.01)
          .partialWrite(0.03)
          .cut(0.005)
          .halfOpen(0.001)
          .delay(Duration.ofMillis(1), Duration.ofMillis(80))
          .build();

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a probability is outside 0 to 1, their sum is more than 1,
   *     or a limit is out of range
   */
  public Faults {
    Objects.requireNonNull(stallTime, "stallTime");
    Objects.requireNonNull(minDelay, "minDelay");
    Objects.requireNonNull(maxDelay, "maxDelay");
    double sum = probability(stall) + probability(partialWrite) + probability(cut);
    probability(sum + probability(halfOpen));
    if (stallTime.toNanos() < 1 || partialBytes < 1) {
      throw new IllegalArgumentException(
          "expected a stall of at least 1 ns and a partial write of at least 1 byte, was "
              + stallTime
              + " and "
              + partialBytes);
    }
    if (minDelay.isNegative() || maxDelay.compareTo(minDelay) < 0) {
      throw new IllegalArgumentException(
          "expected a delay of at least 0 and no maximum below the minimum, was "
              + minDelay
              + " and "
              + maxDelay);
    }
  }

  /** Returns a builder without faults. */
  public static Builder builder() {
    return new Builder();
  }

  private static double probability(double value) {
    if (!(value >= 0 && value <= 1)) {
      throw new IllegalArgumentException("expected a probability of 0 to 1, was " + value);
    }
    return value;
  }

  /** A builder of faults. Not thread-safe. */
  public static final class Builder {
    private double stall;
    private double partialWrite;
    private double cut;
    private double halfOpen;
    private Duration stallTime = Duration.ofSeconds(2);
    private int partialBytes = 200;
    private Duration minDelay = Duration.ZERO;
    private Duration maxDelay = Duration.ZERO;

    private Builder() {}

    /** Sets the probability of a stall per step; 0 by default. */
    public Builder stall(double probability) {
      stall = probability;
      return this;
    }

    /** Sets the probability of a partial write per step; 0 by default. */
    public Builder partialWrite(double probability) {
      partialWrite = probability;
      return this;
    }

    /** Sets the probability of a cut per step; 0 by default. */
    public Builder cut(double probability) {
      cut = probability;
      return this;
    }

    /** Sets the probability per step that a link goes silent; 0 by default. */
    public Builder halfOpen(double probability) {
      halfOpen = probability;
      return this;
    }

    /** Sets the longest stall; 2 seconds by default. */
    public Builder stallTime(Duration most) {
      stallTime = most;
      return this;
    }

    /** Sets the most bytes of a partial write; 200 by default. */
    public Builder partialBytes(int most) {
      partialBytes = most;
      return this;
    }

    /** Sets the least and the greatest delay of a message; 0 by default. */
    public Builder delay(Duration least, Duration most) {
      minDelay = least;
      maxDelay = most;
      return this;
    }

    /**
     * Returns the faults.
     *
     * @throws IllegalArgumentException as the constructor
     */
    public Faults build() {
      return new Faults(
          stall, partialWrite, cut, halfOpen, stallTime, partialBytes, minDelay, maxDelay);
    }
  }
}
