package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FrameEncoderTest {
  @Test
  void theExampleOfTheRfcIsEncoded() {
    assertThat(
            Wire.hex(
                FrameEncoder.frame(FrameEncoder.TEXT, "Hello".getBytes(StandardCharsets.UTF_8))))
        .isEqualTo("810548656c6c6f");
  }

  @ParameterizedTest
  @CsvSource({
    "0,     8200",
    "1,     8201",
    "125,   827d",
    "126,   827e007e",
    "256,   827e0100",
    "65535, 827effff",
    "65536, 827f0000000000010000"
  })
  void lengthsTakeTheFewestBytes(int length, String header) {
    byte[] frame = FrameEncoder.frame(FrameEncoder.BINARY, new byte[length]);

    int headerBytes = header.length() / 2;
    assertThat(Wire.hex(Arrays.copyOf(frame, headerBytes))).isEqualTo(header);
    assertThat(frame).hasSize(headerBytes + length);
  }
}
