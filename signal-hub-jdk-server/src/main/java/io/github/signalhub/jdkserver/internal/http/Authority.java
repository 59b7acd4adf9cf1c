package io.github.signalhub.jdkserver.internal.http;

import java.net.URI;
import java.net.URISyntaxException;

/** The syntax of {@code host[:port]} (RFC 9110 §7.2, RFC 3986 §3.2). */
final class Authority {
  private static final int MAX_PORT = 65_535;

  private Authority() {}

  /**
   * Returns whether the text is a host that is not empty, with or without a port of 0 to 65535. An
   * empty port is the default one (RFC 3986 §3.2.3). User information is not allowed.
   */
  static boolean isValid(String text) {
    int end = text.startsWith("[") ? endOfIpLiteral(text) : endOfRegName(text);
    return end > 0 && (end == text.length() || isPort(text, end));
  }

  private static int endOfIpLiteral(String text) {
    int close = text.indexOf(']');
    if (close < 3) { // "::" is the shortest address
      return -1;
    }
    for (int i = 1; i < close; i++) {
      char c = text.charAt(i);
      if (c != ':' && c != '.' && HttpChars.hexValue(c) < 0) { // no zone either (RFC 9110 §4.2)
        return -1;
      }
    }
    try {
      new URI("http://" + text.substring(0, close + 1));
      return close + 1;
    } catch (URISyntaxException e) {
      return -1;
    }
  }

  private static int endOfRegName(String text) {
    int i = 0;
    while (i < text.length() && text.charAt(i) != ':') {
      if (text.charAt(i) == '%') {
        if (i + 2 >= text.length()
            || HttpChars.hexValue(text.charAt(i + 1)) < 0
            || HttpChars.hexValue(text.charAt(i + 2)) < 0) {
          return -1;
        }
        i += 3;
      } else if (HttpChars.isRegName(text.charAt(i))) {
        i++;
      } else {
        return -1;
      }
    }
    return i;
  }

  private static boolean isPort(String text, int colon) {
    if (text.charAt(colon) != ':') {
      return false;
    }
    int port = 0;
    for (int i = colon + 1; i < text.length(); i++) {
      if (!HttpChars.isDigit(text.charAt(i))) {
        return false;
      }
      port = port * 10 + text.charAt(i) - '0';
      if (port > MAX_PORT) {
        return false;
      }
    }
    return true;
  }
}
