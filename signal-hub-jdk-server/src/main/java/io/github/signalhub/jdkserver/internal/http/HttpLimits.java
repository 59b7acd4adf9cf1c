package io.github.signalhub.jdkserver.internal.http;

/**
 * How long a request may be. Immutable.
 *
 * @param maxRequestLineBytes of the request line without its line end; beyond: 414
 * @param maxFieldLineBytes of a header line without its line end; beyond: 431
 * @param maxHeadBytes of the head with its line ends; beyond: 431, or 414 in the first line
 * @param maxFields how many header lines; beyond: 431
 * @param maxBodyBytes of the body without its chunk framing; beyond: 413
 */
public record HttpLimits(
    int maxRequestLineBytes,
    int maxFieldLineBytes,
    int maxHeadBytes,
    int maxFields,
    long maxBodyBytes) {

  /** The limits that a server sets. */
  public enum Kind {
    HEAD_BYTES,
    BODY_BYTES
  }

  /** 8 KiB for each line, 16 KiB for a head, 100 header lines, 1 MiB for a body. */
  public static final HttpLimits DEFAULT =
      new HttpLimits(8 << 10, 8 << 10, 16 << 10, 100, 1L << 20);
}
