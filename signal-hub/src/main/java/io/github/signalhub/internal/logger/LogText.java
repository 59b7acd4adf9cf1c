package io.github.signalhub.internal.logger;

/**
 * Makes a peer's text fit for a line of a log. It can end no line, move no cursor, and turn no text
 * around. Thread-safe: it has no state.
 */
public final class LogText {
  private static final int MOST_CHARS = 200;

  private LogText() {}

  /**
   * Returns a text in which control and format characters, lone surrogates and backslashes are
   * escaped as in Java. Control characters are C0, C1, line ends of Unicode and bidi controls. Of a
   * long result about the first 200 characters are left.
   */
  public static String of(String said) {
    return of(said, MOST_CHARS);
  }

  /** As {@link #of(String)}, but of a long result about {@code mostChars} characters are left. */
  static String of(String said, int mostChars) {
    StringBuilder text = new StringBuilder();
    int i = 0;
    for (int c; i < said.length() && text.length() < mostChars; i += Character.charCount(c)) {
      c = said.codePointAt(i);
      if (c == '\\') {
        text.append("\\\\");
      } else if (isSafe(c)) {
        text.appendCodePoint(c);
      } else {
        text.append(String.format("\\u%04x", c));
      }
    }
    return i < said.length() ? text.append('\u2026').toString() : text.toString();
  }

  /** Returns whether a text can stand in a log as it is. Backslashes can. */
  static boolean isSafe(String text, int mostChars) {
    return text.length() <= mostChars && text.codePoints().allMatch(LogText::isSafe);
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
