package io.github.signalhub.testkit.backbone;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * The faults of a {@link MemoryEngine}, with their probabilities. When a request arrives at the
 * engine, or an answer at a node, the seed draws at most one fault. Immutable.
 */
public final class EngineFaults {
  /** No faults and no delay. */
  public static final EngineFaults NONE =
      new EngineFaults(Map.of(), Duration.ZERO, Duration.ZERO, Duration.ofSeconds(2));

  /** A bad day: each fault occurs now and then, and everything takes up to 20 ms. */
  public static final EngineFaults ROUGH =
      NONE.with(EngineFault.CUT, 0.01)
          .with(EngineFault.PAUSE, 0.002)
          .with(EngineFault.AWAY, 0.001)
          .with(EngineFault.RESTART, 0.002)
          .with(EngineFault.FAIL_OVER, 0.002)
          .with(EngineFault.FLUSH, 0.001)
          .with(EngineFault.SPLIT, 0.002)
          .withDelay(Duration.ZERO, Duration.ofMillis(20));

  private final Map<EngineFault, Double> probabilities;
  private final Duration minDelay;
  private final Duration maxDelay;
  private final Duration outage;

  private EngineFaults(
      Map<EngineFault, Double> probabilities,
      Duration minDelay,
      Duration maxDelay,
      Duration outage) {
    this.probabilities = probabilities;
    this.minDelay = minDelay;
    this.maxDelay = maxDelay;
    this.outage = outage;
  }

  /**
   * Returns these faults with another probability of one.
   *
   * @throws IllegalArgumentException if it is not 0 to 1, or if the sum of all is more than 1
   */
  public EngineFaults with(EngineFault fault, double probability) {
    Objects.requireNonNull(fault, "fault");
    Map<EngineFault, Double> changed = new EnumMap<>(EngineFault.class);
    changed.putAll(probabilities);
    changed.put(fault, probability);
    double sum = changed.values().stream().mapToDouble(Double::doubleValue).sum();
    if (!(probability >= 0 && sum <= 1)) { // NaN, too
      throw new IllegalArgumentException(
          "expected probabilities of 0 to 1, and 1 together, was " + changed);
    }
    return new EngineFaults(changed, minDelay, maxDelay, outage);
  }

  /**
   * Returns these faults with another delay of a request or an answer; 0 by default.
   *
   * @throws IllegalArgumentException if the least is negative or more than the greatest
   */
  public EngineFaults withDelay(Duration least, Duration most) {
    if (least.isNegative() || least.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "expected delays of at least 0, the least first, was " + least + " and " + most);
    }
    return new EngineFaults(probabilities, least, most, outage);
  }

  /**
   * Returns these faults with another longest duration of a fault; 2 seconds by default.
   *
   * @throws IllegalArgumentException if it is negative
   */
  public EngineFaults withOutage(Duration most) {
    if (most.isNegative()) {
      throw new IllegalArgumentException("expected an outage of at least 0, was " + most);
    }
    return new EngineFaults(probabilities, minDelay, maxDelay, most);
  }

  /** Returns the probability of a fault, at each call of a node. */
  public double probability(EngineFault fault) {
    return probabilities.getOrDefault(fault, 0.0);
  }

  boolean isNone() {
    return probabilities.isEmpty();
  }

  Duration minDelay() {
    return minDelay;
  }

  Duration maxDelay() {
    return maxDelay;
  }

  Duration outage() {
    return outage;
  }

  /** Returns all settings with their names. */
  @Override
  public String toString() {
    return probabilities + " delay=" + minDelay + " to " + maxDelay + " outage=" + outage;
  }
}
