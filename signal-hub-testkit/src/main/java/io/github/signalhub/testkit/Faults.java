package io.github.signalhub.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The faults on the links of a {@link SimulatedNetwork}, with their probabilities. At each step of
 * the network, the seed draws one link, which may get one fault. Each probability applies to one
 * step. Two are equal if all settings are. Immutable.
 */
public final class Faults {
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

  private final double stall;
  private final double partialWrite;
  private final double cut;
  private final double halfOpen;
  private final Duration stallTime;
  private final int partialBytes;
  private final Duration minDelay;
  private final Duration maxDelay;

  private Faults(Builder builder) {
    stall = builder.stall;
    partialWrite = builder.partialWrite;
    cut = builder.cut;
    halfOpen = builder.halfOpen;
    stallTime = builder.stallTime;
    partialBytes = builder.partialBytes;
    minDelay = builder.minDelay;
    maxDelay = builder.maxDelay;
  }

  /** Returns a builder without faults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the probability that a client stops reading for up to {@link #stallTime}. */
  public double stall() {
    return stall;
  }

  /**
   * Returns the probability that a client reads 1 to {@link #partialBytes} bytes more, which splits
   * messages, and then stops reading for up to {@link #stallTime}.
   */
  public double partialWrite() {
    return partialWrite;
  }

  /**
   * Returns the probability that the link breaks. Both ends learn of it. Texts in transit are lost.
   */
  public double cut() {
    return cut;
  }

  /**
   * Returns the probability that the link goes silent. The link loses up to 64 KiB of the hub's
   * bytes, and then accepts no more. Each end notices it only by its own time-out.
   */
  public double halfOpen() {
    return halfOpen;
  }

  /** Returns the longest stall. */
  public Duration stallTime() {
    return stallTime;
  }

  /** Returns the most bytes of a partial write. */
  public int partialBytes() {
    return partialBytes;
  }

  /** Returns the least delay of a message, in either direction. */
  public Duration minDelay() {
    return minDelay;
  }

  /** Returns the greatest delay of a message. Messages keep their order. */
  public Duration maxDelay() {
    return maxDelay;
  }

  private List<Object> settings() {
    return List.of(stall, partialWrite, cut, halfOpen, stallTime, partialBytes, minDelay, maxDelay);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Faults same && settings().equals(same.settings());
  }

  @Override
  public int hashCode() {
    return settings().hashCode();
  }

  /** Returns all settings with their names. */
  @Override
  public String toString() {
    return "Faults[stall="
        + stall
        + ", partialWrite="
        + partialWrite
        + ", cut="
        + cut
        + ", halfOpen="
        + halfOpen
        + ", stallTime="
        + stallTime
        + ", partialBytes="
        + partialBytes
        + ", minDelay="
        + minDelay
        + ", maxDelay="
        + maxDelay
        + "]";
  }

  /** A builder of faults. Each setter checks its values. Not thread-safe. */
  public static final class Builder {
    /** The longest time that fits into nanoseconds. */
    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private double stall;
    private double partialWrite;
    private double cut;
    private double halfOpen;
    private Duration stallTime = Duration.ofSeconds(2);
    private int partialBytes = 200;
    private Duration minDelay = Duration.ZERO;
    private Duration maxDelay = Duration.ZERO;

    private Builder() {}

    /**
     * Sets the probability of a stall per step; 0 by default.
     *
     * @throws IllegalArgumentException if it is not 0 to 1
     */
    public Builder stall(double probability) {
      stall = probability("stall", probability);
      return this;
    }

    /**
     * Sets the probability of a partial write per step; 0 by default.
     *
     * @throws IllegalArgumentException if it is not 0 to 1
     */
    public Builder partialWrite(double probability) {
      partialWrite = probability("partialWrite", probability);
      return this;
    }

    /**
     * Sets the probability of a cut per step; 0 by default.
     *
     * @throws IllegalArgumentException if it is not 0 to 1
     */
    public Builder cut(double probability) {
      cut = probability("cut", probability);
      return this;
    }

    /**
     * Sets the probability per step that a link goes silent; 0 by default.
     *
     * @throws IllegalArgumentException if it is not 0 to 1
     */
    public Builder halfOpen(double probability) {
      halfOpen = probability("halfOpen", probability);
      return this;
    }

    /**
     * Sets the longest stall; 2 seconds by default.
     *
     * @throws IllegalArgumentException if it is less than 1 ns or beyond 292 years
     */
    public Builder stallTime(Duration most) {
      stallTime = time("stallTime", Duration.ofNanos(1), most);
      return this;
    }

    /**
     * Sets the most bytes of a partial write; 200 by default.
     *
     * @throws IllegalArgumentException if it is less than 1
     */
    public Builder partialBytes(int most) {
      if (most < 1) {
        throw outOfRange("partialBytes", "at least 1", most);
      }
      partialBytes = most;
      return this;
    }

    /**
     * Sets the least and the greatest delay of a message; 0 by default.
     *
     * @throws IllegalArgumentException if the least is negative, or the greatest is less than the
     *     least or beyond 292 years
     */
    public Builder delay(Duration least, Duration most) {
      time("least delay", Duration.ZERO, least);
      maxDelay = time("greatest delay", least, most);
      minDelay = least;
      return this;
    }

    /**
     * Returns the faults.
     *
     * @throws IllegalArgumentException if the sum of the probabilities is more than 1
     */
    public Faults build() {
      probability(
          "the sum of stall, partialWrite, cut and halfOpen",
          stall + partialWrite + cut + halfOpen);
      return new Faults(this);
    }

    private static double probability(String name, double value) {
      if (!(value >= 0 && value <= 1)) { // NaN, too
        throw outOfRange(name, "0 to 1", value);
      }
      return value;
    }

    private static Duration time(String name, Duration least, Duration value) {
      Objects.requireNonNull(value, name);
      if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
        throw outOfRange(name, least + " to 292 years", value);
      }
      return value;
    }

    private static IllegalArgumentException outOfRange(String name, String range, Object value) {
      return new IllegalArgumentException("expected " + name + " of " + range + ", was " + value);
    }
  }
}
