package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.hex;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class FrameHeaderDecoderTest {
  static final int[] CHUNKS = Wire.CHUNKS;

  private final RecordingRules rules = new RecordingRules();
  private final FrameHeaderDecoder decoder = new FrameHeaderDecoder(rules, 0);

  @Nested
  class Length {
    @ParameterizedTest
    @FieldSource("io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS")
    void isDecodedIdenticallyInAnyChunking(int chunk) throws Exception {
      assertThat(decodeInChunks(chunk, "82 ff 0000000000010000 01020304"))
          .containsExactly(new FrameHeader(true, false, 0x2, 65_536, 0x01020304));
      assertThat(decodeInChunks(chunk, "01 fe ffff fffefdfc"))
          .containsExactly(new FrameHeader(false, false, 0x1, 65_535, 0xFFFEFDFC));
      assertThat(decodeInChunks(chunk, "00 80 00000000 8a fd 11223344"))
          .containsExactly(
              new FrameHeader(false, false, 0x0, 0, 0),
              new FrameHeader(true, false, 0xA, 125, 0x11223344));
    }

    @ParameterizedTest
    @CsvSource({
      "82 fd,                  125",
      "82 fe 007e,             126",
      "82 fe ffff,             65535",
      "82 ff 0000000000010000, 65536",
      "82 ff 7fffffffffffffff, 9223372036854775807"
    })
    void isAdmittedBeforeTheMaskingKeyArrives(String bytes, long length) throws Exception {
      FrameHeader header = decoder.decode(hex(bytes));

      assertThat(header).isNull();
      assertThat(rules.asked).containsExactly("opcode 2", "length " + length);
    }

    @ParameterizedTest
    @CsvSource({
      "82 fe 00 7d,                   lengths must be encoded in the fewest bytes possible",
      "82 fe 00 00,                   lengths must be encoded in the fewest bytes possible",
      "82 ff 00 00 00 00 00 00,       lengths must be encoded in the fewest bytes possible",
      "82 ff 80,                      64-bit lengths must begin with a 0 bit",
      "82 ff ff,                      64-bit lengths must begin with a 0 bit"
    })
    void isRefusedAtTheFirstByteThatBreaksARule(String bytes, String rule) {
      assertRefusedAtLastByte(bytes, rule + " (RFC 6455 §5.2)");
    }
  }

  @Nested
  class FirstByte {
    @ParameterizedTest
    @CsvSource({"c1", "a1", "91", "f1", "c0", "c8", "99"})
    void reservedBitsAreRefused(String bytes) {
      assertRefusedAtLastByte(bytes, "reserved bits must be 0 (RFC 6455 §5.2)");
    }

    @ParameterizedTest
    @CsvSource({"83", "84", "85", "86", "87", "8b", "8c", "8d", "8e", "8f", "03", "0f"})
    void reservedOpcodesAreRefused(String bytes) {
      assertRefusedAtLastByte(bytes, "reserved opcodes must not be used (RFC 6455 §5.2)");
    }

    @ParameterizedTest
    @CsvSource({"08", "09", "0a"})
    void fragmentedControlFramesAreRefused(String bytes) {
      assertRefusedAtLastByte(bytes, "control frames must not be fragmented (RFC 6455 §5.5)");
    }

    @Test
    void bitsThatAnExtensionHasClaimedAreForDataFramesAlone() throws Exception {
      FrameHeaderDecoder extended = new FrameHeaderDecoder(rules, 0x40);

      FrameHeader header = extended.decode(hex("c1 80 00000000"));

      assertThat(header.rsv1()).isTrue();
      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(() -> extended.decode(hex("c9")))
          .withMessage("reserved bits of control frames must be 0 (RFC 6455 §5.2)");
      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(() -> new FrameHeaderDecoder(rules, 0x40).decode(hex("e1")))
          .withMessage("reserved bits must be 0 (RFC 6455 §5.2)");
    }
  }

  @Nested
  class SecondByte {
    @ParameterizedTest
    @CsvSource({"81 05", "81 00", "82 7e", "82 7f", "89 00", "88 02"})
    void unmaskedFramesAreRefused(String bytes) {
      assertRefusedAtLastByte(bytes, "client frames must be masked (RFC 6455 §5.1)");
    }

    @ParameterizedTest
    @CsvSource({"88 fe", "89 fe", "89 ff", "8a ff"})
    void longControlFramesAreRefused(String bytes) {
      assertRefusedAtLastByte(
          bytes, "control frames must have at most 125 bytes of payload (RFC 6455 §5.5)");
    }
  }

  @Test
  void rulesOfMessagesAreNotAskedAboutControlFrames() throws Exception {
    decoder.decode(hex("89 85 01020304"));

    assertThat(rules.asked).isEmpty();
  }

  @Test
  void theBufferIsLeftAtThePayload() throws Exception {
    ByteBuffer in = hex("81 82 01020304 aabb");

    decoder.decode(in);

    assertThat(in.remaining()).isEqualTo(2);
  }

  private void assertRefusedAtLastByte(String bytes, String rule) {
    for (int chunk : CHUNKS) {
      FrameHeaderDecoder fresh = new FrameHeaderDecoder(new RecordingRules(), 0);
      byte[] wire = Wire.bytes(bytes + "00");
      ByteBuffer in = ByteBuffer.wrap(wire);

      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(
              () -> {
                while (in.position() < wire.length) {
                  in.limit((int) Math.min(wire.length, (long) in.position() + chunk));
                  fresh.decode(in);
                }
              })
          .withMessage(rule)
          .returns(1002, ProtocolException::closeCode);
      assertThat(in.position()).as("in chunks of %d", chunk).isEqualTo(wire.length - 1);
    }
  }

  private List<FrameHeader> decodeInChunks(int chunk, String bytes) throws Exception {
    List<FrameHeader> headers = new ArrayList<>();
    byte[] wire = Wire.bytes(bytes);
    for (int from = 0; from < wire.length; ) {
      int length = Math.min(chunk, wire.length - from);
      ByteBuffer in = ByteBuffer.wrap(wire, from, length);
      while (in.hasRemaining()) {
        FrameHeader header = decoder.decode(in);
        if (header != null) {
          headers.add(header);
        }
      }
      from += length;
    }
    return headers;
  }

  private static final class RecordingRules implements FrameHeaderDecoder.FrameRules {
    final List<String> asked = new ArrayList<>();

    @Override
    public void admitOpcode(int opcode) {
      asked.add("opcode " + opcode);
    }

    @Override
    public void admitLength(long payloadBytes, boolean rsv1) {
      asked.add("length " + payloadBytes);
    }
  }
}
