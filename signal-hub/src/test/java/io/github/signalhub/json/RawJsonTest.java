package io.github.signalhub.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RawJsonTest {

  @Test
  void textIsWrittenAsItStands() {
    RawJson raw = RawJson.of(" {\"a\" : [1.50, \"\\u0041\\/\"]} ");

    assertThat(Json.write(raw)).isEqualTo(" {\"a\" : [1.50, \"\\u0041\\/\"]} ");
    assertThat(Json.write(Arrays.asList(raw, RawJson.of("1"), null)))
        .isEqualTo("[ {\"a\" : [1.50, \"\\u0041\\/\"]} ,1,null]");
  }

  @Test
  void textBecomesOneLine() {
    assertThat(Json.write(RawJson.of("[1,\r\n\"\u2028\",\n\"\u2029\\n\"]")))
        .isEqualTo("[1,  \"\\u2028\", \"\\u2029\\n\"]");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1,2", "{\"a\":1", "1}", "{\"a\":1,\"a\":2}", "\"\\ud800\""})
  void textThatIsNoValueIsRefusedWhenMade(String text) {
    assertThatExceptionOfType(JsonException.class).isThrownBy(() -> RawJson.of(text));
  }

  @Test
  void limitsApplyWhenMade() {
    assertThatExceptionOfType(JsonException.class)
        .isThrownBy(() -> RawJson.of("[[]]", JsonLimits.DEFAULT.withMaxDepth(1)));
  }

  @Test
  void equalTextIsEqual() {
    assertThat(RawJson.of("1")).isEqualTo(RawJson.of("1")).hasSameHashCodeAs(RawJson.of("1"));
    assertThat(RawJson.of("1")).isNotEqualTo(RawJson.of("1 ")).hasToString("1");
  }
}
