package io.github.signalhub.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {

  @Nested
  class Values {
    @Test
    void literalsAreBooleansAndNull() {
      assertThat(read("true")).isEqualTo(true);
      assertThat(read("false")).isEqualTo(false);
      assertThat(read("null")).isNull();
    }

    @Test
    void objectsKeepTheOrderOfTheText() {
      Object value = read("{\"z\":1,\"a\":2,\"m\":3,\"\":4}");

      assertThat(((Map<?, ?>) value).keySet().toArray()).containsExactly("z", "a", "m", "");
    }

    @Test
    void nullsStayInMapsAndLists() {
      Map<String, Object> expected = new LinkedHashMap<>();
      expected.put("a", null);
      expected.put("b", Arrays.asList(null, null));

      assertThat(read("{\"a\":null,\"b\":[null,null]}")).isEqualTo(expected);
    }

    @Test
    void containersNestAndMayBeEmpty() {
      assertThat(read("[]")).isEqualTo(List.of());
      assertThat(read("{}")).isEqualTo(Map.of());
      assertThat(read("[[],{},[{}],{\"a\":[]}]"))
          .isEqualTo(List.of(List.of(), Map.of(), List.of(Map.of()), Map.of("a", List.of())));
    }

    @Test
    void whitespaceIsAllowedBetweenAnyTokens() {
      assertThat(read(" \t\r\n{ \n\"a\"\t:\r[ 1 , 2 ] , \"b\" : { } } \n"))
          .isEqualTo(Map.of("a", List.of(1L, 2L), "b", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "{\"a\":1}", "{\"a\":{\"b\":1}}"})
    void mapsCannotBeModified(String text) {
      @SuppressWarnings("unchecked")
      Map<String, Object> map = (Map<String, Object>) read(text);

      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> map.put("x", 1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"[]", "[1]", "[[1]]"})
    void listsCannotBeModified(String text) {
      @SuppressWarnings("unchecked")
      List<Object> list = (List<Object>) read(text);

      assertThatExceptionOfType(UnsupportedOperationException.class).isThrownBy(() -> list.add(1));
    }

    @Test
    void textsAndLimitsAreRequired() {
      assertThatNullPointerException().isThrownBy(() -> Json.parse((String) null));
      assertThatNullPointerException().isThrownBy(() -> Json.parse((byte[]) null));
      assertThatNullPointerException().isThrownBy(() -> Json.parse("1", null));
      assertThatNullPointerException().isThrownBy(() -> Json.parse(new byte[] {'1'}, null));
    }
  }

  @Nested
  class Numbers {
    @ParameterizedTest
    @ValueSource(
        longs = {
          0,
          7,
          -7,
          999_999_999_999_999_999L,
          -999_999_999_999_999_999L,
          Long.MAX_VALUE,
          Long.MIN_VALUE
        })
    void integersOf64BitsAreLongs(long number) {
      assertThat(read(Long.toString(number))).isEqualTo(number);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"9223372036854775808", "-9223372036854775809", "123456789012345678901234567890"})
    void largerIntegersAreExact(String number) {
      assertThat(read(number)).isEqualTo(new BigInteger(number));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "0.1",
          "-0.1",
          "1.0",
          "1.50",
          "1e0",
          "1E2",
          "1e+2",
          "1e-2",
          "0e0",
          "0.0e-0",
          "123.456e78",
          "1e0000000000000000000001",
          "1e1000",
          "1e-1000",
          "4.9E-324",
          "1.7976931348623157E308",
          "0.1000000000000000055511151231257827021181583404541015625"
        })
    void numbersWithFractionOrExponentAreExact(String number) {
      assertThat(read(number)).isEqualTo(new BigDecimal(number));
    }

    @Test
    void zeroHasNoSign() {
      assertThat(read("-0")).isEqualTo(0L);
      assertThat(read("-0.0")).isEqualTo(new BigDecimal("0.0"));
    }

    @ParameterizedTest
    @CsvSource({
      "01, 1",
      "-01, 2",
      "00, 1",
      "0123, 1",
      "1., 2",
      "1.e1, 2",
      "-, 1",
      "-x, 1",
      "-.5, 1",
      "--1, 1",
      "1e, 2",
      "1e+, 3",
      "1e-, 3",
      "1ex, 2",
      "1.5e, 4",
      "1e1.5, 3",
      "0x10, 1",
      "1_000, 1",
      "1f, 1",
      "1L, 1",
      "1.2.3, 3",
      "1 2, 2",
      "1e1e1, 3",
      "-Infinity, 1"
    })
    void whatTheGrammarExcludesIsRefusedWhereItBegins(String text, int offset) {
      assertThat(refusal(text).offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {".5", "+1", "NaN", "Infinity", "١", "１"})
    void whatIsNoNumberInJsonIsNoValue(String text) {
      assertThat(refusal(text)).hasMessageStartingWith("expected a value").returns(0, offset());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"1e1001", "1e-1001", "0e999999999", "1e999999999", "1E+99999999999999999999"})
    void giantExponentsAreRefused(String number) {
      assertThat(refusal(number))
          .hasMessage("expected an exponent of at most 1000, was a larger one at offset 0");
    }

    @Test
    void digitsAreLimitedInAllNotations() {
      assertThat(read("1".repeat(1_000))).isEqualTo(new BigInteger("1".repeat(1_000)));
      assertThat(read("0." + "1".repeat(999))).isEqualTo(new BigDecimal("0." + "1".repeat(999)));

      assertThat(refusal("1".repeat(1_001)))
          .hasMessage("expected a number of at most 1000 digits, was 1001 digits at offset 0");
      assertThat(refusal("[0." + "0".repeat(1_000) + "]").offset()).isEqualTo(1);
      assertThat(refusal("-" + "9".repeat(1_000_000)).offset()).isZero();
    }

    @Test
    void digitsCanBeLimitedOtherwise() {
      JsonLimits limits = JsonLimits.DEFAULT.withMaxDigits(3);

      assertThat(Json.parse("[123,1.23e3]", limits))
          .isEqualTo(List.of(123L, new BigDecimal("1.23e3")));
      assertThat(refusal("1234", limits).offset()).isZero();
      assertThat(refusal("1.234", limits).offset()).isZero();
      assertThat(refusal("1e4", limits).offset()).isZero();
    }
  }

  @Nested
  class Strings {
    @Test
    void everyEscapeIsResolved() {
      assertThat(read("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\\u00E9\\u20aC\\u0000\""))
          .isEqualTo("\"\\/\b\f\n\r\tAéé€\0");
    }

    @Test
    void textAroundEscapesIsKept() {
      assertThat(read("\"ab\\ncd\\u0065fg\\\\\"")).isEqualTo("ab\ncdefg\\");
    }

    @Test
    void charactersBeyondU_FFFFAreReadRawAndEscaped() {
      assertThat(read("\"😀\"")).isEqualTo("😀");
      assertThat(read("\"\\uD83D\\ude00\"")).isEqualTo("😀");
      assertThat(read("\"\\uDBFF\\uDFFF\"")).isEqualTo("\uDBFF\uDFFF");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"\u007F", "\u0080", "\u2028", "\u2029", "\uFEFF", "\uFFFD", "\uFFFE", "\uFFFF"})
    void unusualCharactersAreTakenAsTheyAre(String character) {
      assertThat(read('"' + character + '"')).isEqualTo(character);
    }

    @Test
    void everyControlCharacterHasToBeEscaped() {
      for (char c = 0; c < ' '; c++) {
        assertThat(refusal("\"a" + c + "\"")).as("U+%04X", (int) c).returns(2, offset());
      }
    }

    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '`',
        value = {
          "\", 1",
          "\"a, 2",
          "\"\\, 2",
          "\"\\\", 3",
          "\"\\x\", 2",
          "\"\\a\", 2",
          "\"\\'\", 2",
          "\"\\U0041\", 2",
          "\"\\u\", 3",
          "\"\\u0\", 4",
          "\"\\u00\", 5",
          "\"\\u004\", 6",
          "\"\\u004, 6",
          "\"\\u00g0\", 5",
          "\"\\u+041\", 3",
          "\"\\u-041\", 3",
          "\"\\u００４１\", 3",
          "'a', 0",
          "\"a\"b, 3"
        })
    void malformedStringsAreRefusedWhereTheyGoWrong(String text, int offset) {
      assertThat(refusal(text).offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '`',
        value = {
          "\"\\ud800\", 7",
          "\"\\udfff\", 1",
          "\"\\ud800x\", 7",
          "\"\\ud800\\n\", 8",
          "\"\\ud800\\u0041\", 7",
          "\"\\ud800\\ud800\", 7",
          "\"\\ud83d\\u\", 9",
          "\"\\ud83d\\ude0\", 12",
          "\"ab\\ude00\\ud83d\", 3"
        })
    void escapedHalvesOfSurrogatePairsAreRefused(String text, int offset) {
      assertThat(refusal(text).offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "\uDE00", "\uD83Dx", "\uD83D" + "\\ude00", "\uDE00\uD83D"})
    void rawHalvesOfSurrogatePairsAreRefused(String half) {
      assertThat(catchThrowableOfType(JsonException.class, () -> Json.parse('"' + half + '"')))
          .hasMessageContaining("surrogate");
    }

    @Test
    void anEscapedHalfIsNotCompletedByARawOne() {
      assertThat(catchThrowableOfType(JsonException.class, () -> Json.parse("\"\\ud83d\uDE00\"")))
          .hasMessage("expected an escaped low surrogate, was U+DE00 at offset 7");
    }
  }

  @Nested
  class Structure {
    @ParameterizedTest
    @CsvSource(
        quoteCharacter = '`',
        delimiter = '|',
        value = {
          "[1,]|3",
          "[,1]|1",
          "[,]|1",
          "[1 2]|3",
          "[1,,2]|3",
          "[|1",
          "[1|2",
          "[1,|3",
          "]|0",
          "[}|1",
          "[1}|2",
          "{|1",
          "{]|1",
          "{,}|1",
          "{\"a\"}|4",
          "{\"a\":}|5",
          "{\"a\" 1}|5",
          "{\"a\":1|6",
          "{\"a\":1,}|7",
          "{\"a\":1,,}|7",
          "{\"a\":1]|6",
          "{\"a\"::1}|5",
          "{a:1}|1",
          "{'a':1}|1",
          "{1:1}|1",
          "{null:1}|1",
          "{\"a\":1 \"b\":2}|7",
          "[\"a\":1]|4",
          "[1]]|3",
          "[1],|3",
          "{}{}|2",
          "1,2|1",
          "\"a\",|3",
          "tru|3",
          "truE|3",
          "True|0",
          "nul|3",
          "nulll|4",
          "falsey|5",
          "fals|4",
          "undefined|0",
          "[1]//x|3",
          "/*x*/1|0",
          "[1]#|3",
          "}|0",
          ",|0",
          ":|0",
          "{\"a\":1}x|7"
        })
    void malformedTextsAreRefusedWhereTheyGoWrong(String text, int offset) {
      assertThat(refusal(text).offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t\r "})
    void textsWithoutAValueAreRefused(String text) {
      assertThat(refusal(text))
          .hasMessageStartingWith("expected a value, was the end of the text")
          .returns(text.length(), offset());
    }

    @ParameterizedTest
    @ValueSource(chars = {'\f', '\u000B', '\0', '\u00A0', '\u2028', '\u3000', '\uFEFF'})
    void otherWhitespaceIsRefused(char space) {
      assertThat(refusal(space + "1").offset()).isZero();
      assertThat(refusal("1" + space).offset()).isEqualTo(1);
      assertThat(refusal("[" + space + "]").offset()).isEqualTo(1);
    }

    @Test
    void aNameStandsOnceInAnObject() {
      assertThat(refusal("{\"a\":1, \"a\":1}"))
          .hasMessage("expected each name once in an object, was a repeated one at offset 8");
      assertThat(refusal("{\"a\":null,\"a\":null}").offset()).isEqualTo(10);
      assertThat(refusal("{\"a\":1,\"b\":2,\"\\u0061\":3}").offset()).isEqualTo(13);
      assertThat(read("[{\"a\":{\"a\":1}},{\"a\":2}]"))
          .isEqualTo(List.of(Map.of("a", Map.of("a", 1L)), Map.of("a", 2L)));
    }

    @Test
    void namesWithOneHashCodeStayApart() {
      List<String> names =
          IntStream.range(0, 20_000)
              .mapToObj(i -> Integer.toBinaryString(1 << 15 | i).substring(1))
              .map(bits -> bits.replace("0", "Aa").replace("1", "BB"))
              .toList();
      StringBuilder text = new StringBuilder("{\"first\":0");
      names.forEach(name -> text.append(",\"").append(name).append("\":1"));

      Map<?, ?> value = (Map<?, ?>) read(text + "}");

      assertThat(names.stream().mapToInt(String::hashCode).distinct().count()).isOne();
      assertThat(value).hasSize(20_001);
      assertThat(names.stream().allMatch(value::containsKey)).isTrue();
      assertThat(refusal(text + ",\"" + names.get(0) + "\":1}").offset())
          .isEqualTo(text.length() + 1);
    }
  }

  @Nested
  class Limits {
    @Test
    void depthIs64UnlessToldOtherwise() {
      assertThat(read("[".repeat(64) + "]".repeat(64))).isNotNull();
      assertThat(read("{\"a\":".repeat(64) + "1" + "}".repeat(64))).isNotNull();

      assertThat(refusal("[".repeat(65) + "]".repeat(65)))
          .hasMessage("expected at most 64 levels, was one more at offset 64");
      assertThat(refusal("[{\"a\":".repeat(32) + "[]" + "}]".repeat(32)).offset()).isEqualTo(192);
    }

    @Test
    void depthCountsWhatIsOpenNotWhatHasBeen() {
      JsonLimits limits = JsonLimits.DEFAULT.withMaxDepth(2);

      assertThat(Json.parse("[[],[],{},[1],[{}]]".replace("{}]", "1]"), limits)).isNotNull();
      assertThat(refusal("[[],[[]]]", limits).offset()).isEqualTo(5);
    }

    @ParameterizedTest
    @ValueSource(ints = {10_000, 1_000_000})
    void depthTakesNoStack(int depth) {
      Object value =
          Json.parse("[".repeat(depth) + "]".repeat(depth), JsonLimits.DEFAULT.withMaxDepth(depth));

      int levels = 1;
      for (; !((List<?>) value).isEmpty(); value = ((List<?>) value).get(0)) {
        levels++;
      }
      assertThat(levels).isEqualTo(depth);
      assertThat(refusal("[".repeat(depth), JsonLimits.DEFAULT.withMaxDepth(depth)).offset())
          .isEqualTo(depth);
    }

    @Test
    void lengthIsCountedInWhatIsGiven() {
      JsonLimits limits = JsonLimits.DEFAULT.withMaxLength(4);

      assertThat(Json.parse("\"éé\"", limits)).isEqualTo("éé");
      assertThat(Json.parse("\"é\"".getBytes(UTF_8), limits)).isEqualTo("é");
      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse("12345", limits))
          .withMessage("expected at most 4 chars, was 5 chars at offset 4");
      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse("\"éé\"".getBytes(UTF_8), limits))
          .withMessage("expected at most 4 bytes, was 6 bytes at offset 4");
    }

    @Test
    void limitsAreLimitedThemselves() {
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> JsonLimits.DEFAULT.withMaxDepth(0))
          .withMessage("expected maxDepth of 1 to 2147483647, was 0");
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> JsonLimits.DEFAULT.withMaxLength(0));
      assertThatExceptionOfType(IllegalArgumentException.class)
          .isThrownBy(() -> JsonLimits.DEFAULT.withMaxDigits(100_001));
      assertThat(new JsonLimits(64, 16 * 1024 * 1024, 1_000)).isEqualTo(JsonLimits.DEFAULT);
    }
  }

  @Nested
  class Utf8 {
    @ParameterizedTest
    @CsvSource({
      "22 80 22, 1", // a continuation without its start
      "22 c3 22, 1", // cut short by a quote
      "22 c3, 1", // cut short by the end
      "22 e2 82, 1",
      "22 f0 9f 98, 1",
      "22 c0 80 22, 1", // overlong: two bytes for U+0000
      "22 c1 bf 22, 1",
      "c0 a2 61 22, 0", // overlong: two bytes for a quote
      "22 e0 80 af 22, 1", // overlong: three bytes
      "22 f0 80 80 af 22, 1", // overlong: four bytes
      "22 ed a0 80 22, 1", // a high surrogate
      "22 ed b0 80 22, 1", // a low surrogate
      "22 ed a0 bd ed b8 80 22, 1", // a pair of surrogates (CESU-8)
      "22 f4 90 80 80 22, 1", // beyond U+10FFFF
      "22 f5 80 80 80 22, 1",
      "22 fe 22, 1",
      "22 ff 22, 1",
      "22 ef bf bd ff 22, 4", // behind a U+FFFD that is meant
      "ff fe 31 00, 0", // UTF-16 with a byte order mark
    })
    void malformedBytesAreRefusedWhereTheyBegin(String hex, int offset) {
      byte[] bytes = hex(hex);

      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse(bytes))
          .withMessage(
              "expected UTF-8, was byte 0x%02x at offset %d".formatted(bytes[offset], offset))
          .returns(offset, offset());
    }

    @ParameterizedTest
    @CsvSource({"ef bb bf 31, 0", "fe ff 00 31, 0", "31 00, 1", "00 31, 0"})
    void otherEncodingsAndMarksAreRefused(String hex, int offset) {
      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse(hex(hex)))
          .returns(offset, offset());
    }

    @Test
    void malformedBytesFarBehindAreFoundToo() {
      byte[] bytes = ("\"" + "é\uFFFD😀".repeat(1_000) + "x\"").getBytes(UTF_8);
      bytes[bytes.length - 2] = (byte) 0x80;

      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse(bytes))
          .returns(bytes.length - 2, offset());
    }

    @Test
    void aReplacementCharacterThatIsMeantIsKept() {
      assertThat(Json.parse(hex("22 ef bf bd 22"))).isEqualTo("\uFFFD");
    }

    @Test
    void offsetsAreToldInBytes() {
      String text = "[\"é€😀\",x]";

      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse(text))
          .returns(8, offset());
      assertThatExceptionOfType(JsonException.class)
          .isThrownBy(() -> Json.parse(text.getBytes(UTF_8)))
          .returns(13, offset());
    }
  }

  @Nested
  class Messages {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "secret", "\"secret", "{\"secret\" 1}", "{\"secret\":1,\"secret\":2}", "[\"secret\" 2]",
          "\"secret\\x\"", "[1secret]", "{\"a\":secret}", "\"secret\n\"", "[] secret"
        })
    void showOneCharacterAtMost(String text) {
      assertThat(refusal(text).getMessage()).doesNotContain("secret", "ecret", "secre");
    }

    @Test
    void sayWhatWasExpectedWhatWasThereAndWhere() {
      assertThat(refusal("[1;2]")).hasMessage("expected ',' or ']', was ';' at offset 2");
      assertThat(refusal("{\"a\":1;")).hasMessage("expected ',' or '}', was ';' at offset 6");
      assertThat(refusal("{x")).hasMessage("expected a name in quotes, was 'x' at offset 1");
      assertThat(refusal("\"\u0001\""))
          .hasMessage("expected an escaped control character, was U+0001 at offset 1");
      assertThat(refusal("\u20AC")).hasMessage("expected a value, was U+20AC at offset 0");
      assertThat(refusal("tr")).hasMessage("expected true, was the end of the text at offset 2");
    }
  }

  /** Reads a text as a string and as bytes, which have to agree. */
  private static Object read(String text) {
    Object value = Json.parse(text);
    assertThat(Json.parse(text.getBytes(UTF_8))).isEqualTo(value);
    return value;
  }

  private static JsonException refusal(String text) {
    return refusal(text, JsonLimits.DEFAULT);
  }

  /** Reads a text as a string and as bytes, which have to be refused at the same place. */
  private static JsonException refusal(String text, JsonLimits limits) {
    JsonException chars = catchThrowableOfType(JsonException.class, () -> Json.parse(text, limits));
    JsonException bytes =
        catchThrowableOfType(JsonException.class, () -> Json.parse(text.getBytes(UTF_8), limits));
    assertThat(chars).as("refusal of %s", text).isNotNull();
    assertThat(bytes.offset()).isEqualTo(text.substring(0, chars.offset()).getBytes(UTF_8).length);
    return chars;
  }

  private static Function<JsonException, Object> offset() {
    return JsonException::offset;
  }

  private static byte[] hex(String bytes) {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }
}
