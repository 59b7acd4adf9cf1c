package io.github.signalhub.json;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * Reads and writes JSON (RFC 8259), strictly.
 *
 * <p><b>Read</b>, a text becomes plain values, unmodifiable all the way down:
 *
 * <table>
 *   <caption>What is read as what</caption>
 *   <tr><th>JSON</th><th>Java</th></tr>
 *   <tr><td>object</td><td>{@code Map<String, Object>} in the text's order</td></tr>
 *   <tr><td>array</td><td>{@code List<Object>}</td></tr>
 *   <tr><td>string, {@code true}, {@code false}</td><td>{@code String}, {@code Boolean}</td></tr>
 *   <tr><td>integer</td><td>{@code Long}, or {@code BigInteger} where 64 bits are too few</td></tr>
 *   <tr><td>number with a fraction or an exponent</td><td>{@code BigDecimal}</td></tr>
 *   <tr><td>{@code null}</td><td>{@code null}, also within maps and lists</td></tr>
 * </table>
 *
 * <p>Numbers are exact, but for the sign of a zero: {@code -0} is 0. Refused are, besides what the
 * grammar excludes: a byte order mark, a name that an object has twice, a surrogate without its
 * other half (escaped or not), malformed UTF-8, and what is beyond a limit.
 *
 * <p><b>Written</b>, with nothing to configure, are
 *
 * <ul>
 *   <li>{@code null}, {@code Boolean}, {@code CharSequence}, {@code Character}, {@link RawJson};
 *   <li>the JDK's numbers, decimal ones in scientific form where they would be long;
 *   <li>enum constants by name; {@code UUID}, {@code URI}, and of {@code java.time} dates, times,
 *       {@code Instant}, {@code Duration} and {@code Period} in their own (ISO 8601) text;
 *   <li>records, component by component (a record of a named module has to be public in an exported
 *       package, or its package open to this module);
 *   <li>maps, whose keys are text, enum constants or integers;
 *   <li>every {@code Iterable} and every array: a {@code byte[]} too is an array of numbers;
 *   <li>{@code Optional} and its primitive kin: the value; if empty, {@code null}, except that a
 *       record leaves the component out.
 * </ul>
 *
 * <p>What is written is valid UTF-8 on one line, also when read as JavaScript: U+2028 and U+2029
 * are escaped. Stateless and thread-safe.
 */
public final class Json {
  private Json() {}

  /**
   * Reads a text within {@link JsonLimits#DEFAULT}.
   *
   * @return the value; {@code null} for the text {@code null}
   * @throws JsonException if the text is not one JSON value, or is beyond a limit
   */
  public static Object parse(String text) {
    return parse(text, JsonLimits.DEFAULT);
  }

  /**
   * Reads a text.
   *
   * @return the value; {@code null} for the text {@code null}
   * @throws JsonException if the text is not one JSON value, or is beyond a limit
   */
  public static Object parse(String text, JsonLimits limits) {
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(limits, "limits");
    return JsonReader.read(text, limits);
  }

  /**
   * Reads a text in UTF-8 within {@link JsonLimits#DEFAULT}.
   *
   * @param utf8 the text; only read, and not kept
   * @return the value; {@code null} for the text {@code null}
   * @throws JsonException if the text is not one JSON value in UTF-8, or is beyond a limit
   */
  public static Object parse(byte[] utf8) {
    return parse(utf8, JsonLimits.DEFAULT);
  }

  /**
   * Reads a text in UTF-8.
   *
   * @param utf8 the text; only read, and not kept
   * @return the value; {@code null} for the text {@code null}
   * @throws JsonException if the text is not one JSON value in UTF-8, or is beyond a limit
   */
  public static Object parse(byte[] utf8, JsonLimits limits) {
    Objects.requireNonNull(utf8, "utf8");
    Objects.requireNonNull(limits, "limits");
    return JsonReader.read(utf8, limits);
  }

  /**
   * Writes a value as text.
   *
   * @param value see above for what is written how; may be {@code null}
   * @throws IllegalArgumentException if JSON has no place for something in it: an unsupported
   *     class, NaN or an infinity, a lone surrogate, a map with two keys of the same text; or if it
   *     is nested more than 256 levels deep, as cycles are
   */
  public static String write(Object value) {
    return new JsonWriter().value(value).toString();
  }

  /**
   * Writes a value as text in UTF-8.
   *
   * @param value see above for what is written how; may be {@code null}
   * @return the text; belongs to the caller
   * @throws IllegalArgumentException as {@link #write(Object)} does
   */
  public static byte[] writeBytes(Object value) {
    return write(value).getBytes(StandardCharsets.UTF_8);
  }
}
