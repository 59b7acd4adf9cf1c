package io.github.signalhub.jdkserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Frame;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §5.1 to §5.3, §5.6 and §5.8: masking, reserved bits, opcodes and lengths. */
class Rfc6455FramingIT extends OverEachCarrier {
  @Nested
  class Lengths {
    @ParameterizedTest
    @CsvSource({
      "0, 1",
      "1, 1",
      "125, 1",
      "126, 1",
      "127, 1",
      "128, 3",
      "65535, 997",
      "65536, 997",
      "65537, 65537",
      "65536, 14",
      "1048576, 1048576",
      "1048576, 8191"
    })
    void ofEachKindComeBackWhole(int length, int chunk) throws Exception {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) '*');
      try (RawClient client = server.openWebSocket()) {
        client.sendInChunks(chunk, RawClient.frame(0x81, payload));
        Frame text = client.readFrame();
        client.sendInChunks(chunk, RawClient.frame(0x82, payload));
        Frame binary = client.readFrame();

        assertThat(text.firstByte()).isEqualTo(0x81);
        assertThat(text.payload()).isEqualTo(payload);
        assertThat(binary.firstByte()).isEqualTo(0x82);
        assertThat(binary.payload()).isEqualTo(payload);
      }
    }

    @ParameterizedTest
    @CsvSource({
      "1002, 81 fe 00 00", // 0 in 16 bits
      "1002, 82 fe 00 7d", // 125 in 16 bits
      "1002, 82 ff 00 00 00 00 00 00 00 00", // 0 in 64 bits
      "1002, 81 ff 00 00 00 00 00 00 00 7d", // 125 in 64 bits
      "1002, 82 ff 00 00 00 00 00 00 ff ff", // 65,535 in 64 bits
      "1002, 82 ff 80 00 00 00 00 00 00 00", // 2^63
      "1002, 82 ff ff ff ff ff ff ff ff ff", // 2^64 - 1
      "1009, 82 ff 7f ff ff ff ff ff ff ff", // 2^63 - 1
      "1009, 82 ff 00 00 00 01 00 00 00 00", // 2^32
      "1009, 82 ff 00 00 00 00 80 00 00 00", // 2^31
      "1009, 82 ff 00 00 00 00 7f ff ff ff", // 2^31 - 1
      "1009, 81 ff 00 00 00 00 00 10 00 01", // 1 MiB + 1
    })
    void thatNoneMayHaveFailByTheHeaderAlone(int code, String header) throws Exception {
      assertFails(code, RawClient.hex(header + " 01 02 03 04"));
    }
  }

  @Nested
  class Masking {
    @ParameterizedTest
    @ValueSource(strings = {"81 00", "82 01 61", "89 00", "8a 00", "88 02 03 e8", "01 01 61"})
    void isMissedInEveryKindOfFrame(String frame) throws Exception {
      assertFails(1002, RawClient.hex(frame));
    }

    @ParameterizedTest
    @ValueSource(strings = {"00000000", "ffffffff", "01000000", "00000001", "deadbeef"})
    void isUndoneWithAnyKeyFromAnyOffset(String key) throws Exception {
      byte[] maskingKey = RawClient.hex(key);
      byte[] payload = new byte[1_000];
      byte[] masked = new byte[payload.length];
      for (int i = 0; i < payload.length; i++) {
        payload[i] = (byte) i;
        masked[i] = (byte) (i ^ maskingKey[i % 4]);
      }
      try (RawClient client = server.openWebSocket()) {
        byte[] wire = RawClient.join(RawClient.hex("82 fe 03 e8"), maskingKey, masked);
        for (int chunk : new int[] {1, 5, 13, wire.length}) {
          client.sendInChunks(chunk, wire);

          assertThat(client.readFrame().payload()).isEqualTo(payload);
        }
      }
    }
  }

  @Nested
  class ReservedBitsAndOpcodes {
    static IntStream withReservedBits() {
      return IntStream.of(0x81, 0x82, 0x89, 0x8A, 0x88)
          .flatMap(first -> IntStream.rangeClosed(1, 7).map(rsv -> first | rsv << 4));
    }

    static IntStream reservedOpcodes() {
      return IntStream.of(3, 4, 5, 6, 7, 0xB, 0xC, 0xD, 0xE, 0xF)
          .flatMap(opcode -> IntStream.of(opcode, opcode | 0x80));
    }

    @ParameterizedTest
    @MethodSource({"withReservedBits", "reservedOpcodes"})
    void failAtTheFirstTwoBytes(int firstByte) throws Exception {
      assertFails(1002, new byte[] {(byte) firstByte, (byte) 0x80});
    }

    @ParameterizedTest
    @MethodSource({"withReservedBits", "reservedOpcodes"})
    void failBehindAMessageThatIsAnsweredFirst(int firstByte) throws Exception {
      byte[] ping = RawClient.frame(0x89, new byte[0]);
      byte[] wire =
          RawClient.join(RawClient.text("good"), RawClient.frame(firstByte, new byte[3]), ping);
      for (int chunk : new int[] {1, wire.length}) {
        try (RawClient client = server.openWebSocket()) {
          client.sendInChunks(chunk, wire);

          assertThat(client.readFrame().text()).isEqualTo("good");
          assertThat(client.readFrame().closeCode()).isEqualTo(1002);
          client.assertEnds();
        }
      }
    }
  }

  @Nested
  class DataFrames {
    @Test
    void comeBackInTheirOrderHoweverManyShareAPacket() throws Exception {
      byte[][] frames = new byte[1_000][];
      for (int i = 0; i < frames.length; i++) {
        byte[] number = ByteBuffer.allocate(4).putInt(i).array();
        frames[i] = RawClient.frame(0x82, number);
      }
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.join(frames));

        for (int i = 0; i < frames.length; i++) {
          assertThat(ByteBuffer.wrap(client.readFrame().payload()).getInt()).isEqualTo(i);
        }
      }
    }

    @Test
    void ofBinaryMessagesMayHoldWhatNoTextMay() throws Exception {
      byte[] payload = RawClient.hex("ff fe fd 00 c0 80 ed a0 80 f4 90 80 80");
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x82, payload));

        assertThat(client.readFrame().payload()).isEqualTo(payload);
      }
    }
  }

  private static void assertFails(int code, byte[] wire) throws IOException {
    for (int chunk : new int[] {1, wire.length}) {
      try (RawClient client = server.openWebSocket()) {
        client.sendInChunks(chunk, wire);

        assertThat(client.readFrame().closeCode()).isEqualTo(code);
        client.assertEnds();
      }
    }
  }
}
