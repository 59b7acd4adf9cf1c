package io.github.signalhub.jdkserver.internal.http;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** The date format of HTTP, IMF-fixdate (RFC 9110 §5.6.7). Thread-safe. */
public final class HttpDate {
  private static final long MAX_EPOCH_SECOND = 253_402_300_799L; // the year has four digits
  private static final DateTimeFormatter IMF_FIXDATE =
      DateTimeFormatter.ofPattern("EEE, dd MMM uuuu HH:mm:ss 'GMT'", Locale.US)
          .withZone(ZoneOffset.UTC);

  private HttpDate() {}

  /**
   * Returns an instant as text, {@code Sun, 06 Nov 1994 08:49:37 GMT} for example.
   *
   * @param epochSecond seconds since 1970-01-01T00:00:00Z
   * @throws IllegalArgumentException if it lies before 1970 or after the year 9999
   */
  public static String format(long epochSecond) {
    if (epochSecond < 0 || epochSecond > MAX_EPOCH_SECOND) {
      throw new IllegalArgumentException("expected 1970 to 9999, was second " + epochSecond);
    }
    return IMF_FIXDATE.format(Instant.ofEpochSecond(epochSecond));
  }
}
