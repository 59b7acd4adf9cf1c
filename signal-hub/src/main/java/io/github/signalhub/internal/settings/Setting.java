package io.github.signalhub.internal.settings;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/**
 * Checks the value of a setting. Each method returns the value. A setter calls it before it changes
 * anything. Stateless, so thread-safe.
 */
public final class Setting {
  /** The longest time that fits into nanoseconds. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private Setting() {}

  /**
   * Checks a number that has a least value.
   *
   * @throws IllegalArgumentException if the value is less
   */
  public static int atLeast(String name, int least, int value) {
    return (int) atLeast(name, (long) least, value);
  }

  /**
   * Checks a number that has a least value.
   *
   * @throws IllegalArgumentException if the value is less
   */
  public static long atLeast(String name, long least, long value) {
    if (value < least) {
      throw outOfRange(name, "at least " + least, value);
    }
    return value;
  }

  /**
   * Checks a number that has a range.
   *
   * @throws IllegalArgumentException if the value is outside
   */
  public static int within(String name, int least, int most, int value) {
    if (value < least || value > most) {
      throw outOfRange(name, least + " to " + most, value);
    }
    return value;
  }

  /**
   * Checks a time that has a range.
   *
   * @throws IllegalArgumentException if the value is outside
   */
  public static Duration within(String name, Duration least, Duration most, Duration value) {
    Objects.requireNonNull(value, name);
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw outOfRange(name, text(least) + " to " + text(most), value);
    }
    return value;
  }

  /**
   * Checks a time that has a least value. The greatest is 292 years, so that it fits into
   * nanoseconds.
   *
   * @throws IllegalArgumentException if the value is outside
   */
  public static Duration atLeast(String name, Duration least, Duration value) {
    Objects.requireNonNull(value, name);
    if (value.compareTo(least) < 0 || value.compareTo(LONGEST) > 0) {
      throw outOfRange(name, text(least) + " to 292 years", value);
    }
    return value;
  }

  /**
   * Checks a time that an operation may take.
   *
   * @throws IllegalArgumentException if the value is negative
   */
  public static Duration notNegative(String name, Duration value) {
    if (Objects.requireNonNull(value, name).isNegative()) {
      throw outOfRange(name, "at least 0", value);
    }
    return value;
  }

  /**
   * Checks that a setting without a default was set.
   *
   * @throws IllegalStateException if the value is {@code null}
   */
  public static <T> T required(String name, T value) {
    if (value == null) {
      throw new IllegalStateException("expected " + name + " to be set, was not");
    }
    return value;
  }

  /** Checks that neither the values nor one of them are {@code null}, and copies them. */
  public static <T> List<T> all(String name, T[] values) {
    for (T value : Objects.requireNonNull(values, name)) {
      Objects.requireNonNull(value, name);
    }
    return List.of(values);
  }

  /** Returns a time as people write it, if it is one of the usual limits. */
  private static String text(Duration time) {
    if (time.isZero()) {
      return "0";
    }
    long nanos = time.toNanos();
    if (nanos % TimeUnit.DAYS.toNanos(1) == 0) {
      return time.toDays() + " d";
    } else if (nanos % TimeUnit.HOURS.toNanos(1) == 0) {
      return time.toHours() + " h";
    } else if (nanos % TimeUnit.MILLISECONDS.toNanos(1) == 0) {
      return time.toMillis() + " ms";
    }
    return nanos + " ns";
  }

  private static IllegalArgumentException outOfRange(String name, String range, Object value) {
    return new IllegalArgumentException("expected " + name + " of " + range + ", was " + value);
  }
}
