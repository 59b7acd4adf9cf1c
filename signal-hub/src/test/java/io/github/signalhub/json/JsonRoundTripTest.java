package io.github.signalhub.json;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Properties of values and texts of any shape, tested on the ones of fixed seeds. */
class JsonRoundTripTest {
  private static final String ALPHABET =
      "abc \"\\/\b\f\n\r\t\0\u001f\u007f\u0080é€\u2028\u2029\ud7ff\ue000\ufeff\ufffd\uffff";

  @RepeatedTest(300)
  void whatIsWrittenIsReadBackAsItWas(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    Object value = value(random, 0);

    String text = Json.write(value);

    assertThat(Json.parse(text)).isEqualTo(value);
    assertThat(Json.parse(Json.writeBytes(value))).isEqualTo(value);
    assertThat(Json.write(Json.parse(text))).isEqualTo(text);
    assertThat(Json.write(RawJson.of(text))).isEqualTo(text);
    assertThat(text).doesNotContain("\n", "\r", "\u2028", "\u2029");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void damagedTextIsReadOrRefusedButNothingElse(long seed) {
    Random random = new Random(seed);
    int read = 0;
    int refused = 0;

    for (int i = 0; i < 2_000; i++) {
      byte[] text = Json.writeBytes(value(random, 0));
      int at = random.nextInt(text.length);
      text[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) "[]{}\",:\\0e-".charAt(random.nextInt(11));
      Object value;
      try {
        value = Json.parse(text);
      } catch (JsonException e) {
        assertThat(e.offset()).isBetween(0, text.length);
        refused++;
        continue;
      }
      assertThat(Json.parse(new String(text, StandardCharsets.UTF_8))).isEqualTo(value);
      String written = Json.write(value); // 1.2e1 may have become 12: same number, other class
      assertThat(Json.write(Json.parse(written))).isEqualTo(written);
      read++;
    }

    assertThat(read).isPositive();
    assertThat(refused).isPositive();
  }

  private static Object value(Random random, int depth) {
    return switch (random.nextInt(depth < 6 ? 9 : 6)) {
      case 0 -> null;
      case 1 -> random.nextBoolean();
      case 2 -> random.nextLong() >> random.nextInt(64);
      case 3 -> new BigInteger(64 + random.nextInt(200), random).setBit(63);
      case 4 ->
          new BigDecimal(new BigInteger(1 + random.nextInt(99), random), 1 + random.nextInt(400));
      case 5 -> string(random);
      case 6, 7 -> map(random, depth + 1);
      default -> list(random, depth + 1);
    };
  }

  private static Map<String, Object> map(Random random, int depth) {
    Map<String, Object> map = new LinkedHashMap<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      map.put(string(random), value(random, depth));
    }
    return map;
  }

  private static List<Object> list(Random random, int depth) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(6); i > 0; i--) {
      list.add(value(random, depth));
    }
    return list;
  }

  private static String string(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      if (random.nextInt(8) == 0) {
        text.appendCodePoint(0x10000 + random.nextInt(0x100000));
      } else {
        text.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
      }
    }
    return text.toString();
  }
}
