package io.github.signalhub.jdkserver.internal.http;

/** Which characters may stand where in a head (RFC 9110 §5.5 and §5.6, RFC 3986 §2). */
public final class HttpChars {
  private static final boolean[] TOKEN = table("!#$%&'*+-.^_`|~");
  private static final boolean[] REG_NAME = table("-._~!$&'()*+;=");

  private HttpChars() {}

  private static boolean[] table(String others) {
    boolean[] table = new boolean[128];
    for (char c = 0; c < 128; c++) {
      table[c] =
          (c >= '0' && c <= '9')
              || (c >= 'A' && c <= 'Z')
              || (c >= 'a' && c <= 'z')
              || others.indexOf(c) >= 0;
    }
    return table;
  }

  static boolean isToken(int c) {
    return c >= 0 && c < 128 && TOKEN[c];
  }

  /** Returns whether a text is a token (RFC 9110 §5.6.2). */
  public static boolean isToken(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isToken(text.charAt(i))) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  /** Returns a text without the spaces and tabs around it (RFC 9110 §5.6.3). */
  public static String trim(String text) {
    int from = 0;
    int to = text.length();
    while (from < to && isBlank(text.charAt(from))) {
      from++;
    }
    while (from < to && isBlank(text.charAt(to - 1))) {
      to--;
    }
    return text.substring(from, to);
  }

  static boolean isBlank(int c) {
    return c == ' ' || c == '\t';
  }

  /**
   * Returns whether a field's value may have this character: visible ASCII, obs-text, space and tab
   * (RFC 9110 §5.5).
   */
  static boolean isFieldValue(int c) {
    return c == '\t' || (c >= ' ' && c != 0x7F && c <= 0xFF);
  }

  static boolean isFieldValue(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (!isFieldValue(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  /**
   * Returns whether a host's name may have this character (RFC 3986 §3.2.2). The comma is left out:
   * a field with a comma is more likely two Host fields that were joined. Escapes are checked
   * elsewhere.
   */
  static boolean isRegName(int c) {
    return c >= 0 && c < 128 && REG_NAME[c];
  }

  static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  /** Returns the value of a hexadecimal digit, -1 if it is none. */
  static int hexValue(int c) {
    if (isDigit(c)) {
      return c - '0';
    }
    int lower = c | 0x20;
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
}
