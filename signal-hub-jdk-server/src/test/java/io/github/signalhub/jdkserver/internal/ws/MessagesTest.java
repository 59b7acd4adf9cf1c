package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol.State;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Data frames and the messages that they form, seen from outside the protocol. */
class MessagesTest {
  private static final String CHUNKS = "io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS";
  private static final int TEXT = 0x81;
  private static final int BINARY = 0x82;
  private static final int FIRST_OF_TEXT = 0x01;
  private static final int FIRST_OF_BINARY = 0x02;
  private static final int MIDDLE = 0x00;
  private static final int LAST = 0x80;
  private static final byte[] NOTHING = {};

  private final RecordingPeer peer = new RecordingPeer();

  @Nested
  class OneFrame {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void theExampleOfTheRfcIsDelivered(int chunk) {
      peer.receives(chunk, bytes("81 85 37fa213d 7f9f4d5158"));

      assertThat(peer.events).containsExactly("text Hello");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 7, 8, 9, 125, 126, 127, 65_535, 65_536, 70_001})
    void ofAnyLengthIsDeliveredInAnyChunking(int length) {
      byte[] payload = new byte[length];
      for (int i = 0; i < length; i++) {
        payload[i] = (byte) (i * 31);
      }

      for (int chunk : new int[] {1, 2, 3, 7, 14, 4096, Integer.MAX_VALUE}) {
        RecordingPeer peer = new RecordingPeer();
        peer.receives(chunk, frame(BINARY, payload));
        assertThat(peer.events).as("%d", chunk).containsExactly("binary " + Wire.hex(payload));
      }
    }

    @Test
    void isReadFromADirectReadOnlyBuffer() {
      byte[] wire = frame(TEXT, "Hello".getBytes(StandardCharsets.UTF_8));
      ByteBuffer direct = ByteBuffer.allocateDirect(wire.length).put(wire).flip();

      peer.protocol.receive(direct.asReadOnlyBuffer());

      assertThat(peer.events).containsExactly("text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void manyInARowAreDeliveredInOrder(int chunk) {
      peer.receives(
          chunk, join(frame(TEXT, bytes("61")), frame(BINARY, bytes("62")), frame(TEXT, NOTHING)));

      assertThat(peer.events).containsExactly("text a", "binary 62", "text ");
    }
  }

  @Nested
  class Fragments {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void areJoined(int chunk) {
      peer.receives(chunk, join(frame(FIRST_OF_TEXT, bytes("48656c")), frame(LAST, bytes("6c6f"))));

      assertThat(peer.events).containsExactly("text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mayHaveControlFramesBetweenThem(int chunk) {
      peer.receives(
          chunk,
          join(
              frame(FIRST_OF_BINARY, bytes("01")),
              frame(0x89, bytes("aa")),
              frame(MIDDLE, bytes("02")),
              frame(0x8A, bytes("bb")),
              frame(LAST, bytes("03"))));

      assertThat(peer.events).containsExactly("pong bb", "binary 010203");
      assertThat(peer.writes()).isEqualTo("8a01aa");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mayBeEmpty(int chunk) {
      byte[] nothing =
          join(frame(FIRST_OF_TEXT, NOTHING), frame(MIDDLE, NOTHING), frame(LAST, NOTHING));
      byte[] something =
          join(frame(FIRST_OF_TEXT, NOTHING), frame(MIDDLE, bytes("61")), frame(LAST, NOTHING));

      peer.receives(chunk, join(nothing, something));

      assertThat(peer.events).containsExactly("text ", "text a");
    }

    @ParameterizedTest
    @CsvSource({"80", "00"})
    void withoutABeginningAreRefused(String firstByte) {
      peer.receives("82 80 00000000").receives(firstByte);

      assertThat(peer.events)
          .containsExactly(
              "binary ", "failed 1002 a continuation must follow a fragment (RFC 6455 §5.4)");
    }

    @ParameterizedTest
    @CsvSource({"81", "01", "82", "02"})
    void ofTwoMessagesAreNotInterleaved(String firstByte) {
      peer.receives("01 81 00000000 61").receives(firstByte);

      assertThat(peer.events)
          .containsExactly(
              "failed 1002 fragments of messages must not be interleaved (RFC 6455 §5.4)");
    }
  }

  @Nested
  class Utf8 {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mayBeCutAnywhere(int chunk) {
      byte[] text = "κόσμε 😀 €".getBytes(StandardCharsets.UTF_8);
      for (int cut = 0; cut <= text.length; cut++) {
        RecordingPeer peer = new RecordingPeer();
        peer.receives(
            chunk,
            join(
                frame(FIRST_OF_TEXT, Arrays.copyOf(text, cut)),
                frame(0x89, NOTHING),
                frame(LAST, Arrays.copyOfRange(text, cut, text.length))));
        assertThat(peer.events).containsExactly("text κόσμε 😀 €");
      }
    }

    @Test
    void failsAtTheFirstByteThatCannotBeContinued() {
      // f4 90: above U+10FFFF with any next byte; the frame declares 100 more bytes
      peer.receives("81 e6 00000000 61 f4");
      assertThat(peer.events).isEmpty();

      peer.receives("90");

      assertThat(peer.events)
          .containsExactly("failed 1007 text must be valid UTF-8 (RFC 6455 §8.1)");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void failsAcrossFragments(int chunk) {
      peer.receives(chunk, join(frame(FIRST_OF_TEXT, bytes("ed")), frame(MIDDLE, bytes("a0"))));

      assertThat(peer.events)
          .containsExactly("failed 1007 text must be valid UTF-8 (RFC 6455 §8.1)");
    }

    @Test
    void mustBeCompleteAtTheEndOfTheMessage() {
      peer.receives(1, join(frame(FIRST_OF_TEXT, bytes("61e2")), frame(LAST, bytes("82"))));

      assertThat(peer.events)
          .containsExactly("failed 1007 text must be valid UTF-8 (RFC 6455 §8.1)");
    }

    @Test
    void isNotAskedOfBinaryMessages() {
      peer.receives(1, join(frame(FIRST_OF_BINARY, bytes("ff")), frame(LAST, bytes("c0"))));

      assertThat(peer.events).containsExactly("binary ffc0");
    }
  }

  @Nested
  class Limits {
    private final RecordingPeer small = new RecordingPeer(new WebSocketLimits(10, 3));

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void areReachedWithoutHarm(int chunk) {
      small.receives(
          chunk,
          join(
              frame(TEXT, "0123456789".getBytes(StandardCharsets.UTF_8)),
              frame(FIRST_OF_TEXT, bytes("61")),
              frame(MIDDLE, NOTHING),
              frame(LAST, "012345678".getBytes(StandardCharsets.UTF_8)),
              frame(TEXT, bytes("62"))));

      assertThat(small.events).containsExactly("text 0123456789", "text a012345678", "text b");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "82 8b",
          "82 fe 0100",
          "82 ff 0000000100000000",
          "82 ff 7fffffffffffffff",
          "02 85 00000000 0000000000 80 86",
          "02 8a 00000000 00000000000000000000 00 81"
        })
    void onBytesAreKeptBeforeThePayloadArrives(String wire) {
      small.receives(1, bytes(wire));

      assertThat(small.events)
          .containsExactly("failed 1009 messages must have at most 10 bytes (RFC 6455 §10.4)");
      assertThat(small.protocol.state()).isEqualTo(State.FAILED);
    }

    @Test
    void onFragmentsAreKeptAtTheFirstByteOfTheFrame() {
      small.receives(
          1, join(frame(FIRST_OF_TEXT, NOTHING), frame(MIDDLE, NOTHING), frame(MIDDLE, NOTHING)));
      assertThat(small.events).isEmpty();

      small.receives("80");

      assertThat(small.events)
          .containsExactly("failed 1009 messages must have at most 3 fragments (RFC 6455 §10.4)");
    }

    @Test
    void byDefaultAdmit131072Fragments() {
      byte[] fragment = frame(MIDDLE, bytes("61"));
      peer.receives(7, frame(FIRST_OF_TEXT, bytes("61")));
      for (int i = 1; i < 131_071; i++) {
        peer.receives(7, fragment);
      }
      peer.receives(7, frame(LAST, bytes("61")));

      assertThat(peer.events).containsExactly("text " + "a".repeat(131_072));
    }
  }

  @Nested
  class Memory {
    private final MessageAssembler assembler =
        new MessageAssembler(
            WebSocketLimits.DEFAULT,
            () -> new PartialMessageBudget(Long.MAX_VALUE).share(this, () -> {}),
            null);

    @Test
    void followsWhatArrivedAndNotWhatWasDeclared() throws Exception {
      FrameHeader header = new FrameHeader(true, false, FrameEncoder.BINARY, 1 << 20, 0);
      assembler.begin(header);
      assertThat(assembler.bufferBytes()).isZero();

      for (int arrived = 0; arrived < 10_000; arrived += 100) {
        assembler.append(ByteBuffer.allocate(100), 100, header, arrived);
        assertThat(assembler.bufferBytes()).isLessThanOrEqualTo(2 * (arrived + 100));
      }
    }

    @Test
    void isReleasedBetweenMessages() throws Exception {
      FrameHeader header = new FrameHeader(true, false, FrameEncoder.BINARY, 1000, 0);
      assembler.begin(header);
      assembler.append(ByteBuffer.allocate(1000), 1000, header, 0);

      assembler.finish();

      assertThat(assembler.bufferBytes()).isZero();
    }

    @Test
    void ofAMessageThatWasGivenUpLeavesNoTrace() throws Exception {
      FrameHeader header = new FrameHeader(true, false, FrameEncoder.TEXT, 2, 0);
      assembler.begin(header);
      assembler.append(ByteBuffer.wrap(bytes("c3")), 1, header, 0);

      assembler.release();

      assertThat(assembler.bufferBytes()).isZero();
      assembler.begin(header);
      assembler.append(ByteBuffer.wrap(bytes("6869")), 2, header, 0);
      assertThat(assembler.finish()).asString().isEqualTo("hi");
    }

    @Test
    void ofAMessageIsGivenAwayWithIt() {
      byte[][] received = new byte[2][];
      WebSocketProtocol protocol =
          new WebSocketProtocol(
              WebSocketLimits.DEFAULT,
              new PartialMessageBudget(Long.MAX_VALUE),
              new NoHandler() {
                @Override
                public void binary(byte[] bytes) {
                  received[received[0] == null ? 0 : 1] = bytes;
                }
              },
              new PermessageDeflate(0),
              Optional.empty());

      protocol.receive(
          ByteBuffer.wrap(join(frame(BINARY, bytes("01")), frame(BINARY, bytes("02")))));

      assertThat(received[0]).containsExactly(1);
      assertThat(received[1]).containsExactly(2);
    }
  }

  private static class NoHandler implements WebSocketProtocol.Handler {
    @Override
    public void text(byte[] utf8) {}

    @Override
    public void binary(byte[] bytes) {}

    @Override
    public void pong(byte[] payload) {}

    @Override
    public void closed(int code, String reason) {}

    @Override
    public void failed(int closeCode, String why) {}
  }
}
