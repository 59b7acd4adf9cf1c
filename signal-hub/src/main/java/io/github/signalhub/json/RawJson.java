package io.github.signalhub.json;

import org.jspecify.annotations.Nullable;

/**
 * JSON text that {@link Json} writes unchanged, as a whole value or within another one.
 *
 * <p>The strict reader of {@link Json#parse(String)} checks it once, when it is made. So it cannot
 * break the text around it. Two things are changed so that {@link Json} always writes one line. A
 * line break between tokens becomes a space. U+2028 and U+2029 within strings are escaped. The
 * meaning stays. Immutable.
 */
public final class RawJson {
  private final String text;

  private RawJson(String text) {
    this.text = text;
  }

  /**
   * Checks a text within {@link JsonLimits#DEFAULT}.
   *
   * @throws JsonException if it is not one JSON value, or is beyond a limit
   */
  public static RawJson of(String text) {
    return of(text, JsonLimits.DEFAULT);
  }

  /**
   * Checks a text.
   *
   * @throws JsonException if it is not one JSON value, or is beyond a limit
   */
  public static RawJson of(String text, JsonLimits limits) {
    Json.parse(text, limits);
    // A strict text has unescaped CR and LF only between tokens, and U+2028 and U+2029 only within
    // strings.
    return new RawJson(
        text.replace('\n', ' ')
            .replace('\r', ' ')
            .replace("\u2028", "\\u2028")
            .replace("\u2029", "\\u2029"));
  }

  /** Returns whether the other object has the same text. Equal values may have different texts. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RawJson raw && raw.text.equals(text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** Returns the text. */
  @Override
  public String toString() {
    return text;
  }
}
