package io.github.signalhub.json;

/**
 * Thrown for a text that is not valid JSON (RFC 8259) or is beyond a limit ({@link JsonLimits}).
 *
 * <p>The message states the expected input, the input found, and its place. It shows at most one
 * character of the text, so it may be logged. Immutable, except for the state of every exception.
 */
public final class JsonException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The place in the text. */
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
