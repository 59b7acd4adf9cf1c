package io.github.signalhub.json;

import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes JSON (RFC 8259), strictly.
 *
 * <p><b>Read</b>, a text becomes plain values, unmodifiable all the way down:
 *
 * <table>
 *   <caption>The Java value of each JSON value</caption>
 *   <tr><th>JSON</th><th>Java</th></tr>
 *   <tr><td>object</td><td>{@code Map<String, Object>} in the text's order</td></tr>
 *   <tr><td>array</td><td>{@code List<Object>}</td></tr>
 *   <tr><td>string, {@code true}, {@code false}</td><td>{@code String}, {@code Boolean}</td></tr>
 *   <tr><td>integer</td><td>{@code Long}, or {@code BigInteger} where 64 bits are too few</td></tr>
 *   <tr><td>number with a fraction or an exponent</td><td>{@code BigDecimal}</td></tr>
 *   <tr><td>{@code null}</td><td>{@code null}, also within maps and lists</td></tr>
 * </table>
 *
 * <p>Numbers are exact, but for the sign of a zero: {@code -0} is 0. The reader refuses all that
 * the grammar excludes. It also refuses a byte order mark, malformed UTF-8, and texts beyond a
 * limit. It refuses a name that an object has twice, and a surrogate without its other half,
 * escaped or not. A name that comes twice is refused (RFC 7493 §2.3) because readers differ in
 * which value they take. One of them would check another value than the next one uses.
 *
 * <p><b>Written</b>, with nothing to configure, are the types of this table and no others. Where
 * several rows fit, the first one counts.
 *
 * <table>
 *   <caption>The JSON text of each Java value</caption>
 *   <tr><th>Java</th><th>JSON</th><th>as a key of a map</th></tr>
 *   <tr><td>{@code null}</td><td>{@code null}</td><td>refused</td></tr>
 *   <tr><td>{@code Optional} and its primitive kin</td><td>the value; if empty, {@code null}, except
 *     that a record leaves the component out</td><td>refused</td></tr>
 *   <tr><td>{@code Byte}, {@code Short}, {@code Integer}, {@code Long}, {@code BigInteger}, {@code
 *     AtomicInteger}, {@code AtomicLong}, {@code LongAdder}, {@code LongAccumulator}</td><td>number
 *     </td><td>its digits</td></tr>
 *   <tr><td>{@code Float}, {@code Double}, {@code BigDecimal}, {@code DoubleAdder}, {@code
 *     DoubleAccumulator}</td><td>number, in scientific form where it would be long</td>
 *     <td>refused: one number has several texts</td></tr>
 *   <tr><td>{@code Boolean}</td><td>{@code true}, {@code false}</td><td>refused</td></tr>
 *   <tr><td>records</td><td>object, component by component</td><td>refused</td></tr>
 *   <tr><td>{@code Map}</td><td>object, in the map's order</td><td>refused</td></tr>
 *   <tr><td>{@code Collection}, every array (a {@code byte[]} is an array of numbers)</td>
 *     <td>array</td><td>refused</td></tr>
 *   <tr><td>{@link RawJson}</td><td>its text as it stands</td><td>refused</td></tr>
 *   <tr><td>enum constants</td><td>string: the name</td><td>the same</td></tr>
 *   <tr><td>{@code String} and every {@code CharSequence}, {@code Character}</td><td>string</td>
 *     <td>the same</td></tr>
 *   <tr><td>{@code Instant}, {@code LocalDate}, {@code LocalTime}, {@code LocalDateTime}, {@code
 *     OffsetTime}, {@code OffsetDateTime}, {@code ZonedDateTime}, {@code Year}, {@code YearMonth},
 *     {@code MonthDay}, {@code Duration}, {@code Period}, {@code ZoneOffset}</td><td>string: ISO 8601
 *     </td><td>the same</td></tr>
 *   <tr><td>other {@code ZoneId}s, {@code UUID}, {@code URI}</td><td>string: their own text</td>
 *     <td>the same</td></tr>
 * </table>
 *
 * <p>Any other type is refused, with its class and its place in the value, a JSONPath (RFC 9535)
 * such as {@code $.lines[3]['a key']}. An {@code Iterable} that is no {@code Collection} is refused
 * too: a {@code Path} is one, and so are the trees of other JSON libraries. Their JSON text is
 * written by {@link RawJson}. Two keys of one map that have the same text are refused.
 *
 * <p>A record of a named module has to be public in an exported package, or its package open to
 * this module. So must the records that its components declare. {@link #checkWritable} tells that
 * early.
 *
 * <p><b>Sealed interfaces.</b> A record that implements one is written with a first member {@code
 * "type"}: the simple name of its class. So a reader can tell the records of the interface apart. A
 * record that has a component {@code type} is written without that member.
 *
 * <p><b>Read as a class</b> by {@link #read} and {@link #convert}, the same table holds from right
 * to left: what is written of a class is read back as this class. In detail:
 *
 * <ul>
 *   <li>Records: each component takes the member of its name. Other members are ignored. A member
 *       that is missing is an error, except for an {@code Optional}, which is empty. {@code null}
 *       is {@code null}, an empty {@code Optional}, or an error if the component is primitive. Type
 *       arguments are followed: {@code List<Order>} is read as orders.
 *   <li>Numbers: the value counts, not its spelling. {@code 10} and {@code 10.0} are read as {@code
 *       int}, {@code double} and {@code BigDecimal}. A value beyond the range of the class is an
 *       error, and so is a fraction for an integer. {@code double} and {@code float} round.
 *   <li>{@code List}, {@code Collection}, {@code Set} and {@code Map} are read unmodifiable, in the
 *       order of the text. {@code SortedSet}, {@code SortedMap}, {@code Queue}, {@code Deque},
 *       {@code EnumSet}, {@code EnumMap} and classes with a public constructor without parameters
 *       are read as such. Arrays and {@code Object} are read, too: {@code Object} is what {@link
 *       #parse(String)} returns.
 *   <li>A {@code Set} whose elements a hash table cannot order, such as records, has at most 1,000
 *       of them, and a {@code Map} with such keys as many. A peer may choose elements of one hash
 *       code, and each is then compared with all others. Elements whose class itself implements
 *       {@code Comparable}, and those of a {@code SortedSet}, have no such limit.
 *   <li>A sealed interface is read as the record that {@code "type"} names, or as a constant of an
 *       enum that implements it. All its implementations have to be records without a component
 *       {@code type} and enums.
 *   <li>{@code LongAccumulator} and {@code DoubleAccumulator} are written, but not read.
 * </ul>
 *
 * <p><b>Integers beyond 2<sup>53</sup> − 1</b> are written exactly, but JavaScript reads them
 * rounded: {@code 9007199254740993} arrives as {@code 9007199254740992}. Send such ids as text:
 * {@code Long.toString(id)}.
 *
 * <p>The text is valid UTF-8 on one line, also when it is read as JavaScript: U+2028 and U+2029 are
 * escaped. Stateless and thread-safe.
 */
public final class Json {
  private Json() {}

  /**
   * Reads a text within {@link JsonLimits#DEFAULT}.
   *
   * @return the value; {@code null} for the text {@code null}
   * @throws JsonException if the text is not one JSON value, or is beyond a limit
   */
  public static @Nullable Object parse(String text) {
    return parse(text, JsonLimits.DEFAULT);
  }

  /**
   * Reads a text.
   *
   * @return the value; {@code null} for the text {@code null}
   * @throws JsonException if the text is not one JSON value, or is beyond a limit
   */
  public static @Nullable Object parse(String text, JsonLimits limits) {
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
  public static @Nullable Object parse(byte[] utf8) {
    return parse(utf8, JsonLimits.DEFAULT);
  }

  /**
   * Reads a text in UTF-8.
   *
   * @param utf8 the text; only read, and not kept
   * @return the value; {@code null} for the text {@code null}
   * @throws JsonException if the text is not one JSON value in UTF-8, or is beyond a limit
   */
  public static @Nullable Object parse(byte[] utf8, JsonLimits limits) {
    Objects.requireNonNull(utf8, "utf8");
    Objects.requireNonNull(limits, "limits");
    return JsonReader.read(utf8, limits);
  }

  /**
   * Reads a text within {@link JsonLimits#DEFAULT} as an object of a class.
   *
   * @return the object; {@code null} for the text {@code null}, unless the class is an {@code
   *     Optional}
   * @throws JsonException if the text is not one JSON value, or is beyond a limit
   * @throws JsonTypeException if the value does not fit the class
   * @throws IllegalArgumentException as {@link #checkReadable} does
   */
  public static <T> @Nullable T read(String text, Class<T> type) {
    Objects.requireNonNull(type, "type");
    return convert(parse(text), type);
  }

  /**
   * Turns a value that {@link #parse(String)} returned into an object of a class.
   *
   * @param value the value; may be {@code null}
   * @return the object; {@code null} for {@code null}, unless the class is an {@code Optional}
   * @throws JsonTypeException if the value does not fit the class
   * @throws IllegalArgumentException as {@link #checkReadable} does
   */
  @SuppressWarnings("unchecked") // a primitive class has no objects, but its box has
  public static <T> @Nullable T convert(@Nullable Object value, Class<T> type) {
    return (T) JsonBinder.read(value, Objects.requireNonNull(type, "type"));
  }

  /**
   * Finds out whether objects of a class can be read, and those of the classes that it declares. A
   * program that calls this where it introduces its types learns of a mistake at its start, and not
   * at its first message.
   *
   * @throws IllegalArgumentException if the class, or one that it declares, is none of those that
   *     are read, or if a module does not let this one call the constructor of a record
   */
  public static void checkReadable(Class<?> type) {
    JsonBinder.check(Objects.requireNonNull(type, "type"));
  }

  /**
   * Finds out whether records of a class can be read for writing, and those that its components
   * declare. A program may call this where it introduces its types. Then it learns of a missing
   * line in its {@code module-info} at its start, and not at its first message.
   *
   * @throws IllegalArgumentException if a module does not let this one read a record; the message
   *     names the line to add
   */
  public static void checkWritable(Class<? extends Record> type) {
    RecordShape.of(Objects.requireNonNull(type, "type"));
  }

  /**
   * Writes a value as text.
   *
   * @param value a value of the types above; may be {@code null}
   * @throws IllegalArgumentException if something in it cannot be written: an unsupported class,
   *     NaN or an infinity, a lone surrogate, or two keys of a map with the same text. Also if a
   *     value contains itself, or is nested more than 256 levels deep
   */
  public static String write(@Nullable Object value) {
    return new JsonWriter().value(value).toString();
  }

  /**
   * Writes a value as text in UTF-8.
   *
   * @param value a value of the types above; may be {@code null}
   * @return the text; belongs to the caller
   * @throws IllegalArgumentException as {@link #write(Object)} does
   */
  public static byte[] writeBytes(@Nullable Object value) {
    return write(value).getBytes(StandardCharsets.UTF_8);
  }
}
