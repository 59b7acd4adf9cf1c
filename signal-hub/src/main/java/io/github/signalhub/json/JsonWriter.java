package io.github.signalhub.json;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.SignStyle;
import java.time.temporal.ChronoField;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAccumulator;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * Turns one value into one text (RFC 8259). It recurses into containers, to a depth that any stack
 * holds. Not thread-safe: one instance writes one text.
 *
 * <p>It collects {@code char}s, not bytes. As long as they are ASCII, a {@code StringBuilder} holds
 * one byte for each. It copies runs without escapes as a block, and its encoding is a block copy,
 * too.
 */
final class JsonWriter {
  /**
   * Four times the depth that is read by default, so that a value that was read can be wrapped and
   * sent on.
   */
  private static final int MAX_DEPTH = 256;

  /**
   * As {@link LocalDate} writes its year. The texts of {@link Year} and {@link YearMonth} have no
   * sign beyond 9999. The former has no zeros in front. ISO 8601 asks for both.
   */
  private static final DateTimeFormatter YEAR =
      new DateTimeFormatterBuilder()
          .appendValue(ChronoField.YEAR, 4, 10, SignStyle.EXCEEDS_PAD)
          .toFormatter(Locale.ROOT);

  private static final DateTimeFormatter YEAR_MONTH =
      new DateTimeFormatterBuilder()
          .append(YEAR)
          .appendLiteral('-')
          .appendValue(ChronoField.MONTH_OF_YEAR, 2)
          .toFormatter(Locale.ROOT);

  /**
   * Final classes that are written as their own text. Of others, {@code toString} is not trusted.
   */
  private static final Set<Class<?>> WRITTEN_AS_THEIR_TEXT =
      Set.of(
          Instant.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          OffsetTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class,
          MonthDay.class,
          Duration.class,
          Period.class,
          UUID.class,
          URI.class);

  private static final Set<Class<?>> INTEGERS =
      Set.of(
          Byte.class,
          Short.class,
          Integer.class,
          Long.class,
          AtomicInteger.class,
          AtomicLong.class,
          LongAdder.class,
          LongAccumulator.class);

  private static final Set<Class<?>> FLOATS =
      Set.of(Float.class, Double.class, DoubleAdder.class, DoubleAccumulator.class);

  private final StringBuilder out = new StringBuilder(256);

  /** An open container and the place in it: the key of a map, else the index. */
  private Object[] open = new Object[8];

  private String[] keys = new String[8];
  private int[] indexes = new int[8];
  private int depth;

  /** Returns the text so far. */
  @Override
  public String toString() {
    return out.toString();
  }

  JsonWriter value(Object optional) {
    Object value = optional;
    while (isOptional(value)) {
      value = unwrap(value);
    }
    if (value == null) {
      out.append("null");
    } else if (value instanceof String text) {
      string(text);
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Boolean) {
      out.append((boolean) value);
    } else if (value instanceof Record record) {
      record(record);
    } else if (value instanceof Map<?, ?> map) {
      map(map);
    } else if (value instanceof Collection<?> elements) {
      collection(elements);
    } else if (value.getClass().isArray()) {
      array(value);
    } else if (value instanceof RawJson) {
      out.append(value);
    } else {
      String text = text(value);
      if (text == null) {
        throw unsupported(value);
      }
      string(text);
    }
    return this;
  }

  /** Returns the text that a value is written as; {@code null} if it is not written as a text. */
  private static String text(Object value) {
    if (value instanceof Enum<?> constant) {
      return constant.name();
    } else if (value instanceof CharSequence || value instanceof Character) {
      return value.toString();
    } else if (value instanceof Year year) {
      return YEAR.format(year);
    } else if (value instanceof YearMonth month) {
      return YEAR_MONTH.format(month);
    } else if (value instanceof ZoneId zone) {
      return zone.getId();
    }
    return WRITTEN_AS_THEIR_TEXT.contains(value.getClass()) ? value.toString() : null;
  }

  private void string(String text) {
    try {
      JsonString.write(text, out);
    } catch (IllegalArgumentException e) {
      throw refused(e.getMessage());
    }
  }

  private void number(Number number) {
    Class<?> type = number.getClass();
    if (INTEGERS.contains(type)) {
      out.append(number.longValue());
    } else if (FLOATS.contains(type)) {
      double value = number.doubleValue(); // once: an adder may change meanwhile
      if (!Double.isFinite(value)) {
        throw refused("expected a finite number, was " + value);
      }
      if (type == Float.class) {
        out.append((float) value); // as a double, 0.1f would grow digits
      } else {
        out.append(value);
      }
    } else if (type == BigInteger.class || type == BigDecimal.class) {
      out.append(number); // both texts are JSON; BigDecimal's is scientific before it gets long
    } else {
      throw unsupported(number);
    }
  }

  private void record(Record record) {
    open('{', record);
    RecordShape shape = RecordShape.of(record.getClass());
    if (shape.tag() != null) {
      out.append(shape.tag());
    }
    for (int i = 0; i < shape.size(); i++) {
      indexes[depth - 1] = i;
      Object value = shape.value(record, i);
      if (!isOptional(value) || unwrap(value) != null) {
        separate();
        out.append(shape.name(i));
        value(value);
      }
    }
    close('}');
  }

  private void map(Map<?, ?> map) {
    open('{', map);
    Set<String> names = null;
    for (Object key : map.keySet()) {
      if (!(key instanceof String)) {
        names = new HashSet<>(); // a map keeps strings apart, but not 1 from "1"
        break;
      }
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      keys[depth - 1] = null;
      String name = name(entry.getKey());
      keys[depth - 1] = name;
      if (names != null && !names.add(name)) {
        throw refused("expected keys of different text, was one text twice");
      }
      separate();
      string(name);
      out.append(':');
      value(entry.getValue());
    }
    close('}');
  }

  private String name(Object key) {
    if (key instanceof String text) {
      return text;
    }
    boolean integer =
        key != null && (INTEGERS.contains(key.getClass()) || key.getClass() == BigInteger.class);
    boolean none = key == null || key instanceof Record || key instanceof Map;
    String name = integer ? key.toString() : none || key instanceof Collection ? null : text(key);
    if (name == null) {
      throw refused(
          "expected a key that is an integer or is written as text when it is a value, was "
              + (key == null ? "null" : key.getClass().getName()));
    }
    return name;
  }

  private void collection(Collection<?> elements) {
    open('[', elements);
    int index = 0;
    for (Object element : elements) {
      indexes[depth - 1] = index++;
      separate();
      value(element);
    }
    close(']');
  }

  private void array(Object array) {
    open('[', array);
    int length = Array.getLength(array);
    for (int i = 0; i < length; i++) {
      indexes[depth - 1] = i;
      separate();
      value(Array.get(array, i));
    }
    close(']');
  }

  private void open(char bracket, Object container) {
    for (int i = 0; i < depth; i++) {
      if (open[i] == container) {
        throw refused(
            "expected a value that does not contain itself, was " + container.getClass().getName());
      }
    }
    if (depth == MAX_DEPTH) {
      throw refused(
          "expected at most "
              + MAX_DEPTH
              + " levels, was one more, of "
              + container.getClass().getName());
    }
    if (depth == open.length) {
      open = Arrays.copyOf(open, depth * 2);
      keys = Arrays.copyOf(keys, depth * 2);
      indexes = Arrays.copyOf(indexes, depth * 2);
    }
    open[depth] = container;
    keys[depth] = null;
    indexes[depth] = 0;
    depth++;
    out.append(bracket);
  }

  private void close(char bracket) {
    depth--;
    out.append(bracket);
  }

  /** Sets a comma, unless the next value is the first in its container. */
  private void separate() {
    char last = out.charAt(out.length() - 1);
    if (last != '{' && last != '[') { // no finished value ends in either
      out.append(',');
    }
  }

  private static boolean isOptional(Object value) {
    return value instanceof Optional
        || value instanceof OptionalInt
        || value instanceof OptionalLong
        || value instanceof OptionalDouble;
  }

  /** Returns its value, or {@code null}. */
  private static Object unwrap(Object optional) {
    if (optional instanceof OptionalInt number) {
      return number.isPresent() ? number.getAsInt() : null;
    } else if (optional instanceof OptionalLong number) {
      return number.isPresent() ? number.getAsLong() : null;
    } else if (optional instanceof OptionalDouble number) {
      return number.isPresent() ? number.getAsDouble() : null;
    }
    return ((Optional<?>) optional).orElse(null);
  }

  private IllegalArgumentException unsupported(Object value) {
    return refused(
        "expected null, a Boolean, text, a number of the JDK, an enum constant, a record, a Map, a"
            + " Collection, an array, an Optional, a type of java.time with an ISO text, a UUID, a"
            + " URI or RawJson, was "
            + value.getClass().getName(),
        " (if it has a JSON text, pass RawJson.of(text))");
  }

  private IllegalArgumentException refused(String what) {
    return refused(what, "");
  }

  private IllegalArgumentException refused(String what, String wayOut) {
    return new IllegalArgumentException(what + " at " + place() + wayOut);
  }

  private String place() {
    JsonPath place = new JsonPath();
    for (int i = 0; i < depth; i++) {
      place.enter();
      if (open[i] instanceof Record record) {
        place.component(record.getClass().getRecordComponents()[indexes[i]].getName());
      } else if (!(open[i] instanceof Map)) {
        place.index(indexes[i]);
      } else if (keys[i] != null) {
        place.key(keys[i]);
      } else {
        place.leave(); // between two keys
      }
    }
    return place.toString();
  }
}
