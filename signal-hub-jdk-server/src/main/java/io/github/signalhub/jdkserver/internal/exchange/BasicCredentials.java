package io.github.signalhub.jdkserver.internal.exchange;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The credentials of the Basic scheme (RFC 7617 §2). */
final class BasicCredentials {
  private static final String SCHEME = "Basic ";

  private BasicCredentials() {}

  /**
   * Returns whether a field names the Basic scheme, but holds no Base64 of a name, a colon and a
   * password.
   *
   * @param authorization the value of the field; {@code null} if there is none
   */
  static boolean areMalformed(String authorization) {
    if (authorization == null
        || !authorization.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
      return false;
    }
    try {
      byte[] decoded = Base64.getDecoder().decode(authorization.substring(SCHEME.length()));
      return new String(decoded, StandardCharsets.ISO_8859_1).indexOf(':') < 0;
    } catch (IllegalArgumentException e) {
      return true;
    }
  }
}
