package io.github.signalhub.json;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.HexFormat;

/**
 * Reads strings, numbers and literals from a position in one text (RFC 8259 §3, §6, §7). It reads
 * each {@code char} a constant number of times. Not thread-safe.
 */
final class JsonTokens {
  /** The value that {@link #peek()} returns after the last {@code char}. */
  static final int END = -1;

  /** Every integer of so many digits fits a {@code long}. */
  private static final int SAFE_LONG_DIGITS = 18;

  private final String text;
  private final int maxDigits;
  private final boolean offsetsInBytes;
  private int pos;

  JsonTokens(String text, int maxDigits, boolean offsetsInBytes) {
    this.text = text;
    this.maxDigits = maxDigits;
    this.offsetsInBytes = offsetsInBytes;
  }

  /** Skips whitespace between tokens. */
  void skipWhitespace() {
    while (true) {
      int c = peek();
      if (c != ' ' && c != '\n' && c != '\r' && c != '\t') { // RFC 8259 §2: only these
        return;
      }
      pos++;
    }
  }

  /** Returns the current {@code char}, or {@link #END}. */
  int peek() {
    return pos < text.length() ? text.charAt(pos) : END;
  }

  /** Skips the current {@code char}. */
  void next() {
    pos++;
  }

  /** Returns the current position, for {@link #failure}. */
  int position() {
    return pos;
  }

  /** Reads {@code true}, {@code false} or {@code null}. */
  Object literal(String word, Object value) {
    for (int i = 0; i < word.length(); i++, pos++) {
      if (peek() != word.charAt(i)) {
        throw unexpected(word);
      }
    }
    return value;
  }

  /** Reads a string. The current {@code char} is its opening quote. */
  String string() {
    StringBuilder unescaped = null;
    int run = ++pos; // start of the uncopied part
    while (true) {
      int c = peek();
      if (c == '"') {
        String last = text.substring(run, pos++);
        return unescaped == null ? last : unescaped.append(last).toString();
      } else if (c == '\\') {
        if (unescaped == null) {
          unescaped = new StringBuilder();
        }
        unescaped.append(text, run, pos++);
        escape(unescaped);
        run = pos;
      } else if (c < ' ') {
        throw unexpected(c == END ? "'\"'" : "an escaped control character");
      } else {
        pos++;
        if (c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE) {
          requirePaired((char) c, pos - 1);
          requireLow(peek(), pos++);
        }
      }
    }
  }

  private void escape(StringBuilder to) {
    int c = peek();
    switch (c) {
      case '"', '\\', '/' -> to.append((char) c);
      case 'b' -> to.append('\b');
      case 'f' -> to.append('\f');
      case 'n' -> to.append('\n');
      case 'r' -> to.append('\r');
      case 't' -> to.append('\t');
      case 'u' -> {
        unicodeEscape(to);
        return;
      }
      default -> throw unexpected("one of \"\\/bfnrtu");
    }
    pos++;
  }

  /**
   * Reads a Unicode escape. RFC 8259 §7: a character beyond U+FFFF is two escapes. §8.2 warns of
   * lone surrogates, so they are refused.
   */
  private void unicodeEscape(StringBuilder to) {
    int start = pos - 1;
    char unit = hexDigits();
    to.append(unit);
    if (Character.isSurrogate(unit)) {
      requirePaired(unit, start);
      if (peek() != '\\') {
        throw unexpected("an escaped low surrogate");
      }
      int second = pos++;
      if (peek() != 'u') {
        throw unexpected("an escaped low surrogate");
      }
      char low = hexDigits();
      requireLow(low, second);
      to.append(low);
    }
  }

  private char hexDigits() {
    int unit = 0;
    for (int i = 0; i < 4; i++) {
      pos++;
      int c = peek();
      int digit = c < 0x80 ? Character.digit(c, 16) : -1; // digit() accepts all scripts
      if (digit < 0) {
        throw unexpected("a hexadecimal digit");
      }
      unit = unit << 4 | digit;
    }
    pos++;
    return (char) unit;
  }

  private void requirePaired(char unit, int at) {
    if (Character.isLowSurrogate(unit)) {
      throw failure("a high surrogate first", describe(unit), at);
    }
  }

  private void requireLow(int unit, int at) {
    if (unit < Character.MIN_LOW_SURROGATE || unit > Character.MAX_LOW_SURROGATE) {
      throw failure("a low surrogate", describe(unit), at);
    }
  }

  /** Reads a number. The current {@code char} is its sign or its first digit. */
  Object number() {
    int start = pos;
    if (peek() == '-') {
      pos++;
    }
    int first = pos;
    int digits = digits();
    if (digits > 1 && text.charAt(first) == '0') {
      throw failure("no digit after a leading zero", describe(text.charAt(first + 1)), first + 1);
    }
    boolean integer = true;
    if (peek() == '.') {
      integer = false;
      pos++;
      digits += digits();
    }
    if (digits > maxDigits) {
      throw failure("a number of at most " + maxDigits + " digits", digits + " digits", start);
    }
    if (peek() == 'e' || peek() == 'E') {
      integer = false;
      exponent(start);
    }
    if (!integer) {
      return decimal(start);
    }
    if (digits <= SAFE_LONG_DIGITS) {
      return Long.parseLong(text, start, pos, 10);
    }
    BigInteger exact = new BigInteger(text.substring(start, pos));
    return exact.bitLength() < Long.SIZE ? (Object) exact.longValue() : exact;
  }

  /** Reads a decimal that can be written and read again: {@code 10e1000} becomes 1.0E+1001. */
  private BigDecimal decimal(int start) {
    BigDecimal number = new BigDecimal(text.substring(start, pos));
    long exponent = (long) number.precision() - number.scale() - 1;
    boolean writtenWithout = number.scale() >= 0 && exponent >= -6; // see BigDecimal.toString
    if (writtenWithout ? number.scale() >= maxDigits : Math.abs(exponent) > maxDigits) {
      throw failure("an exponent of at most " + maxDigits, "a larger one", start);
    }
    return number;
  }

  private void exponent(int start) {
    pos++;
    if (peek() == '+' || peek() == '-') {
      pos++;
    }
    int from = pos;
    digits();
    int magnitude = 0;
    for (int i = from; i < pos; i++) {
      magnitude = magnitude * 10 + (text.charAt(i) - '0');
      if (magnitude > maxDigits) { // here, or it could overflow
        throw failure("an exponent of at most " + maxDigits, "a larger one", start);
      }
    }
  }

  /** Skips at least one digit, and returns the number of digits. */
  private int digits() {
    int from = pos;
    while (peek() >= '0' && peek() <= '9') {
      pos++;
    }
    if (pos == from) {
      throw unexpected("a digit");
    }
    return pos - from;
  }

  /** Returns an error that names the current {@code char}. */
  JsonException unexpected(String expected) {
    return failure(expected, describe(peek()), pos);
  }

  /** Returns an error that names the input found at a place as {@code was}. */
  JsonException failure(String expected, String was, int at) {
    return new JsonException(expected, was, offsetsInBytes ? utf8Length(at) : at);
  }

  private static String describe(int c) {
    if (c == END) {
      return "the end of the text";
    }
    return c > ' ' && c < 0x7F ? "'" + (char) c + "'" : codeUnit((char) c);
  }

  /** Returns a code unit in Unicode's notation, such as {@code U+D83D}. */
  static String codeUnit(char c) {
    return "U+" + HexFormat.of().withUpperCase().toHexDigits(c);
  }

  private int utf8Length(int chars) {
    int bytes = 0;
    for (int i = 0; i < chars; i++) {
      char c = text.charAt(i);
      bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
    }
    return bytes;
  }
}
