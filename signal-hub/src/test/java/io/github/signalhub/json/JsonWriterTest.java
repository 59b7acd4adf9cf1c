package io.github.signalhub.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.Period;
import java.time.ZonedDateTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
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
          .withMessage("expected a finite number, was " + number);
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
          .withMessageEndingWith("at index " + index);
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
          .withMessageEndingWith("was java.lang.Double");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(Collections.singletonMap(null, 1)))
          .withMessageEndingWith("was null");
      assertThatIllegalArgumentException().isThrownBy(() -> Json.write(Map.of(List.of(), 1)));
    }

    @Test
    void keysThatWouldReadTheSameAreRefused() {
      Map<Object, Object> map = new LinkedHashMap<>();
      map.put("1", "a string");
      map.put(1, "an integer");

      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(map))
          .withMessage("expected keys of different text, was one text twice");
      assertThat(Json.write(Map.of(1, 1))).isEqualTo("{\"1\":1}");
    }

    @Test
    void iterablesAreArrays() {
      Iterable<Integer> iterable = () -> List.of(1, 2).iterator();

      assertThat(Json.write(List.of(1, "a", List.of(), List.of(List.of()))))
          .isEqualTo("[1,\"a\",[],[[]]]");
      assertThat(Json.write(new ArrayDeque<>(List.of(1, 2)))).isEqualTo("[1,2]");
      assertThat(Json.write(Arrays.asList(null, 1, null))).isEqualTo("[null,1,null]");
      assertThat(Json.write(iterable)).isEqualTo("[1,2]");
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
          .withMessage("expected at most 256 levels, was one more (or contains itself)");
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
          .withMessageContaining("256 levels");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(map))
          .withMessageContaining("256 levels");
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
    void classesAreNamedWithWhatIsSupported() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.write(List.of(new Thread())))
          .withMessageStartingWith("expected null, a Boolean, text, ")
          .withMessageEndingWith("was java.lang.Thread");
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

  private enum Shouting {
    LOUD {
      @Override
      public String toString() {
        return "not this";
      }
    }
  }
}
