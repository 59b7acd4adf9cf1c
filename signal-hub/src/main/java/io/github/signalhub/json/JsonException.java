package io.github.signalhub.json;

/**
 * A text is not the JSON that was asked for: malformed (RFC 8259) or beyond a limit ({@link
 * JsonLimits}).
 *
 * <p>The message says what was expected, what was there and where. Of the text itself it shows one
 * character at most, so it may be logged. Immutable but for what every exception has.
 */
public final class JsonException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** Where in the text. */
  private final int offset;

  JsonException(String expected, String was, int offset) {
    super("expected " + expected + ", was " + was + " at offset " + offset);
    this.offset = offset;
  }

  /**
   * Returns the index of the first unexpected character, from 0. It counts {@code char}s if a
   * string was read, and bytes if bytes were.
   */
  public int offset() {
    return offset;
  }
}
