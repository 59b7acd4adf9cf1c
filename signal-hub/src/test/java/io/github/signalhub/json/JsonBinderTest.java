package io.github.signalhub.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonBinderTest {

  record Order(String id, List<Line> lines, Optional<String> note, Instant at) {}

  record Line(String article, int count, BigDecimal price) {}

  record Page<T>(List<T> items, Optional<Page<T>> next) {}

  record OrderPage(Page<Line> page) {}

  record One<T>(T value) {}

  record Numbers(
      byte a, short b, int c, long d, float e, double f, BigInteger g, BigDecimal h, Number i) {}

  record Positive(int value) {
    Positive {
      if (value <= 0) {
        throw new IllegalArgumentException("a secret of the application");
      }
    }
  }

  record Point(int x, int y) {}

  sealed interface Shape permits Circle, Polygon, Unit {}

  record Circle(double radius) implements Shape {}

  sealed interface Polygon extends Shape permits Square, Rectangle {}

  record Square(double side) implements Polygon {}

  record Rectangle(double width, double height) implements Polygon {}

  enum Unit implements Shape {
    DOT,
    LINE {}
  }

  sealed interface Result<T> permits Found, Missing {}

  record Found<T>(T value) implements Result<T> {}

  record Missing<T>(String key) implements Result<T> {}

  record Answer(Result<Line> result, List<? extends Shape> shapes) {}

  sealed interface Own permits Typed {}

  record Typed(String type) implements Own {}

  static final class Lines extends ArrayList<Line> {
    private static final long serialVersionUID = 1L;

    public Lines() {}
  }

  @Nested
  class Records {
    @Test
    void areReadWithWhatTheyContain() {
      Order order =
          Json.read(
              """
              {"id":"a1","lines":[{"article":"tea","count":2,"price":3.50}],
               "at":"2026-01-02T03:04:05Z","more":[1]}
              """,
              Order.class);

      assertThat(order)
          .isEqualTo(
              new Order(
                  "a1",
                  List.of(new Line("tea", 2, new BigDecimal("3.50"))),
                  Optional.empty(),
                  Instant.parse("2026-01-02T03:04:05Z")));
    }

    @Test
    void areReadWithTheTypeArgumentsOfTheComponentThatHoldsThem() {
      OrderPage page =
          Json.read(
              """
              {"page":{"items":[{"article":"tea","count":1,"price":1}],
               "next":{"items":[],"next":null}}}
              """,
              OrderPage.class);

      assertThat(page.page().items()).containsExactly(new Line("tea", 1, BigDecimal.ONE));
      assertThat(page.page().next()).contains(new Page<>(List.of(), Optional.empty()));
    }

    @Test
    void haveAnObjectWhereNothingSaysWhichClass() {
      assertThat(Json.read("{\"value\":{\"a\":[1]}}", One.class))
          .isEqualTo(new One<>(Map.of("a", List.of(1L))));
    }

    @Test
    void mayHoldNullExceptInPrimitives() {
      assertThat(Json.read("{\"article\":null,\"count\":1,\"price\":null}", Line.class))
          .isEqualTo(new Line(null, 1, null));
      refused("{\"article\":null,\"count\":null,\"price\":null}", Line.class)
          .withMessage("expected int, was null at $.count");
    }

    @Test
    void lackNothingButOptionals() {
      refused("{\"article\":\"tea\",\"count\":1}", Line.class)
          .withMessage("expected a value, was nothing at $.price");
    }

    @Test
    void mayRefuseTheirValuesWithoutTellingThePeerMore() {
      refused("{\"value\":0}", Positive.class)
          .withMessage("expected values that Positive accepts, was others at $")
          .withCauseInstanceOf(IllegalArgumentException.class);
    }
  }

  @Nested
  class NumberValues {
    @Test
    void fitEveryClassThatHoldsThem() {
      assertThat(
              Json.read(
                  "{\"a\":-128,\"b\":32767,\"c\":1.0,\"d\":1e3,\"e\":10,\"f\":10.5,\"g\":10,\"h\":10,"
                      + "\"i\":10}",
                  Numbers.class))
          .isEqualTo(
              new Numbers(
                  (byte) -128,
                  (short) 32767,
                  1,
                  1000,
                  10f,
                  10.5,
                  BigInteger.TEN,
                  BigDecimal.TEN,
                  10L));
    }

    @ParameterizedTest
    @CsvSource({"10,10", "10.5,10.5", "1e2,1E+2"})
    void fitDoubleAndBigDecimalAlike(String text, String decimal) {
      assertThat(Json.read(text, double.class)).isEqualTo(Double.parseDouble(text));
      assertThat(Json.read(text, BigDecimal.class)).isEqualTo(new BigDecimal(decimal));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "128 | an integer of 8 bits, was a larger number",
          "-129 | an integer of 8 bits, was a larger number",
          "1.5 | an integer, was a number with a fraction",
          "99999999999999999999 | an integer of 8 bits, was a larger number",
          "\"1\" | a number, was a string",
          "true | a number, was true"
        })
    void thatDoNotFitAreRefused(String text, String message) {
      refused(text, byte.class).withMessage("expected " + message + " at $");
    }

    @ParameterizedTest
    @ValueSource(strings = {"2147483648", "-2147483649"})
    void beyondAnIntAreRefused(String text) {
      refused(text, int.class).withMessageContaining("an integer of 32 bits");
      assertThat(Json.read(text, long.class)).isEqualTo(Long.parseLong(text));
    }

    @Test
    void beyondALongAreRefused() {
      refused("9223372036854775808", long.class).withMessageContaining("64 bits");
      assertThat(Json.read("9223372036854775808", BigInteger.class))
          .isEqualTo("9223372036854775808");
    }

    @Test
    void beyondADoubleAreRefused() {
      refused("1e309", double.class)
          .withMessage("expected a number that fits double, was one that is too large at $");
      refused("-1e39", float.class).withMessageContaining("fits float");
    }
  }

  @Nested
  class Containers {
    record Everything(
        int[] ints,
        String[][] texts,
        List<Integer>[] lists,
        Collection<String> collection,
        Set<Integer> set,
        SortedSet<String> sorted,
        EnumSet<DayOfWeek> days,
        Deque<Integer> deque,
        CopyOnWriteArrayList<Integer> copying,
        Map<LocalDate, List<Duration>> map,
        SortedMap<Integer, String> tree,
        EnumMap<DayOfWeek, Integer> byDay,
        LinkedHashMap<Character, UUID> ids) {}

    @Test
    void areOfTheClassThatIsDeclared() {
      Everything all =
          Json.read(
              """
              {"ints":[1,2],"texts":[["a"],[]],"lists":[[1]],"collection":["b","b"],"set":[3,3],
               "sorted":["d","c"],"days":["MONDAY"],"deque":[1,2],"copying":[4],
               "map":{"2026-01-02":["PT1S"]},"tree":{"10":"x","9":"y"},"byDay":{"FRIDAY":5},
               "ids":{"z":"00000000-0000-0001-0000-000000000002"}}
              """,
              Everything.class);

      assertThat(all.ints()).containsExactly(1, 2);
      assertThat(all.texts()).isDeepEqualTo(new String[][] {{"a"}, {}});
      assertThat(all.lists()[0]).containsExactly(1);
      assertThat(all.collection()).containsExactly("b", "b");
      assertThat(all.set()).containsExactly(3);
      assertThat(all.sorted()).isInstanceOf(TreeSet.class).containsExactly("c", "d");
      assertThat(all.days()).containsExactly(DayOfWeek.MONDAY);
      assertThat(all.deque()).containsExactly(1, 2);
      assertThat(all.copying()).containsExactly(4);
      assertThat(all.map())
          .isEqualTo(Map.of(LocalDate.of(2026, 1, 2), List.of(Duration.ofSeconds(1))));
      assertThat(all.tree()).isInstanceOf(TreeMap.class).isEqualTo(Map.of(9, "y", 10, "x"));
      assertThat(all.byDay()).isEqualTo(Map.of(DayOfWeek.FRIDAY, 5));
      assertThat(all.ids()).isEqualTo(Map.of('z', new UUID(1, 2)));
    }

    @Test
    void cannotBeChangedWhereAnInterfaceIsDeclared() {
      record Interfaces(List<Integer> list, Set<Integer> set, Map<String, Integer> map) {}
      Interfaces read =
          Json.read("{\"list\":[1,null],\"set\":[1],\"map\":{\"a\":1}}", Interfaces.class);

      assertThat(read.list()).isEqualTo(Arrays.asList(1, null)).isUnmodifiable();
      assertThat(read.set()).isUnmodifiable();
      assertThat(read.map()).isUnmodifiable();
    }

    @Test
    void takeTheirElementsFromTheClassThatTheyExtend() {
      record Holder(Lines lines) {}

      assertThat(
              Json.read("{\"lines\":[{\"article\":\"a\",\"count\":1,\"price\":2}]}", Holder.class)
                  .lines())
          .containsExactly(new Line("a", 1, BigDecimal.valueOf(2)));
    }

    @Test
    void saySoWhereAnElementDoesNotFit() {
      record Deep(Map<String, List<Line>> orders) {}

      refused(
              "{\"orders\":{\"it's\":[{\"article\":\"a\",\"count\":\"x\",\"price\":1}]}}",
              Deep.class)
          .withMessage("expected a number, was a string at $.orders['it?s'][0].count");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"01\":1}", "{\"+1\":1}", "{\"one\":1}", "{\"99999999999\":1}"})
    void haveKeysAsTheyAreWritten(String text) {
      record Keyed(Map<Integer, Integer> map) {}

      refused("{\"map\":" + text + "}", Keyed.class);
    }

    @Test
    void haveKeysOfNoMoreDigitsThanNumbersHave() {
      record Keyed(Map<BigInteger, Integer> map) {}
      String most = "-" + "9".repeat(1_000);

      assertThat(Json.read("{\"map\":{\"" + most + "\":1}}", Keyed.class).map())
          .containsOnlyKeys(new BigInteger(most));
      refused("{\"map\":{\"" + most + "99\":1}}", Keyed.class)
          .withMessageContaining("expected the digits of an integer as a name, was another name");
    }

    @Test
    void haveEachKeyOnce() {
      record Keyed(Map<Instant, Integer> map) {}

      refused("{\"map\":{\"2026-01-01T00:00:00Z\":1,\"2026-01-01T00:00:00.0Z\":2}}", Keyed.class)
          .withMessageContaining("each key once");
    }

    @Test
    void thatCompareAllElementsWithEachOtherStaySmall() {
      record Points(Set<Point> points) {}
      String points =
          IntStream.range(0, 1_001)
              .mapToObj(i -> "{\"x\":" + i + ",\"y\":" + -31 * i + "}") // all of one hash code
              .collect(Collectors.joining(",", "{\"points\":[", "]}"));

      refused(points, Points.class)
          .withMessage("expected at most 1000 elements, was 1001 elements at $.points");
    }

    @Test
    void ofOrderedElementsMayBeLarge() {
      record Texts(Set<String> texts) {}
      String texts =
          IntStream.range(0, 5_000)
              .mapToObj(i -> "\"" + i + "\"")
              .collect(Collectors.joining(",", "{\"texts\":[", "]}"));

      assertThat(Json.read(texts, Texts.class).texts()).hasSize(5_000);
    }

    @Test
    void mayNotBeDeeperThanTheWriterWrites() {
      Object deep = List.of();
      for (int i = 0; i < 300; i++) {
        deep = Map.of("value", deep);
      }
      record Nested(One<One<Object>> value) {}
      record Self(List<Self> value) {}
      Object selves = Map.of("value", List.of());
      for (int i = 0; i < 200; i++) {
        selves = Map.of("value", List.of(selves));
      }
      Object tooDeep = selves;

      assertThat(Json.convert(Map.of("value", deep), Nested.class)).isNotNull();
      assertThatExceptionOfType(JsonTypeException.class)
          .isThrownBy(() -> Json.convert(tooDeep, Self.class))
          .withMessageContaining("at most 256 levels");
    }
  }

  @Nested
  class Texts {
    @ParameterizedTest
    @ValueSource(strings = {"\"1-1-1-1-1\"", "\"\"", "\"x\"", "1"})
    void thatAreNoneOfTheirClassAreRefused(String text) {
      refused(text, UUID.class);
      refused(text, Instant.class);
    }

    @Test
    void ofOneCharacterAreCharacters() {
      assertThat(Json.read("\"é\"", char.class)).isEqualTo('é');
      refused("\"ab\"", char.class).withMessageContaining("one character");
      refused("\"😀\"", char.class);
    }

    @Test
    void nameConstants() {
      assertThat(Json.read("\"FRIDAY\"", DayOfWeek.class)).isEqualTo(DayOfWeek.FRIDAY);
      refused("\"Friday\"", DayOfWeek.class)
          .withMessageStartingWith("expected one of MONDAY, TUESDAY,");
      refused("5", DayOfWeek.class).withMessage("expected a string, was a number at $");
    }

    @Test
    void ofAnyKindMayBeReady() {
      assertThat(Json.read("{\"a\": [1, 2.50]}", RawJson.class))
          .isEqualTo(RawJson.of("{\"a\":[1,2.50]}"));
    }
  }

  @Nested
  class SealedInterfaces {
    @Test
    void areToldApartByTheNameOfTheRecord() {
      String text = Json.write(List.of(new Circle(1), new Rectangle(2, 3), Unit.LINE));

      assertThat(text)
          .isEqualTo(
              "[{\"type\":\"Circle\",\"radius\":1.0},"
                  + "{\"type\":\"Rectangle\",\"width\":2.0,\"height\":3.0},\"LINE\"]");
      assertThat(Json.read(text, Shape[].class))
          .containsExactly(new Circle(1), new Rectangle(2, 3), Unit.LINE);
    }

    @Test
    void passTheirTypeArgumentsOn() {
      Answer answer =
          new Answer(
              new Found<>(new Line("tea", 1, BigDecimal.TEN)), List.of(new Square(1), Unit.DOT));

      assertThat(Json.read(Json.write(answer), Answer.class)).isEqualTo(answer);
    }

    @Test
    void needNoNameWhereOneRecordIsDeclared() {
      assertThat(Json.read("{\"radius\":1}", Circle.class)).isEqualTo(new Circle(1));
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "{} | one of Circle, Square, Rectangle, was null at $.type",
          "{\"type\":5} | one of Circle, Square, Rectangle, was a number at $.type",
          "{\"type\":\"Line\"} | one of Circle, Square, Rectangle, was another string at $.type",
          "\"BLOT\" | one of DOT, LINE, was another string at $",
          "[] | an object, was an array at $"
        })
    void takeNothingElse(String text, String message) {
      refused(text, Shape.class).withMessage("expected " + message);
    }

    @Test
    void cannotBeReadWhereTheNameHasNoPlace() {
      assertThat(Json.write(new Typed("a"))).isEqualTo("{\"type\":\"a\"}");
      assertThat(Json.read("{\"type\":\"a\"}", Typed.class)).isEqualTo(new Typed("a"));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.checkReadable(Own.class))
          .withMessageContaining("its Typed has to be");
    }
  }

  @Nested
  class Checks {
    record Unreadable(Runnable task) {}

    record Untyped(List<?> anything, Map<String, ?> more) {}

    record Recursive(List<Recursive> children, Map<String, Optional<Recursive>> named) {}

    record BadKeys(Map<Double, String> map) {}

    record NoClass(Iterable<String> iterable, Comparable<String> comparable) {}

    @Test
    void acceptWhatIsRead() {
      assertThatNoException()
          .isThrownBy(
              () ->
                  List.of(
                          Order.class,
                          OrderPage.class,
                          One.class,
                          Numbers.class,
                          Containers.Everything.class,
                          Shape.class,
                          Answer.class,
                          Untyped.class,
                          Recursive.class,
                          int[][].class,
                          DayOfWeek.class,
                          OptionalInt.class)
                      .forEach(Json::checkReadable));
    }

    @ParameterizedTest
    @ValueSource(
        classes = {
          Unreadable.class,
          BadKeys.class,
          NoClass.class,
          Own.class,
          Thread.class,
          Void.class,
          void.class,
          Record.class,
          Enum.class
        })
    void nameTheClassThatIsNotRead(Class<?> type) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Json.checkReadable(type))
          .withMessageStartingWith("expected a class that Json reads, was ")
          .isNotInstanceOf(JsonTypeException.class);
    }
  }

  @Nested
  class Optionals {
    record Numbers(OptionalInt i, OptionalLong l, Optional<List<Integer>> list) {}

    @Test
    void areEmptyWhereNothingOrNullIs() {
      assertThat(Json.read("{\"l\":null}", Numbers.class))
          .isEqualTo(new Numbers(OptionalInt.empty(), OptionalLong.empty(), Optional.empty()));
      assertThat(Json.read("{\"i\":1,\"l\":2,\"list\":[3]}", Numbers.class))
          .isEqualTo(new Numbers(OptionalInt.of(1), OptionalLong.of(2), Optional.of(List.of(3))));
    }
  }

  private static org.assertj.core.api.ThrowableAssertAlternative<JsonTypeException> refused(
      String text, Class<?> type) {
    return assertThatExceptionOfType(JsonTypeException.class)
        .isThrownBy(() -> Json.read(text, type));
  }
}
