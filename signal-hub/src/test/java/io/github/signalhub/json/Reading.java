package io.github.signalhub.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.function.Function;

/** Reads every text twice, as a string and as bytes. Both results must be equal. */
final class Reading {
  private Reading() {}

  /** Reads a text as a string and as bytes. Both results must be equal. */
  static Object read(String text) {
    Object value = Json.parse(text);
    assertThat(Json.parse(text.getBytes(UTF_8))).isEqualTo(value);
    return value;
  }

  static JsonException refusal(String text) {
    return refusal(text, JsonLimits.DEFAULT);
  }

  /** Reads a text as a string and as bytes. Both must be refused at the same place. */
  static JsonException refusal(String text, JsonLimits limits) {
    JsonException chars = catchThrowableOfType(JsonException.class, () -> Json.parse(text, limits));
    JsonException bytes =
        catchThrowableOfType(JsonException.class, () -> Json.parse(text.getBytes(UTF_8), limits));
    assertThat(chars).as("refusal of %s", text).isNotNull();
    assertThat(bytes.offset()).isEqualTo(text.substring(0, chars.offset()).getBytes(UTF_8).length);
    return chars;
  }

  static Function<JsonException, Object> offset() {
    return JsonException::offset;
  }
}
