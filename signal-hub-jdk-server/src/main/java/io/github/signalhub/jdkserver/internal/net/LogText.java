package io.github.signalhub.jdkserver.internal.net;

/**
 * Makes what a peer said fit to stand in a line of a log: it can end no line, move no cursor, and
 * turn no text around. Thread-safe: it has no state.
 */
final class LogText {
  private static final int MOST_CHARS = 200;

  private LogText() {}

  /**
   * Returns a text in which control and format characters (C0, C1, line ends of Unicode, bidi
   * controls), lone surrogates and backslashes are escaped as in Java. Of a long text the first 200
   * characters are left.
   */
  static String of(String said) {
    StringBuilder text = new StringBuilder();
    int end = Math.min(said.length(), MOST_CHARS);
    for (int i = 0; i < end; i += Character.charCount(said.codePointAt(i))) {
      int c = said.codePointAt(i);
      if (c == '\\') {
        text.append("\\\\");
      } else if (isSafe(c)) {
        text.appendCodePoint(c);
      } else {
        text.append(String.format("\\u%04x", c));
      }
    }
    return end < said.length() ? text.append('\u2026').toString() : text.toString();
  }

  private static boolean isSafe(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED ->
          false;
      default -> true;
    };
  }
}
