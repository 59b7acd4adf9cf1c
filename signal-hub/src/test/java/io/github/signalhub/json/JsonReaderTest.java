package io.github.signalhub.json;

import static io.github.signalhub.json.Reading.offset;
import static io.github.signalhub.json.Reading.read;
import static io.github.signalhub.json.Reading.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
}
