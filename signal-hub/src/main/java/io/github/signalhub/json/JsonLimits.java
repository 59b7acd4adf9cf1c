package io.github.signalhub.json;

import io.github.signalhub.internal.settings.Setting;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The limits of {@link Json#parse(String, JsonLimits)}. Beyond any of them it throws a {@link
 * JsonException}.
 *
 * <pre>{@code
 * JsonLimits.DEFAULT.withMaxLength(64 * 1024)
 * }</pre>
 *
 * <p>A parsed text can take some 40 times its length in memory. Many small objects are the worst
 * case. So set {@code maxLength} for texts from strangers. Two limits are equal if all numbers are.
 * Immutable.
 */
public final class JsonLimits {
  private static final int MOST_DIGITS = 100_000;

  /** The limits of methods without a parameter for limits. */
  public static final JsonLimits DEFAULT = new JsonLimits(64, 16 * 1024 * 1024, 1_000);

  private final int maxDepth;
  private final int maxLength;
  private final int maxDigits;

  private JsonLimits(int maxDepth, int maxLength, int maxDigits) {
    this.maxDepth = maxDepth;
    this.maxLength = maxLength;
    this.maxDigits = maxDigits;
  }

  /**
   * Returns these limits with another limit of arrays and objects within each other; 64 by default.
   * Reading needs no stack, but {@code hashCode}, {@code equals} and {@code toString} of a value
   * many thousand levels deep do.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public JsonLimits withMaxDepth(int maxDepth) {
    return new JsonLimits(Setting.atLeast("maxDepth", 1, maxDepth), maxLength, maxDigits);
  }

  /**
   * Returns these limits with another limit of the text, in {@code char}s of a string or in bytes;
   * 16 Mi by default.
   *
   * @throws IllegalArgumentException if it is less than 1
   */
  public JsonLimits withMaxLength(int maxLength) {
    return new JsonLimits(maxDepth, Setting.atLeast("maxLength", 1, maxLength), maxDigits);
  }

  /**
   * Returns these limits with another limit of the digits of a number; 1,000 by default. It is also
   * the largest magnitude of an exponent. It keeps programs safe that calculate with {@code
   * 1e999999999}. The time to convert one number grows with its square.
   *
   * @throws IllegalArgumentException if it is not 1 to 100,000
   */
  public JsonLimits withMaxDigits(int maxDigits) {
    return new JsonLimits(
        maxDepth, maxLength, Setting.within("maxDigits", 1, MOST_DIGITS, maxDigits));
  }

  /** Returns the most arrays and objects within each other. */
  public int maxDepth() {
    return maxDepth;
  }

  /** Returns the longest text, in {@code char}s of a string or in bytes. */
  public int maxLength() {
    return maxLength;
  }

  /** Returns the most digits of a number, and the largest magnitude of its exponent. */
  public int maxDigits() {
    return maxDigits;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof JsonLimits same
        && maxDepth == same.maxDepth
        && maxLength == same.maxLength
        && maxDigits == same.maxDigits;
  }

  @Override
  public int hashCode() {
    return Objects.hash(maxDepth, maxLength, maxDigits);
  }

  /** Returns all limits with their names. */
  @Override
  public String toString() {
    return "JsonLimits[maxDepth="
        + maxDepth
        + ", maxLength="
        + maxLength
        + ", maxDigits="
        + maxDigits
        + "]";
  }
}
