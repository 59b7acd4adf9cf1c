package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class Utf8ValidatorTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "00",
        "7f",
        "c280",
        "dfbf",
        "e0a080",
        "efbfbf",
        "ed9fbf",
        "ee8080",
        "f0908080",
        "f48fbfbf",
        "efbfbe",
        "cebae1bdb9cf83cebcceb5",
        "6162636465666768c3a96162636465666768"
      })
  void validTextIsAcceptedInAnyChunking(String text) {
    for (int chunk : Wire.CHUNKS) {
      Utf8Validator validator = new Utf8Validator();

      int failedAt = failedAt(validator, chunk, Wire.bytes(text));

      assertThat(failedAt).as("in chunks of %d", chunk).isEqualTo(-1);
      assertThat(validator.isComplete()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "80,                       0", // continuation byte first
    "bf,                       0",
    "c080,                     0", // overlong
    "c1bf,                     0",
    "e09f80,                   1",
    "f08f8080,                 1",
    "eda080,                   1", // surrogates
    "edbfbf,                   1",
    "f4908080,                 1", // above U+10FFFF
    "f5,                       0",
    "ff,                       0",
    "c341,                     1", // cut short
    "e28241,                   2",
    "f09f9841,                 3",
    "e2c3,                     1",
    "616263646566676861ff,     9", // after the ASCII fast path
    "6162636465666768c3c3,     9"
  })
  void invalidTextFailsAtItsFirstImpossibleByte(String text, int at) {
    assertThat(failedAt(new Utf8Validator(), 1, Wire.bytes(text))).isEqualTo(at);
    for (int chunk : Wire.CHUNKS) {
      assertThat(failedAt(new Utf8Validator(), chunk, Wire.bytes(text))).isNotEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"c3", "e2", "e282", "f0", "f09f", "f09f98"})
  void aCharacterThatStopsHalfwayIsIncomplete(String text) {
    Utf8Validator validator = new Utf8Validator();

    assertThat(validator.accept(Wire.bytes(text), 0, text.length() / 2)).isTrue();

    assertThat(validator.isComplete()).isFalse();
    validator.reset();
    assertThat(validator.isComplete()).isTrue();
  }

  @Test
  void everyPairOfBytesIsJudgedAsTheJdkDoesWhateverFollows() {
    for (int pair = 0; pair < 1 << 16; pair++) {
      byte first = (byte) (pair >> 8);
      byte second = (byte) pair;
      assertJudgedAsTheJdkDoes(new byte[] {first, second});
      assertJudgedAsTheJdkDoes(new byte[] {first, second, (byte) 0x80});
      assertJudgedAsTheJdkDoes(new byte[] {first, second, (byte) 0xBF, (byte) 0xBF});
    }
  }

  @Test
  void randomTextsAreJudgedAsTheJdkDoes() {
    Random random = new Random(42);
    byte[] alphabet = Wire.bytes("41 7f 80 8f 90 9f a0 bf c1 c2 df e0 e1 ec ed ee ef f0 f1 f4 f5");
    for (int run = 0; run < 50_000; run++) {
      byte[] text = new byte[random.nextInt(12)];
      for (int i = 0; i < text.length; i++) {
        text[i] = alphabet[random.nextInt(alphabet.length)];
      }
      assertJudgedAsTheJdkDoes(text);
    }
  }

  private static void assertJudgedAsTheJdkDoes(byte[] text) {
    Utf8Validator validator = new Utf8Validator();
    boolean valid = validator.accept(text, 0, text.length) && validator.isComplete();
    if (valid != isValidForTheJdk(text)) {
      assertThat(valid).as(Wire.hex(text)).isEqualTo(!valid);
    }
  }

  private static boolean isValidForTheJdk(byte[] text) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder();
    return !decoder.decode(ByteBuffer.wrap(text), CharBuffer.allocate(12), true).isError();
  }

  /** Returns the start of the refused chunk; -1 if none was refused. */
  private static int failedAt(Utf8Validator validator, int chunk, byte[] text) {
    for (int from = 0; from < text.length; ) {
      int length = Math.min(chunk, text.length - from);
      if (!validator.accept(text, from, from + length)) {
        return from;
      }
      from += length;
    }
    return -1;
  }
}
