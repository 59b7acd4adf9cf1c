package io.github.signalhub.json;

/**
 * The limits of {@link Json#parse(String, JsonLimits)}. Beyond any of them it throws a {@link
 * JsonException}.
 *
 * <p>A parsed text can take some 40 times its length in memory. Many small objects are the worst
 * case. So set {@code maxLength} for texts from strangers. Immutable.
 *
 * @param maxDepth the most arrays and objects within each other, at least 1; {@value
 *     #DEFAULT_MAX_DEPTH} by default. Reading needs no stack, but {@code hashCode}, {@code equals}
 *     and {@code toString} of a value many thousand levels deep do
 * @param maxLength the longest text, in {@code char}s of a string or in bytes, at least 1; 16 Mi by
 *     default
 * @param maxDigits the most digits of a number and also the largest magnitude of its exponent, 1 to
 *     {@value #MOST_DIGITS}; {@value #DEFAULT_MAX_DIGITS} by default. It keeps programs safe that
 *     calculate with {@code 1e999999999}. The time to convert one number grows with its square
 */
public record JsonLimits(int maxDepth, int maxLength, int maxDigits) {
  private static final int DEFAULT_MAX_DEPTH = 64;
  private static final int DEFAULT_MAX_LENGTH = 16 * 1024 * 1024;
  private static final int DEFAULT_MAX_DIGITS = 1_000;
  private static final int MOST_DIGITS = 100_000;

  /** The limits of methods without a parameter for limits. */
  public static final JsonLimits DEFAULT =
      new JsonLimits(DEFAULT_MAX_DEPTH, DEFAULT_MAX_LENGTH, DEFAULT_MAX_DIGITS);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public JsonLimits {
    requireWithin("maxDepth", maxDepth, Integer.MAX_VALUE);
    requireWithin("maxLength", maxLength, Integer.MAX_VALUE);
    requireWithin("maxDigits", maxDigits, MOST_DIGITS);
  }

  /**
   * Returns these limits with another depth.
   *
   * @throws IllegalArgumentException if it is outside its range
   */
  public JsonLimits withMaxDepth(int maxDepth) {
    return new JsonLimits(maxDepth, maxLength, maxDigits);
  }

  /**
   * Returns these limits with another length.
   *
   * @throws IllegalArgumentException if it is outside its range
   */
  public JsonLimits withMaxLength(int maxLength) {
    return new JsonLimits(maxDepth, maxLength, maxDigits);
  }

  /**
   * Returns these limits with another number of digits.
   *
   * @throws IllegalArgumentException if it is outside its range
   */
  public JsonLimits withMaxDigits(int maxDigits) {
    return new JsonLimits(maxDepth, maxLength, maxDigits);
  }

  private static void requireWithin(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "expected " + name + " of 1 to " + most + ", was " + value);
    }
  }
}
