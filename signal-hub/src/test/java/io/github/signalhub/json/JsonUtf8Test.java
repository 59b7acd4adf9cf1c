package io.github.signalhub.json;

import static io.github.signalhub.json.Reading.offset;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonUtf8Test {

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
    "22 ef bf bd ff 22, 4", // after a valid U+FFFD
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

  private static byte[] hex(String bytes) {
    return HexFormat.ofDelimiter(" ").parseHex(bytes);
  }
}
