package io.github.signalhub.json;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
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
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Turns one value of {@link Json#parse(String)} into objects of a class, by the table of {@link
 * Json} read from right to left. It recurses into containers, to a depth that any stack holds. Not
 * thread-safe: one instance reads one value.
 */
final class JsonBinder {
  private static final int MAX_DEPTH = 256;
  private static final int MAX_CONSTANTS = 16;

  /**
   * How many elements a set may have that does not order them. A peer may choose elements of one
   * hash code. A hash table then compares each of them with all others, unless they are ordered.
   */
  private static final int MAX_UNORDERED = 1_000;

  /** As many digits as a number in a text has at most, and its sign. */
  private static final int MAX_DIGITS = JsonLimits.DEFAULT.maxDigits() + 1;

  /** Which texts become which objects; each parser refuses by an exception. */
  private static final Map<Class<?>, Function<String, Object>> TEXTS =
      Map.ofEntries(
          Map.entry(Instant.class, Instant::parse),
          Map.entry(LocalDate.class, LocalDate::parse),
          Map.entry(LocalTime.class, LocalTime::parse),
          Map.entry(LocalDateTime.class, LocalDateTime::parse),
          Map.entry(OffsetTime.class, OffsetTime::parse),
          Map.entry(OffsetDateTime.class, OffsetDateTime::parse),
          Map.entry(ZonedDateTime.class, ZonedDateTime::parse),
          Map.entry(Year.class, Year::parse),
          Map.entry(YearMonth.class, YearMonth::parse),
          Map.entry(MonthDay.class, MonthDay::parse),
          Map.entry(Duration.class, Duration::parse),
          Map.entry(Period.class, Period::parse),
          Map.entry(ZoneId.class, ZoneId::of),
          Map.entry(ZoneOffset.class, ZoneOffset::of),
          Map.entry(UUID.class, JsonBinder::uuid),
          Map.entry(URI.class, URI::create));

  /** Classes of keys that are written as their digits. */
  private static final Set<Class<?>> INTEGERS =
      Set.of(Byte.class, Short.class, Integer.class, Long.class, BigInteger.class);

  /** Keys besides enums that are a name as it stands, or read like a string. */
  private static final Set<Class<?>> NAMES =
      Set.of(Object.class, String.class, CharSequence.class, Character.class);

  /** Reads a value that is not {@code null} as one class. */
  private interface Scalar {
    Object read(JsonBinder binder, Object value);
  }

  /** How each class is read that holds no other values; enums besides. */
  private static final Map<Class<?>, Scalar> SCALARS = scalars();

  private final JsonPath place = new JsonPath();

  private JsonBinder() {}

  /** Reads a value. */
  static Object read(Object value, Class<?> type) {
    return new JsonBinder().value(value, Target.of(type));
  }

  /**
   * Checks that a class can be read, and every class that it declares.
   *
   * @throws IllegalArgumentException if one cannot
   */
  static void check(Class<?> type) {
    check(Target.of(type), new HashSet<>());
  }

  private Object value(Object value, Target target) {
    Class<?> type = target.type();
    if (isOptional(type)) {
      return optional(value, target);
    } else if (value == null) {
      if (type.isPrimitive()) {
        throw mismatch(type.getName(), value);
      }
      return null;
    } else if (SCALARS.containsKey(type)) {
      return SCALARS.get(type).read(this, value);
    } else if (type.isEnum()) {
      return constant(text(value), List.of(type));
    } else if (type.isRecord()) {
      return record(value, target);
    } else if (type.isArray()) {
      return array(value, target);
    } else if (Map.class.isAssignableFrom(type)) {
      return map(value, target);
    } else if (type == Iterable.class || Collection.class.isAssignableFrom(type)) {
      return collection(value, target);
    } else if (type.isSealed()) {
      return permitted(value, target);
    }
    throw unsupported(type, "");
  }

  private Object optional(Object value, Target target) {
    Class<?> type = target.type();
    if (type == OptionalInt.class) {
      return value == null
          ? OptionalInt.empty()
          : OptionalInt.of(integer(value, Integer.SIZE).intValue());
    } else if (type == OptionalLong.class) {
      return value == null
          ? OptionalLong.empty()
          : OptionalLong.of(integer(value, Long.SIZE).longValue());
    } else if (type == OptionalDouble.class) {
      return value == null ? OptionalDouble.empty() : OptionalDouble.of(real(value));
    }
    return value == null
        ? Optional.empty()
        : Optional.ofNullable(value(value, target.argument(Optional.class, 0)));
  }

  private static Map<Class<?>, Scalar> scalars() {
    Map<Class<?>, Scalar> scalars = new HashMap<>();
    scalars.put(Object.class, (binder, value) -> value);
    scalars.put(RawJson.class, (binder, value) -> RawJson.of(Json.write(value)));
    add(
        scalars,
        (binder, value) -> binder.kind(value, Boolean.class, "true or false"),
        boolean.class,
        Boolean.class);
    add(scalars, JsonBinder::text, String.class, CharSequence.class);
    add(scalars, JsonBinder::character, char.class, Character.class);
    TEXTS
        .keySet()
        .forEach(type -> add(scalars, (binder, value) -> binder.parsed(value, type), type));
    add(scalars, JsonBinder::number, Number.class);
    add(
        scalars,
        (binder, value) -> binder.integer(value, Byte.SIZE).byteValue(),
        byte.class,
        Byte.class);
    add(
        scalars,
        (binder, value) -> binder.integer(value, Short.SIZE).shortValue(),
        short.class,
        Short.class);
    add(
        scalars,
        (binder, value) -> binder.integer(value, Integer.SIZE).intValue(),
        int.class,
        Integer.class);
    add(
        scalars,
        (binder, value) -> binder.integer(value, Long.SIZE).longValue(),
        long.class,
        Long.class);
    add(scalars, (binder, value) -> binder.whole(binder.number(value)), BigInteger.class);
    add(
        scalars,
        (binder, value) -> new AtomicInteger(binder.integer(value, Integer.SIZE).intValue()),
        AtomicInteger.class);
    add(
        scalars,
        (binder, value) -> new AtomicLong(binder.integer(value, Long.SIZE).longValue()),
        AtomicLong.class);
    add(
        scalars,
        (binder, value) -> {
          LongAdder adder = new LongAdder();
          adder.add(binder.integer(value, Long.SIZE).longValue());
          return adder;
        },
        LongAdder.class);
    add(scalars, JsonBinder::real, double.class, Double.class);
    add(
        scalars,
        (binder, value) -> (float) binder.finite(binder.number(value).floatValue(), "float"),
        float.class,
        Float.class);
    add(scalars, (binder, value) -> decimal(binder.number(value)), BigDecimal.class);
    add(
        scalars,
        (binder, value) -> {
          DoubleAdder adder = new DoubleAdder();
          adder.add(binder.real(value));
          return adder;
        },
        DoubleAdder.class);
    return Map.copyOf(scalars);
  }

  private static void add(Map<Class<?>, Scalar> scalars, Scalar scalar, Class<?>... types) {
    for (Class<?> type : types) {
      scalars.put(type, scalar);
    }
  }

  private Number number(Object value) {
    return kind(value, Number.class, "a number");
  }

  private double real(Object value) {
    return finite(number(value).doubleValue(), "double");
  }

  private double finite(double value, String type) {
    if (!Double.isFinite(value)) {
      throw mismatch("a number that fits " + type, "one that is too large", null);
    }
    return value;
  }

  /** Returns a number without a fraction that fits so many bits; {@code 10.0} is one, too. */
  private Number integer(Object value, int bits) {
    Number number = number(value);
    if (number instanceof Long && bits == Long.SIZE) {
      return number;
    }
    BigInteger whole = whole(number);
    if (whole.bitLength() >= bits) {
      throw mismatch("an integer of " + bits + " bits", "a larger number", null);
    }
    return whole;
  }

  private BigInteger whole(Number number) {
    try {
      return decimal(number).toBigIntegerExact();
    } catch (ArithmeticException e) {
      throw mismatch("an integer", "a number with a fraction", null);
    }
  }

  private static BigDecimal decimal(Number number) {
    return number instanceof BigDecimal decimal
        ? decimal
        : number instanceof BigInteger integer
            ? new BigDecimal(integer)
            : BigDecimal.valueOf(number.longValue());
  }

  private Character character(Object value) {
    String text = text(value);
    if (text.length() != 1) {
      throw mismatch("a string of one character", "one of " + text.length(), null);
    }
    return text.charAt(0);
  }

  private Object parsed(Object value, Class<?> type) {
    String text = text(value);
    try {
      return TEXTS.get(type).apply(text);
    } catch (RuntimeException e) { // the parsers have no type of exception in common
      throw mismatch("the text of a " + type.getSimpleName(), "another string", e);
    }
  }

  private static UUID uuid(String text) {
    UUID uuid = UUID.fromString(text);
    if (!uuid.toString().equalsIgnoreCase(text)) { // 1-1-1-1-1 is taken for one, too
      throw new IllegalArgumentException("expected 36 characters");
    }
    return uuid;
  }

  private Object constant(String name, List<Class<?>> enums) {
    for (Class<?> type : enums) {
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(name)) {
          return constant;
        }
      }
    }
    Stream<Object> constants = enums.stream().flatMap(type -> Stream.of(type.getEnumConstants()));
    String some =
        constants
            .limit(MAX_CONSTANTS)
            .map(each -> ((Enum<?>) each).name())
            .collect(Collectors.joining(", "));
    throw mismatch("one of " + some, "another string", null);
  }

  private Object record(Object value, Target target) {
    Map<?, ?> members = object(value);
    RecordForm form = RecordForm.of(target.type());
    Object[] components = new Object[form.size()];
    enter();
    for (int i = 0; i < components.length; i++) {
      String name = form.name(i);
      place.component(name);
      Target component = target.within(form.type(i));
      Object member = members.get(name);
      if (member == null && !isOptional(component.type()) && !members.containsKey(name)) {
        throw mismatch("a value", "nothing", null);
      }
      components[i] = value(member, component);
    }
    place.leave();
    try {
      return form.create(components);
    } catch (RuntimeException e) {
      String name = target.type().getSimpleName();
      throw mismatch("values that " + name + " accepts", "others", e);
    }
  }

  private Object permitted(Object value, Target target) {
    List<Class<?>> classes = permitted(target.type());
    List<Class<?>> enums = classes.stream().filter(Class::isEnum).toList();
    if (value instanceof String name && !enums.isEmpty()) {
      return constant(name, enums);
    }
    Map<?, ?> members = object(value);
    Object name = members.get(RecordShape.TYPE);
    for (Class<?> each : classes) {
      if (each.isRecord() && each.getSimpleName().equals(name)) {
        return value(value, target.permitted(each));
      }
    }
    String names =
        classes.stream()
            .filter(Class::isRecord)
            .limit(MAX_CONSTANTS)
            .map(Class::getSimpleName)
            .collect(Collectors.joining(", "));
    enter();
    place.component(RecordShape.TYPE);
    throw name instanceof String
        ? mismatch("one of " + names, "another string", null)
        : mismatch("one of " + names, name);
  }

  private Object array(Object value, Target target) {
    List<?> elements = elements(value);
    Target each = target.arguments().get(0);
    Object array = Array.newInstance(each.type(), elements.size());
    enter();
    for (int i = 0; i < elements.size(); i++) {
      place.index(i);
      Array.set(array, i, value(elements.get(i), each));
    }
    place.leave();
    return array;
  }

  private Object collection(Object value, Target target) {
    List<?> elements = elements(value);
    Class<?> type = target.type();
    Target each = target.argument(type == Iterable.class ? type : Collection.class, 0);
    requireOrdered(elements.size(), Set.class, SortedSet.class, type, each.type());
    List<Object> read = new ArrayList<>(elements.size());
    enter();
    for (int i = 0; i < elements.size(); i++) {
      place.index(i);
      read.add(value(elements.get(i), each));
    }
    place.leave();
    try {
      if (type.isAssignableFrom(List.class)) {
        return Collections.unmodifiableList(read);
      } else if (type == Set.class) {
        return Collections.unmodifiableSet(new LinkedHashSet<>(read));
      }
      Collection<Object> collection = newCollection(type, each.type());
      collection.addAll(read);
      return collection;
    } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
      throw mismatch("elements that a " + type.getSimpleName() + " takes", "others", e);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // what goes in is of the class that was declared
  private Collection<Object> newCollection(Class<?> type, Class<?> elements) {
    if (type == EnumSet.class) {
      return (Collection<Object>) (Collection) EnumSet.noneOf((Class) elements);
    } else if (type.isAssignableFrom(TreeSet.class)) {
      return new TreeSet<>();
    } else if (type.isAssignableFrom(ArrayDeque.class)) {
      return new ArrayDeque<>();
    }
    return (Collection<Object>) create(type);
  }

  private Object map(Object value, Target target) {
    Map<?, ?> members = object(value);
    Class<?> type = target.type();
    Target keys = target.argument(Map.class, 0);
    Target values = target.argument(Map.class, 1);
    requireOrdered(members.size(), Map.class, SortedMap.class, type, keys.type());
    Map<Object, Object> read = new LinkedHashMap<>();
    enter();
    for (Map.Entry<?, ?> member : members.entrySet()) {
      String name = (String) member.getKey();
      place.key(name);
      int before = read.size();
      read.put(key(name, keys.type()), value(member.getValue(), values));
      if (read.size() == before) {
        throw mismatch("each key once", "one key in two spellings", null);
      }
    }
    place.leave();
    if (type == Map.class) {
      return Collections.unmodifiableMap(read);
    }
    try {
      Map<Object, Object> map = newMap(type, keys.type());
      map.putAll(read);
      return map;
    } catch (ClassCastException | NullPointerException | IllegalArgumentException e) {
      throw mismatch("members that a " + type.getSimpleName() + " takes", "others", e);
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // what goes in is of the class that was declared
  private Map<Object, Object> newMap(Class<?> type, Class<?> keys) {
    if (type == EnumMap.class) {
      return (Map<Object, Object>) new EnumMap(keys);
    }
    return type.isAssignableFrom(TreeMap.class)
        ? new TreeMap<>()
        : (Map<Object, Object>) create(type);
  }

  /** Reads the name of a member as a key: only the text that the writer makes of it. */
  private Object key(String name, Class<?> type) {
    if (type.isEnum()) {
      return constant(name, List.of(type));
    } else if (INTEGERS.contains(type)) {
      return digits(name, type);
    } else if (isKey(type)) {
      return SCALARS.get(type).read(this, name);
    }
    throw unsupported(type, " as the key of a map");
  }

  private Object digits(String name, Class<?> type) {
    Object number;
    try {
      // The time to convert digits grows with their square.
      number =
          name.length() > MAX_DIGITS ? null : SCALARS.get(type).read(this, new BigInteger(name));
    } catch (NumberFormatException e) {
      number = null;
    }
    if (number == null) {
      throw mismatch("the digits of an integer as a name", "another name", null);
    } else if (!number.toString().equals(name)) {
      throw mismatch("the digits of an integer as a name", "another spelling", null);
    }
    return number;
  }

  private void requireOrdered(
      int size, Class<?> kind, Class<?> ordered, Class<?> type, Class<?> elements) {
    if (size > MAX_UNORDERED
        && kind.isAssignableFrom(type)
        && !ordered.isAssignableFrom(type)
        && !elements.isEnum()
        && !List.of(elements.getInterfaces()).contains(Comparable.class)
        && !(kind == Map.class && elements == Object.class)) { // read as strings
      throw mismatch("at most " + MAX_UNORDERED + " elements", size + " elements", null);
    }
  }

  private static Object create(Class<?> type) {
    try {
      return type.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw new IllegalArgumentException("a constructor failed", e.getCause());
    } catch (ReflectiveOperationException e) {
      throw unsupported(type, " (declare an interface, or a class with a public constructor)");
    }
  }

  private String text(Object value) {
    return kind(value, String.class, "a string");
  }

  private Map<?, ?> object(Object value) {
    return kind(value, Map.class, "an object");
  }

  private List<?> elements(Object value) {
    return kind(value, List.class, "an array");
  }

  private <T> T kind(Object value, Class<T> kind, String expected) {
    if (!kind.isInstance(value)) {
      throw mismatch(expected, value);
    }
    return kind.cast(value);
  }

  private void enter() {
    if (place.depth() == MAX_DEPTH) {
      throw mismatch("at most " + MAX_DEPTH + " levels", "one more", null);
    }
    place.enter();
  }

  private JsonTypeException mismatch(String expected, Object value) {
    String was =
        value == null
            ? "null"
            : value instanceof String
                ? "a string"
                : value instanceof Number
                    ? "a number"
                    : value instanceof Boolean
                        ? value.toString()
                        : value instanceof List ? "an array" : "an object";
    return mismatch(expected, was, null);
  }

  private JsonTypeException mismatch(String expected, String was, Throwable cause) {
    return new JsonTypeException(expected, was, place.toString(), cause);
  }

  private static IllegalArgumentException unsupported(Class<?> type, String where) {
    return new IllegalArgumentException(
        "expected a class that Json reads, was " + type.getTypeName() + where);
  }

  /** Returns the records and enums that implement a sealed interface, over all levels. */
  private static List<Class<?>> permitted(Class<?> sealed) {
    return Stream.of(sealed.getPermittedSubclasses())
        .<Class<?>>flatMap(
            each -> each.isSealed() && !each.isEnum() ? permitted(each).stream() : Stream.of(each))
        .distinct()
        .toList();
  }

  private static void check(Target target, Set<Class<?>> seen) {
    Class<?> type = target.type();
    if (SCALARS.containsKey(type) || type.isEnum()) {
      return; // some of them are sealed: ZoneId is, on newer JDKs
    } else if (type.isRecord() && seen.add(type)) {
      RecordForm form = RecordForm.of(type);
      for (int i = 0; i < form.size(); i++) {
        check(target.within(form.type(i)), seen);
      }
    } else if (isOptional(type) || type.isArray()) {
      target.arguments().forEach(each -> check(each, seen));
    } else if (Map.class.isAssignableFrom(type)) {
      checkKey(target.argument(Map.class, 0).type());
      check(target.argument(Map.class, 1), seen);
      new JsonBinder().map(Map.of(), target);
    } else if (type == Iterable.class || Collection.class.isAssignableFrom(type)) {
      check(target.argument(type == Iterable.class ? type : Collection.class, 0), seen);
      new JsonBinder().collection(List.of(), target);
    } else if (type.isSealed() && seen.add(type)) {
      checkSealed(target, seen);
    } else if (!type.isRecord() && !type.isSealed()) {
      throw unsupported(type, "");
    }
  }

  private static void checkSealed(Target target, Set<Class<?>> seen) {
    Set<String> names = new HashSet<>();
    for (Class<?> each : permitted(target.type())) {
      boolean named = each.isRecord() && RecordShape.of(each).tag() != null;
      if (!named && !each.isEnum() || each.isRecord() && !names.add(each.getSimpleName())) {
        throw unsupported(
            target.type(),
            " (its "
                + each.getSimpleName()
                + " has to be an enum, or a record of a name of its own without a component "
                + RecordShape.TYPE
                + ")");
      }
      check(target.permitted(each), seen);
    }
  }

  private static void checkKey(Class<?> type) {
    if (!isKey(type)) {
      throw unsupported(type, " as the key of a map");
    }
  }

  private static boolean isKey(Class<?> type) {
    return type.isEnum()
        || NAMES.contains(type)
        || TEXTS.containsKey(type)
        || INTEGERS.contains(type);
  }

  private static boolean isOptional(Class<?> type) {
    return type == Optional.class
        || type == OptionalInt.class
        || type == OptionalLong.class
        || type == OptionalDouble.class;
  }
}
