package io.github.signalhub.json;

import static io.github.signalhub.json.Reading.read;
import static io.github.signalhub.json.Reading.refusal;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLimitsTest {

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

    assertThat(Json.parse("[[],[],{},[1],{\"a\":1}]", limits)).isNotNull();
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
        .withMessage("expected maxDepth of at least 1, was 0");
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> JsonLimits.DEFAULT.withMaxLength(0));
    assertThatExceptionOfType(IllegalArgumentException.class)
        .isThrownBy(() -> JsonLimits.DEFAULT.withMaxDigits(100_001));
    assertThat(JsonLimits.DEFAULT)
        .hasToString("JsonLimits[maxDepth=64, maxLength=16777216, maxDigits=1000]")
        .isEqualTo(JsonLimits.DEFAULT.withMaxDepth(3).withMaxDepth(64));
  }
}
