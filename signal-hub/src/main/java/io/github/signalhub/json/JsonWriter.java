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
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.YearMonth;
import java.time.ZonedDateTime;
import java.util.HashSet;
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
 * <p>It collects {@code char}s, not bytes: as long as they are ASCII, a {@code StringBuilder} holds
 * one byte for each, copies what needs no escape as a block, and its encoding is a block copy too.
 */
final class JsonWriter {
  /** Four times what is read by default, so that what has been read can be wrapped and sent on. */
  private static final int MAX_DEPTH = 256;

  /** Final classes whose own text is what is wanted. Of others, {@code toString} is not trusted. */
  private static final Set<Class<?>> WRITTEN_AS_THEIR_TEXT =
      Set.of(
          Instant.class,
          LocalDate.class,
          LocalTime.class,
          LocalDateTime.class,
          OffsetTime.class,
          OffsetDateTime.class,
          ZonedDateTime.class,
          YearMonth.class,
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
  private int depth;

  /** Returns what has been written. */
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
      JsonString.write(text, out);
    } else if (value instanceof Number number) {
      number(number);
    } else if (value instanceof Boolean) {
      out.append((boolean) value);
    } else if (value instanceof Record record) {
      record(record);
    } else if (value instanceof Map<?, ?> map) {
      map(map);
    } else if (value instanceof Iterable<?> elements) {
      iterable(elements);
    } else if (value instanceof Enum<?> constant) {
      JsonString.write(constant.name(), out);
    } else if (value instanceof CharSequence || value instanceof Character) {
      JsonString.write(value.toString(), out);
    } else if (value instanceof RawJson) {
      out.append(value);
    } else if (value.getClass().isArray()) {
      array(value);
    } else if (WRITTEN_AS_THEIR_TEXT.contains(value.getClass())) {
      JsonString.write(value.toString(), out);
    } else {
      throw unsupported(value);
    }
    return this;
  }

  private void number(Number number) {
    Class<?> type = number.getClass();
    if (INTEGERS.contains(type)) {
      out.append(number.longValue());
    } else if (FLOATS.contains(type)) {
      double value = number.doubleValue(); // once: an adder may change meanwhile
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("expected a finite number, was " + value);
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
    open('{');
    RecordShape shape = RecordShape.of(record.getClass());
    for (int i = 0; i < shape.size(); i++) {
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
    open('{');
    Set<String> names = null;
    for (Object key : map.keySet()) {
      if (!(key instanceof String)) {
        names = new HashSet<>(); // a map keeps strings apart, but not 1 from "1"
        break;
      }
    }
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      String name = name(entry.getKey());
      if (names != null && !names.add(name)) {
        throw new IllegalArgumentException("expected keys of different text, was one text twice");
      }
      separate();
      JsonString.write(name, out);
      out.append(':');
      value(entry.getValue());
    }
    close('}');
  }

  private static String name(Object key) {
    if (key instanceof CharSequence) {
      return key.toString();
    } else if (key instanceof Enum<?> constant) {
      return constant.name();
    } else if (key != null
        && (INTEGERS.contains(key.getClass()) || key.getClass() == BigInteger.class)) {
      return key.toString();
    }
    throw new IllegalArgumentException(
        "expected a key that is text, an enum constant or an integer, was "
            + (key == null ? "null" : key.getClass().getName()));
  }

  private void iterable(Iterable<?> elements) {
    open('[');
    for (Object element : elements) {
      separate();
      value(element);
    }
    close(']');
  }

  private void array(Object array) {
    open('[');
    int length = Array.getLength(array);
    for (int i = 0; i < length; i++) {
      separate();
      value(Array.get(array, i));
    }
    close(']');
  }

  private void open(char bracket) {
    if (depth == MAX_DEPTH) {
      throw new IllegalArgumentException(
          "expected at most " + MAX_DEPTH + " levels, was one more (or contains itself)");
    }
    depth++;
    out.append(bracket);
  }

  private void close(char bracket) {
    depth--;
    out.append(bracket);
  }

  /** Sets a comma, unless what follows is the first in its container. */
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

  /** Returns what is in it, or {@code null}. */
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

  private static IllegalArgumentException unsupported(Object value) {
    return new IllegalArgumentException(
        "expected null, a Boolean, text, a number of the JDK, an enum constant, a record, a Map, an"
            + " Iterable, an array, an Optional, a date, time or duration of java.time, a UUID, a"
            + " URI or RawJson, was "
            + value.getClass().getName());
  }
}
