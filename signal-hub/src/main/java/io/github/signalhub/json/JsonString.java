package io.github.signalhub.json;

import java.util.HexFormat;

/** Writes strings (RFC 8259 §7). Stateless. */
final class JsonString {
  private JsonString() {}

  /**
   * Writes a text as a JSON string.
   *
   * @throws IllegalArgumentException if it has a surrogate without its other half
   */
  static void write(String text, StringBuilder out) {
    out.append('"');
    int run = 0; // the start of the part that is not copied yet
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c >= Character.MIN_SURROGATE) {
        if (Character.isSurrogate(c)) {
          requirePair(text, i++);
        }
      } else if (c < ' ' || c == '"' || c == '\\' || c == '\u2028' || c == '\u2029') {
        out.append(text, run, i);
        escape(c, out);
        run = i + 1;
      }
    }
    out.append(text, run, text.length()).append('"');
  }

  private static void escape(char c, StringBuilder out) {
    out.append('\\');
    switch (c) {
      case '"', '\\' -> out.append(c);
      case '\b' -> out.append('b');
      case '\f' -> out.append('f');
      case '\n' -> out.append('n');
      case '\r' -> out.append('r');
      case '\t' -> out.append('t');
      default -> out.append('u').append(HexFormat.of().toHexDigits(c));
    }
  }

  /** Refuses a lone surrogate. It has no UTF-8, and readers refuse its escape (RFC 8259 §8.2). */
  private static void requirePair(String text, int high) {
    if (!Character.isHighSurrogate(text.charAt(high))
        || high + 1 == text.length()
        || !Character.isLowSurrogate(text.charAt(high + 1))) {
      throw new IllegalArgumentException(
          "expected surrogates in pairs, was a lone "
              + JsonTokens.codeUnit(text.charAt(high))
              + " at index "
              + high);
    }
  }
}
