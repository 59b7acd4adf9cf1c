package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameEncoderTest {
  @Test
  void theExampleOfTheRfcIsEncoded() {
    assertThat(Wire.hex(FrameEncoder.text("Hello".getBytes(StandardCharsets.UTF_8))))
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
    byte[] frame = FrameEncoder.binary(new byte[length]);

    int headerBytes = header.length() / 2;
    assertThat(Wire.hex(Arrays.copyOf(frame, headerBytes))).isEqualTo(header);
    assertThat(frame).hasSize(headerBytes + length);
    assertThat(FrameEncoder.headerBytes(length)).isEqualTo(headerBytes);
  }

  @ParameterizedTest
  @CsvSource({
    "5,             8105",
    "40000,         817e9c40",
    "1099511627776, 817f0000010000000000"
  })
  void aHeaderAloneIsWrittenInNetworkOrder(long length, String header) {
    ByteBuffer out = ByteBuffer.allocate(16).order(ByteOrder.LITTLE_ENDIAN);

    FrameEncoder.writeHeader(out, FrameEncoder.TEXT, length);

    assertThat(Wire.hex(Arrays.copyOf(out.array(), out.position()))).isEqualTo(header);
  }

  @Test
  void aHeaderWithoutRoomIsNotWrittenInPart() {
    ByteBuffer out = ByteBuffer.allocate(3);

    assertThatExceptionOfType(BufferOverflowException.class)
        .isThrownBy(() -> FrameEncoder.writeHeader(out, FrameEncoder.TEXT, 126));

    assertThat(out.position()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0x0, 0x3, 0x8, 0x9, 0xA, 0x81})
  void onlyHeadersOfWholeMessagesAreWritten(int opcode) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrameEncoder.writeHeader(ByteBuffer.allocate(16), opcode, 1))
        .withMessage("expected the opcode of a text or binary frame, was " + opcode);
  }

  @Test
  void negativeLengthsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> FrameEncoder.headerBytes(-1))
        .withMessage("expected a length of at least 0, was -1");
  }
}
