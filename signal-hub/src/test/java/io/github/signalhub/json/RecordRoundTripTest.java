package io.github.signalhub.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Array;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.spi.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Classes of records of any shape, made from a seed: what is written of them is read back as it
 * was.
 */
class RecordRoundTripTest {
  private static final int CLASSES = 60;
  private static final int VALUES = 40;
  private static final String[] SCALARS = {
    "String",
    "boolean",
    "byte",
    "short",
    "int",
    "long",
    "float",
    "double",
    "char",
    "Boolean",
    "Integer",
    "Long",
    "Double",
    "Character",
    "java.math.BigInteger",
    "java.math.BigDecimal",
    "java.time.DayOfWeek",
    "java.time.Instant",
    "java.time.LocalDate",
    "java.time.LocalTime",
    "java.time.LocalDateTime",
    "java.time.OffsetTime",
    "java.time.OffsetDateTime",
    "java.time.ZonedDateTime",
    "java.time.Year",
    "java.time.YearMonth",
    "java.time.MonthDay",
    "java.time.Duration",
    "java.time.Period",
    "java.time.ZoneId",
    "java.util.UUID",
    "java.net.URI",
    "java.util.OptionalInt",
    "java.util.OptionalLong",
    "java.util.OptionalDouble"
  };
  private static final String[] KEYS = {
    "String",
    "Integer",
    "Long",
    "Character",
    "java.math.BigInteger",
    "java.time.DayOfWeek",
    "java.time.LocalDate",
    "java.util.UUID"
  };

  private final Random random = new Random(1);

  @Test
  void whatIsWrittenOfARecordIsReadBackAsItWas(@TempDir Path folder) throws Exception {
    Path source = folder.resolve("Shapes.java");
    Files.writeString(source, shapes());
    int failed =
        ToolProvider.findFirst("javac")
            .orElseThrow()
            .run(System.out, System.err, "-d", folder.toString(), source.toString());
    assertThat(failed).isZero();

    int written = 0;
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      for (int i = 0; i < CLASSES; i++) {
        Class<?> type = loader.loadClass("Shapes$R" + i);
        Json.checkReadable(type);
        for (int j = 0; j < VALUES; j++) {
          Object value = record(type, Map.of(), 0);
          String text = Json.write(value);

          Object read = Json.read(text, type);

          assertThat(read).as(text).isEqualTo(value);
          assertThat(Json.write(read)).isEqualTo(text);
          written++;
        }
      }
    }
    assertThat(written).isEqualTo(CLASSES * VALUES);
  }

  private String shapes() {
    StringBuilder source = new StringBuilder("public class Shapes {\n");
    source.append("  public record Box<T>(T value, java.util.List<T> more) {}\n");
    for (int i = 0; i < CLASSES; i++) {
      StringBuilder components = new StringBuilder();
      for (int j = random.nextInt(6); j >= 0; j--) {
        components
            .append(components.isEmpty() ? "" : ", ")
            .append(type(i, 0))
            .append(" c")
            .append(j);
      }
      boolean sealed = i % 10 < 5;
      source.append("  public record R%d(%s)".formatted(i, components));
      source.append(sealed ? " implements S%d {}\n".formatted(i / 10) : " {}\n");
    }
    for (int i = 0; i * 10 < CLASSES; i++) {
      source.append("  public sealed interface S%d permits ".formatted(i));
      for (int j = 0; j < 5; j++) {
        source.append(j == 0 ? "R" : ", R").append(i * 10 + j);
      }
      source.append(" {}\n");
    }
    return source.append("}\n").toString();
  }

  /** Returns the name of a type, with records and interfaces that come before this class. */
  private String type(int before, int depth) {
    return switch (random.nextInt(depth < 3 ? 12 : 4)) {
      case 4 -> "java.util.List<" + boxed(before, depth) + ">";
      case 5 -> "java.util.Optional<" + boxed(before, depth) + ">";
      case 6 ->
          "java.util.Map<" + KEYS[random.nextInt(KEYS.length)] + ", " + boxed(before, depth) + ">";
      case 7 -> "Box<" + boxed(before, depth) + ">";
      case 8 -> random.nextBoolean() ? "java.util.Set<String>" : "java.util.TreeSet<Long>";
      case 9 -> "java.util.TreeMap<Integer, " + boxed(before, depth) + ">";
      case 10 -> before == 0 ? "int" : "R" + random.nextInt(before);
      case 11 -> before < 10 ? "String" : "S" + random.nextInt(before / 10);
      default -> SCALARS[random.nextInt(SCALARS.length)];
    };
  }

  private String boxed(int before, int depth) {
    String type = type(before, depth + 1);
    return switch (type) {
      case "int" -> "Integer";
      case "char" -> "Character";
      case "boolean", "byte", "short", "long", "float", "double" ->
          Character.toUpperCase(type.charAt(0)) + type.substring(1);
      default -> type;
    };
  }

  private Object record(Class<?> type, Map<String, Type> arguments, int depth) throws Exception {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] classes = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    for (int i = 0; i < components.length; i++) {
      classes[i] = components[i].getType();
      values[i] = value(components[i].getGenericType(), arguments, depth + 1);
    }
    return type.getDeclaredConstructor(classes).newInstance(values);
  }

  private Object value(Type type, Map<String, Type> arguments, int depth) throws Exception {
    if (arguments.containsKey(type.getTypeName())) {
      return value(arguments.get(type.getTypeName()), Map.of(), depth);
    }
    if (!(type instanceof ParameterizedType generic)) {
      return scalar((Class<?>) type, depth);
    }
    Class<?> raw = (Class<?>) generic.getRawType();
    List<Type> own = new ArrayList<>();
    for (Type argument : generic.getActualTypeArguments()) {
      own.add(arguments.getOrDefault(argument.getTypeName(), argument));
    }
    int size = depth > 4 ? 0 : random.nextInt(4);
    if (raw == Optional.class) {
      // An empty Optional in an Optional has no text of its own.
      Object value = random.nextInt(3) == 0 ? null : value(own.get(0), arguments, depth + 1);
      boolean empty =
          value instanceof Optional<?> optional && optional.isEmpty()
              || value instanceof OptionalInt a && a.isEmpty()
              || value instanceof OptionalLong b && b.isEmpty()
              || value instanceof OptionalDouble c && c.isEmpty();
      return empty ? Optional.empty() : Optional.ofNullable(value);
    } else if (List.class.isAssignableFrom(raw) || Set.class.isAssignableFrom(raw)) {
      List<Object> elements = new ArrayList<>();
      for (int i = 0; i < size; i++) {
        elements.add(value(own.get(0), arguments, depth + 1));
      }
      return raw == List.class
          ? elements
          : raw == Set.class ? new LinkedHashSet<>(elements) : new TreeSet<>(elements);
    } else if (Map.class.isAssignableFrom(raw)) {
      Map<Object, Object> map = raw == Map.class ? new LinkedHashMap<>() : new TreeMap<>();
      for (int i = 0; i < size; i++) {
        map.put(scalar((Class<?>) own.get(0), depth), value(own.get(1), arguments, depth + 1));
      }
      return map;
    }
    return record(raw, Map.of("T", own.get(0)), depth);
  }

  private Object scalar(Class<?> type, int depth) throws Exception {
    if (type.isRecord()) {
      return record(type, Map.of(), depth);
    } else if (type.isSealed() && type.getName().startsWith("Shapes$")) {
      Class<?>[] permitted = type.getPermittedSubclasses();
      return record(permitted[random.nextInt(permitted.length)], Map.of(), depth);
    } else if (type.isPrimitive()) {
      return Array.get(Array.newInstance(type, 1), 0).getClass() == Boolean.class
          ? (Object) random.nextBoolean()
          : scalar(Array.get(Array.newInstance(type, 1), 0).getClass(), depth);
    }
    long bits = random.nextLong() >> random.nextInt(64);
    Instant instant = Instant.ofEpochSecond(bits % 100_000_000_000L, bits & 0xFFFFF);
    LocalDateTime time = LocalDateTime.ofInstant(instant, ZoneOffset.UTC);
    ZoneOffset offset = ZoneOffset.ofTotalSeconds(random.nextInt(36_000));
    return switch (type.getName()) {
      case "java.lang.String" -> Long.toString(bits, 36) + "é\"\u2028";
      case "java.lang.Boolean" -> random.nextBoolean();
      case "java.lang.Byte" -> (byte) bits;
      case "java.lang.Short" -> (short) bits;
      case "java.lang.Integer" -> (int) bits;
      case "java.lang.Long" -> bits;
      case "java.lang.Float" -> (float) bits / 3;
      case "java.lang.Double" -> Double.longBitsToDouble(bits & 0x7FEF_FFFF_FFFF_FFFFL);
      case "java.lang.Character" -> (char) (' ' + (bits & 0xFFF));
      case "java.math.BigInteger" -> BigInteger.valueOf(bits).pow(3);
      case "java.math.BigDecimal" -> BigDecimal.valueOf(bits, random.nextInt(60) - 30);
      case "java.time.DayOfWeek" -> DayOfWeek.of(1 + random.nextInt(7));
      case "java.time.Instant" -> instant;
      case "java.time.LocalDate" -> LocalDate.from(time);
      case "java.time.LocalTime" -> LocalTime.from(time);
      case "java.time.LocalDateTime" -> time;
      case "java.time.OffsetTime" -> time.atOffset(offset).toOffsetTime();
      case "java.time.OffsetDateTime" -> OffsetDateTime.of(time, offset);
      case "java.time.ZonedDateTime" -> ZonedDateTime.of(time, ZoneId.of("Asia/Tokyo"));
      case "java.time.Year" -> Year.from(time);
      case "java.time.YearMonth" -> YearMonth.from(time);
      case "java.time.MonthDay" -> MonthDay.from(time);
      case "java.time.Duration" -> Duration.ofSeconds(bits, bits & 0xFFFFF);
      case "java.time.Period" -> Period.of((int) bits, (int) bits >> 3, (int) bits >> 5);
      case "java.time.ZoneId" -> random.nextBoolean() ? offset : ZoneId.of("Europe/Berlin");
      case "java.util.UUID" -> new UUID(bits, random.nextLong());
      case "java.net.URI" -> URI.create("https://example.org/" + bits);
      case "java.util.OptionalInt" ->
          random.nextBoolean() ? OptionalInt.empty() : OptionalInt.of((int) bits);
      case "java.util.OptionalLong" ->
          random.nextBoolean() ? OptionalLong.empty() : OptionalLong.of(bits);
      case "java.util.OptionalDouble" ->
          random.nextBoolean() ? OptionalDouble.empty() : OptionalDouble.of(bits / 7.0);
      default -> throw new AssertionError("expected a known type, was " + type);
    };
  }
}
