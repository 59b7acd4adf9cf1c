package io.github.signalhub.json;

import static io.github.signalhub.json.Reading.offset;
import static io.github.signalhub.json.Reading.read;
import static io.github.signalhub.json.Reading.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTokensTest {

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
        strings = {
          "1e1001",
          "1e-1001",
          "0e999999999",
          "1e999999999",
          "1E+99999999999999999999",
          "10e1000",
          "0.00e-1000",
          "-100E01000"
        })
    void giantExponentsAreRefused(String number) {
      assertThat(refusal(number))
          .hasMessage("expected an exponent of at most 1000, was a larger one at offset 0");
    }

    @Test
    void whatIsReadAtTheLimitsCanBeWrittenAndReadAgain() {
      for (String number : List.of("1e1000", "0.01e1000", "1" + "2".repeat(999) + "e-999")) {
        Object value = read(number);
        assertThat(read(Json.write(value))).isEqualTo(value);
      }
      assertThat(refusal("1".repeat(1_000) + "e-1000").offset()).isZero(); // 0. and 1,000 digits
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
}
