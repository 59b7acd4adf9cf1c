package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MaskingTest {
  private static final int KEY = 0x37FA213D;

  @Test
  void theExampleOfTheRfcIsUnmasked() {
    byte[] payload = Wire.bytes("7f 9f 4d 51 58");

    Masking.unmask(payload, 0, payload.length, KEY, 0);

    assertThat(payload).asString().isEqualTo("Hello");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 13, 16, 64})
  void anyChunkingGivesTheSameBytes(int chunk) {
    byte[] payload = new byte[67];
    for (int i = 0; i < payload.length; i++) {
      payload[i] = (byte) (i * 31 ^ KEY >>> 24 - 8 * (i & 3));
    }

    for (int from = 0; from < payload.length; from += chunk) {
      Masking.unmask(payload, from, Math.min(from + chunk, payload.length), KEY, from);
    }

    for (int i = 0; i < payload.length; i++) {
      assertThat(payload[i]).as("byte %d", i).isEqualTo((byte) (i * 31));
    }
  }

  @Test
  void bytesOutsideThePartAreLeftAlone() {
    byte[] bytes = new byte[20];

    Masking.unmask(bytes, 3, 16, KEY, 0);

    assertThat(Wire.hex(bytes)).isEqualTo("000000" + "37fa213d".repeat(3) + "37" + "00000000");
  }

  @Test
  void offsetsBeyondTwoGibibytesCountInTheirLastBits() {
    byte[] bytes = new byte[4];

    Masking.unmask(bytes, 0, 4, KEY, 0x1_0000_0003L);

    assertThat(Wire.hex(bytes)).isEqualTo("3d37fa21");
  }
}
