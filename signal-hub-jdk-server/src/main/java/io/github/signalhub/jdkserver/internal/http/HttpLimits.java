package io.github.signalhub.jdkserver.internal.http;

/**
 * How much of a request is accepted. Immutable.
 *
 * @param maxRequestLineBytes longest request line without its line end; over it: 414
 * @param maxFieldLineBytes longest header line without its line end; over it: 431
 * @param maxHeadBytes longest head, line ends included; over it: 431 (414 in its first line)
 * @param maxFields most header lines; over it: 431
 * @param maxBodyBytes longest body, chunk framing not counted; over it: 413
 */
public record HttpLimits(
    int maxRequestLineBytes,
    int maxFieldLineBytes,
    int maxHeadBytes,
    int maxFields,
    long maxBodyBytes) {

  /** 8 KiB for each line, 16 KiB for a head, 100 header lines, 1 MiB for a body. */
  public static final HttpLimits DEFAULT =
      new HttpLimits(8 << 10, 8 << 10, 16 << 10, 100, 1L << 20);

  /**
   * Checks the limits.
   *
   * @throws IllegalArgumentException if a limit is not positive; that of the body may be 0
   */
  public HttpLimits {
    requirePositive(maxRequestLineBytes, "maxRequestLineBytes");
    requirePositive(maxFieldLineBytes, "maxFieldLineBytes");
    requirePositive(maxHeadBytes, "maxHeadBytes");
    requirePositive(maxFields, "maxFields");
    if (maxBodyBytes < 0) {
      throw new IllegalArgumentException("expected maxBodyBytes >= 0, was " + maxBodyBytes);
    }
  }

  /** Returns these limits with another one for bodies. */
  public HttpLimits withMaxBodyBytes(long maxBodyBytes) {
    return new HttpLimits(
        maxRequestLineBytes, maxFieldLineBytes, maxHeadBytes, maxFields, maxBodyBytes);
  }

  private static void requirePositive(int value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected " + name + " > 0, was " + value);
    }
  }
}
