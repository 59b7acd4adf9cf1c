package io.github.signalhub.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.Month;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.chrono.JapaneseDate;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collections;
import java.util.Date;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonWriterTest {

  @Nested
  class Scalars {
    @Test
    void nullAndBooleansAreLiterals() {
      assertThat(Json.write(null)).isEqualTo("null");
      assertThat(Json.write(true)).isEqualTo("true");
      assertThat(Json.write(false)).isEqualTo("false");
    }

    static Stream<Map.Entry<Object, String>> plainValues() {
      LongAdder adder = new LongAdder();
      adder.add(5);
      DoubleAdder doubles = new DoubleAdder();
      doubles.add(0.5);
      return Stream.of(
          Map.entry((byte) -128, "-128"),
          Map.entry((short) 7, "7"),
          Map.entry(Integer.MIN_VALUE, "-2147483648"),
          Map.entry(Long.MIN_VALUE, "-9223372036854775808"),
          Map.entry(new AtomicInteger(3), "3"),
          Map.entry(new AtomicLong(4), "4"),
          Map.entry(adder, "5"),
          Map.entry(doubles, "0.5"),
          Map.entry(0.1f, "0.1"),
          Map.entry(0.1, "0.1"),
          Map.entry(1.0, "1.0"),
          Map.entry(-0.0, "-0.0"),
          Map.entry(1e300, "1.0E300"),
          Map.entry(Double.MIN_VALUE, "4.9E-324"),
          Map.entry(new BigInteger("9".repeat(40)), "9".repeat(40)),
          Map.entry(new BigDecimal("1.50"), "1.50"),
          Map.entry(new BigDecimal("1e999999999"), "1E+999999999"),
          Map.entry(new BigDecimal("-1e-999999999"), "-1E-999999999"),
          Map.entry(new BigDecimal("12e-2000000"), "1.2E-1999999"),
          Map.entry('x', "\"x\""),
          Map.entry(new StringBuilder("text"), "\"text\""),
          Map.entry(TimeUnit.DAYS, "\"DAYS\""),
          Map.entry(Shouting.LOUD, "\"LOUD\""),
          Map.entry(Instant.EPOCH, "\"1970-01-01T00:00:00Z\""),
          Map.entry(LocalDate.of(2026, 1, 2), "\"2026-01-02\""),
          Map.entry(LocalDateTime.of(2026, 1, 2, 3, 4, 5), "\"2026-01-02T03:04:05\""),
          Map.entry(
              OffsetDateTime.parse("2026-01-02T03:04:05.006+01:00"),
              "\"2026-01-02T03:04:05.006+01:00\""),
          Map.entry(ZonedDateTime.parse("2026-01-02T03:04:05Z"), "\"2026-01-02T03:04:05Z\""),
          Map.entry(Duration.ofMillis(1500), "\"PT1.5S\""),
          Map.entry(Period.ofDays(3), "\"P3D\""),
          Map.entry(LocalTime.of(1, 2), "\"01:02\""),
          Map.entry(OffsetTime.parse("01:02+03:00"), "\"01:02+03:00\""),
          Map.entry(Year.of(2026), "\"2026\""),
          Map.entry(Year.of(5), "\"0005\""),
          Map.entry(Year.of(12_345), "\"+12345\""),
          Map.entry(Year.of(-5), "\"-0005\""),
          Map.entry(YearMonth.of(2026, 1), "\"2026-01\""),
          Map.entry(YearMonth.of(5, 1), "\"0005-01\""),
          Map.entry(YearMonth.of(12_345, 1), "\"+12345-01\""),
          Map.entry(YearMonth.of(-5, 1), "\"-0005-01\""),
          Map.entry(LocalDate.of(12_345, 1, 2), "\"+12345-01-02\""),
          Map.entry(LocalDateTime.of(12_345, 1, 2, 3, 4), "\"+12345-01-02T03:04\""),
          Map.entry(Instant.MAX, "\"+1000000000-12-31T23:59:59.999999999Z\""),
          Map.entry(MonthDay.of(2, 29), "\"--02-29\""),
          Map.entry(ZoneOffset.ofHours(2), "\"+02:00\""),
          Map.entry(ZoneOffset.UTC, "\"Z\""),
          Map.entry(ZoneId.of("Europe/Berlin"), "\"Europe/Berlin\""),
          Map.entry(DayOfWeek.MONDAY, "\"MONDAY\""),
          Map.entry(Month.MAY, "\"MAY\""),
          Map.entry(new UUID(1, 2), "\"00000000-0000-0001-0000-000000000002\""),
          Map.entry(URI.create("http://localhost/a?b"), "\"http://localhost/a?b\""));
    }

    @ParameterizedTest
    @MethodSource("plainValues")
    void plainValuesAreNumbersAndStrings(Map.Entry<Object, String> valueAndText) {
      assertThat(Json.write(valueAndText.getKey())).isEqualTo(valueAndText.getValue());
    }

    @ParameterizedTest
    @ValueSource(doubles = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY})
    void numbersThatJsonLacksAreRefused(double number) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(number))
          .withMessage("expected a finite number, was " + number + " at $");
      assertThatIllegalArgumentException().isThrownBy(() -> Json.write((float) number));
    }

    @Test
    void presentOptionalsAreTheirValueAndEmptyOnesNull() {
      assertThat(
              Json.write(
                  List.of(
                      Optional.of("a"),
                      Optional.of(Optional.of(1)),
                      OptionalInt.of(2),
                      OptionalLong.of(3),
                      OptionalDouble.of(4.5),
                      Optional.empty(),
                      Optional.of(Optional.empty()),
                      OptionalInt.empty(),
                      OptionalLong.empty(),
                      OptionalDouble.empty())))
          .isEqualTo("[\"a\",1,2,3,4.5,null,null,null,null,null]");
    }
  }

  @Nested
  class Strings {
    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '`',
        value = {
          "0, \\u0000",
          "1, \\u0001",
          "8, \\b",
          "9, \\t",
          "10, \\n",
          "11, \\u000b",
          "12, \\f",
          "13, \\r",
          "31, \\u001f",
          "34, \\\"",
          "92, \\\\",
          "8232, \\u2028",
          "8233, \\u2029"
        })
    void whatWouldBreakTheTextIsEscaped(int character, String escaped) {
      String text = "a" + (char) character + "b";

      assertThat(Json.write(text)).isEqualTo("\"a" + escaped + "b\"");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "", " ", "/", "<&>'", "\u007F", "é", "\u2027", "\u202A", "€", "\uE000", "\uFFFD",
          "\uFFFF", "😀", "a😀b"
        })
    void everythingElseStandsForItself(String text) {
      assertThat(Json.write(text)).isEqualTo('"' + text + '"');
    }

    @Test
    void bytesAreUtf8() {
      assertThat(Json.writeBytes("é€😀"))
          .isEqualTo(
              new byte[] {
                '"',
                (byte) 0xC3,
                (byte) 0xA9,
                (byte) 0xE2,
                (byte) 0x82,
                (byte) 0xAC,
                (byte) 0xF0,
                (byte) 0x9F,
                (byte) 0x98,
                (byte) 0x80,
                '"'
              });
    }

    @ParameterizedTest
    @CsvSource({
      "d800, 0",
      "dfff, 0",
      "0061 d83d, 1",
      "d83d 0061, 0",
      "d83d d83d de00, 0",
      "de00 d83d, 0",
      "d83d de00 de00, 2"
    })
    void halvesOfSurrogatePairsAreRefused(String units, int index) {
      StringBuilder text = new StringBuilder();
      for (String unit : units.split(" ")) {
        text.append((char) Integer.parseInt(unit, 16));
      }

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(text))
          .withMessageStartingWith("expected surrogates in pairs, was a lone U+D")
          .withMessageEndingWith("at index " + index + " at $");
      assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Map.of(text, 1)));
    }
  }

  @Nested
  class Containers {
    @Test
    void mapsAreObjectsInTheirOrder() {
      Map<Object, Object> map = new LinkedHashMap<>();
      map.put("z", 1);
      map.put(new StringBuilder("a"), null);
      map.put(TimeUnit.DAYS, List.of());
      map.put(7, Map.of());
      map.put(-8L, true);
      map.put(BigInteger.TEN, 'c');
      map.put("q\"", "q\"");

      assertThat(Json.write(map))
          .isEqualTo(
              "{\"z\":1,\"a\":null,\"DAYS\":[],\"7\":{},\"-8\":true,\"10\":\"c\",\"q\\\"\":\"q\\\"\"}");
    }

    @Test
    void otherKeysAreRefused() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(Map.of(1.5, 1)))
          .withMessageEndingWith("was java.lang.Double at $");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(Collections.singletonMap(null, 1)))
          .withMessageEndingWith("was null at $");
    }

    static Stream<Object> valuesThatAreNotTexts() {
      return Stream.of(
          true,
          1.5f,
          new BigDecimal("1"),
          List.of(),
          Map.of(),
          Optional.of("a"),
          new Node(1),
          RawJson.of("1"),
          new Object(),
          new int[0],
          new LetteredNode("a"));
    }

    @ParameterizedTest
    @MethodSource("valuesThatAreNotTexts")
    void keysThatAreNotTextsAsValuesAreRefused(Object key) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(Collections.singletonMap(key, 1)))
          .withMessage(
              "expected a key that is an integer or is written as text when it is a value, was "
                  + key.getClass().getName()
                  + " at $");
    }

    @ParameterizedTest
    @MethodSource("io.github.signalhub.json.JsonWriterTest$Scalars#plainValues")
    void whatIsATextAsAValueIsTheSameTextAsAKey(Map.Entry<Object, String> valueAndText) {
      String text = valueAndText.getValue();
      if (text.startsWith("\"")) {
        assertThat(Json.write(Map.of(valueAndText.getKey(), 1))).isEqualTo("{" + text + ":1}");
      }
    }

    @Test
    void keysThatWouldReadTheSameAreRefused() {
      Map<Object, Object> map = new LinkedHashMap<>();
      map.put("1", "a string");
      map.put(1, "an integer");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(map))
          .withMessage("expected keys of different text, was one text twice at $['1']");
      map.clear();
      map.put(LocalDate.of(2026, 1, 2), 1);
      map.put("2026-01-02", 2);
      assertThatIllegalArgumentException().isThrownBy(() -> Json.write(List.of(map)));
      assertThat(Json.write(Map.of(1, 1))).isEqualTo("{\"1\":1}");
    }

    @Test
    void collectionsAreArrays() {
      assertThat(Json.write(List.of(1, "a", List.of(), List.of(List.of()))))
          .isEqualTo("[1,\"a\",[],[[]]]");
      assertThat(Json.write(new ArrayDeque<>(List.of(1, 2)))).isEqualTo("[1,2]");
      assertThat(Json.write(Arrays.asList(null, 1, null))).isEqualTo("[null,1,null]");
      assertThat(Json.write(Map.of("a", 1).values())).isEqualTo("[1]");
    }

    @Test
    void arraysAreArrays() {
      assertThat(
              Json.write(
                  new Object[] {
                    new byte[] {-1, 2},
                    new short[] {3},
                    new int[] {4, 5},
                    new long[] {6},
                    new float[] {0.5f},
                    new double[] {1.5},
                    new boolean[] {true, false},
                    new char[] {'x'},
                    new String[] {"y", null},
                    new int[0][]
                  }))
          .isEqualTo("[[-1,2],[3],[4,5],[6],[0.5],[1.5],[true,false],[\"x\"],[\"y\",null],[]]");
    }

    @Test
    void depthIs256() {
      assertThat(Json.write(nested(256))).isEqualTo("[".repeat(256) + "]".repeat(256));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(nested(257)))
          .withMessageStartingWith("expected at most 256 levels, was one more, of java.util.")
          .withMessageEndingWith(" at $" + "[0]".repeat(16) + " and deeper");
    }

    @Test
    void depthCountsWhatIsOpenNotWhatHasBeen() {
      assertThat(Json.write(Collections.nCopies(1_000, List.of())))
          .isEqualTo("[" + "[],".repeat(999) + "[]]");
    }

    @Test
    void cyclesAreRefused() {
      List<Object> list = new ArrayList<>();
      list.add(list);
      list.add(list);
      Map<String, Object> map = new HashMap<>();
      map.put("self", new Object[] {new Node(map)});

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(list))
          .withMessage(
              "expected a value that does not contain itself, was java.util.ArrayList at $[0]");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(map))
          .withMessage(
              "expected a value that does not contain itself, was java.util.HashMap at"
                  + " $['self'][0].next");
    }

    @Test
    void oneValueInSeveralPlacesIsNoCycle() {
      List<Object> shared = List.of(1);

      assertThat(Json.write(Map.of("a", List.of(shared, shared)))).isEqualTo("{\"a\":[[1],[1]]}");
    }

    @Test
    void wideValuesThatContainThemselvesAreRefusedBeforeTheyFillTheMemory() {
      List<Object> wide = new ArrayList<>(Collections.nCopies(1_000_000, 1));
      wide.add(wide);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(wide))
          .withMessageEndingWith("was java.util.ArrayList at $[1000000]");
    }

    private Object nested(int depth) {
      List<Object> value = List.of();
      for (int i = 1; i < depth; i++) {
        value = List.of(value);
      }
      return value;
    }
  }

  @Nested
  class Unsupported {
    @Test
    void classesAreNamedWithWhatIsSupportedTheirPlaceAndAWayOut() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(List.of(new Thread())))
          .withMessageStartingWith("expected null, a Boolean, text, ")
          .withMessageEndingWith(
              "was java.lang.Thread at $[0] (if it has a JSON text, pass RawJson.of(text))");
    }

    static Stream<Object> undocumented() {
      Iterable<Integer> iterable = () -> List.of(1, 2).iterator();
      return Stream.of(
          iterable,
          new TreeOfAnotherLibrary(),
          Path.of("/"),
          new Date(0),
          JapaneseDate.now(),
          Map.entry("a", 1),
          List.of(1).iterator(),
          Stream.of(1),
          new BitSet(),
          Locale.ROOT,
          Object.class,
          new Thread());
    }

    @ParameterizedTest
    @MethodSource("undocumented")
    void whateverIsNotDocumentedIsRefusedWithItsPlace(Object value) {
      Map<String, Object> map = new LinkedHashMap<>();
      map.put("fine", List.of());
      map.put("a 'key'\u202E\n", new Object[] {1, new Node(Optional.of(value))});

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(List.of(0, map)))
          .withMessageContaining(
              "was " + value.getClass().getName() + " at $[1]['a ?key???'][1].next (")
          .withMessageContaining("RawJson");
    }

    @Test
    void keysOfAnyLengthAreToldInPart() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(Map.of("k".repeat(1_000_000), Double.NaN)))
          .withMessage("expected a finite number, was NaN at $['" + "k".repeat(40) + "']");
    }

    @Test
    void numbersWithATextOfTheirOwnAreNotTrusted() {
      BigDecimal liar =
          new BigDecimal("1") {
            private static final long serialVersionUID = 1L;

            @Override
            public String toString() {
              return "1,\"injected\":2";
            }
          };

      assertThatIllegalArgumentException().isThrownBy(() -> Json.write(liar));
    }
  }

  @Test
  void bytesAreThoseOfTheText() {
    Object value = Map.of("a", List.of("é", 1.5, "😀\u2028"));

    assertThat(Json.writeBytes(value)).isEqualTo(Json.write(value).getBytes(UTF_8));
  }

  private record Node(Object next) {}

  private record LetteredNode(String text) implements CharSequence {
    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.subSequence(start, end);
    }
  }

  /** A type like Jackson's {@code JsonNode} and Gson's {@code JsonArray}. */
  private static final class TreeOfAnotherLibrary implements Iterable<Object> {
    @Override
    public Iterator<Object> iterator() {
      return List.<Object>of().iterator();
    }
  }

  private enum Shouting {
    LOUD {
      @Override
      public String toString() {
        return "not this";
      }
    }
  }
}
