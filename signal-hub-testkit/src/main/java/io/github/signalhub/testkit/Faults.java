package io.github.signalhub.testkit;

import java.time.Duration;
import java.util.Objects;

/**
 * What goes wrong on the links of a {@link SimulatedNetwork}, and how often. At each step of the
 * network one link, drawn by the seed, may suffer; a probability is that of a step. Immutable.
 *
 * @param stall the probability that a client stops reading for up to {@code stallTime}
 * @param partialWrite the probability that it reads 1 to {@code partialBytes} bytes more, which
 *     splits messages, and then stops reading for up to {@code stallTime}
 * @param cut the probability that the link breaks: both ends learn of it, and what is under way is
 *     lost
 * @param halfOpen the probability that the link goes silent: neither end learns of it, up to 64 KiB
 *     of the hub's bytes go nowhere, then nothing is accepted; each end learns of it by a time-out
 *     of its own
 * @param stallTime how long a stall lasts at most, at least 1 ns; 2 s by default
 * @param partialBytes how many bytes a partial write has at most, at least 1; 200 by default
 * @param minDelay how long a message is under way at least, in either direction; 0 by default
 * @param maxDelay how long it is under way at most, at least {@code minDelay}; order is kept
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
  /** Nothing goes wrong, and nothing takes time. */
  public static final Faults NONE = builder().build();

  /** A bad day: everything goes wrong now and then, and messages are under way for up to 80 ms. */
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
   * @throws IllegalArgumentException if a probability is outside 0 to 1 or all together are more
   *     than 1, or a limit is out of range
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

  /** Collects faults. Not thread-safe. */
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

    /** Sets how long a stall lasts at most; 2 seconds by default. */
    public Builder stallTime(Duration most) {
      stallTime = most;
      return this;
    }

    /** Sets how many bytes a partial write has at most; 200 by default. */
    public Builder partialBytes(int most) {
      partialBytes = most;
      return this;
    }

    /** Sets how long a message is under way; no time by default. */
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
