package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.http.HttpDate;

/** The current time as the text of a Date field. It is formatted once a second. Thread-safe. */
public final class HttpClock {
  private volatile Second current = new Second(-1, "");

  private record Second(long epochSecond, String text) {}

  /** Returns the current time (RFC 9110 §6.6.1). */
  String date() {
    long now = System.currentTimeMillis() / 1000;
    Second second = current;
    if (second.epochSecond() != now) {
      second = new Second(now, HttpDate.format(now));
      current = second;
    }
    return second.text();
  }
}
