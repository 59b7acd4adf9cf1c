package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol.State;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketProtocolTest {
  private static final String CHUNKS = "io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS";
  private static final String HELLO = "81 85 37fa213d 7f9f4d5158"; // RFC 6455 §5.7
  private static final String CLOSE_1000 = "88 82 00000000 03e8";

  private final RecordingPeer peer = new RecordingPeer();

  @Nested
  class PeersClose {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void isAnsweredWithItsCodeAndEndsTheConnection(int chunk) {
      peer.receives(chunk, frame(0x88, bytes("0bb8 627965"))); // 3000 "bye"

      assertThat(peer.events).containsExactly("closed 3000 bye");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSE_RECEIVED);
      assertThat(peer.writes()).isEqualTo("88020bb8");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
      assertThat(peer.protocol.isCloseWritten()).isTrue();
    }

    @Test
    void withoutAStatusIsAnsweredWithoutOne() {
      peer.receives("88 80 00000000");

      assertThat(peer.events).containsExactly("closed 1005 ");
      assertThat(peer.writes()).isEqualTo("8800");
    }

    @ParameterizedTest
    @ValueSource(
        ints = {
          1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
          4999
        })
    void mayHaveAnyCodeThatMayBeOnTheWire(int code) {
      String hex = "%04x".formatted(code);

      peer.receives(1, frame(0x88, bytes(hex)));

      assertThat(peer.events).containsExactly("closed " + code + " ");
      assertThat(peer.writes()).isEqualTo("8802" + hex);
    }

    @ParameterizedTest
    @ValueSource(
        ints = {
          0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 9999, 10_000, 65_535
        })
    void withAnyOtherCodeIsAFault(int code) {
      peer.receives(1, frame(0x88, bytes("%04x".formatted(code))));

      assertThat(peer.events)
          .containsExactly("failed 1002 close codes must be valid on the wire (RFC 6455 §7.4)");
    }

    @Test
    void ofOneByteIsAFault() {
      peer.receives(1, frame(0x88, bytes("03")));

      assertThat(peer.events)
          .containsExactly("failed 1002 a close payload must begin with a code (RFC 6455 §5.5.1)");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c3", "eda080", "61e282"})
    void withAReasonThatIsNotUtf8IsAFault(String reason) {
      peer.receives(1, frame(0x88, bytes("03e8" + reason)));

      assertThat(peer.events)
          .containsExactly("failed 1007 close reasons must be valid UTF-8 (RFC 6455 §5.5.1)");
      assertThat(peer.writes()).startsWith("88").contains("03ef");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void isTheLastThingThatIsHeard(int chunk) {
      peer.receives(chunk, join(bytes(CLOSE_1000), bytes(HELLO), bytes("ff ff ff ff")));

      assertThat(peer.events).containsExactly("closed 1000 ");
      assertThat(peer.writes()).isEqualTo("880203e8");
    }

    @Test
    void inTheMiddleOfAFragmentedMessageDropsTheMessage() {
      peer.receives("01 81 00000000 61").receives(CLOSE_1000);

      assertThat(peer.events).containsExactly("closed 1000 ");
    }
  }

  @Nested
  class OurClose {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void isOverOnceThePeerAnswered(int chunk) {
      peer.protocol.sendClose(1001, "going away");

      assertThat(peer.protocol.state()).isEqualTo(State.CLOSE_SENT);
      assertThat(peer.writes()).isEqualTo("880c03e9" + "676f696e672061776179");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSE_SENT);
      peer.receives(chunk, bytes("88 82 00000000 03e9"));

      assertThat(peer.events).containsExactly("closed 1001 ");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
      assertThat(peer.writes()).isEmpty();
    }

    @Test
    void thatCrossesThePeersIsStillWrittenAndNotAnswered() {
      peer.protocol.sendClose(1001, "");
      peer.receives(CLOSE_1000);

      assertThat(peer.protocol.state()).isEqualTo(State.CLOSE_RECEIVED);
      assertThat(peer.writes()).isEqualTo("880203e9");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void isNotDoneBeforeItsLastByteIsAccepted() {
      peer.receives(CLOSE_1000);
      ByteBuffer out = ByteBuffer.allocate(100);

      peer.protocol.peekControl(out);
      peer.protocol.acceptedControl(3);

      assertThat(peer.protocol.isMidControl()).isTrue();
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSE_RECEIVED);
      assertThat(peer.writes()).isEqualTo("e8");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
      assertThat(peer.protocol.hasControl()).isFalse();
    }

    @Test
    void countsOnce() {
      peer.protocol.sendClose(1001, "first");
      peer.protocol.sendClose(1011, "second");

      assertThat(peer.writes()).isEqualTo("880703e9" + "6669727374");
      peer.protocol.sendClose(1011, "third");
      assertThat(peer.writes()).isEmpty();
    }

    @Test
    void comesTooLateAfterThePeers() {
      peer.receives(CLOSE_1000);
      peer.protocol.sendClose(1011, "too late");

      assertThat(peer.writes()).isEqualTo("880203e8");
    }

    @Test
    void leavesThePeersMessagesToBeDelivered() {
      peer.protocol.sendClose(1001, "");
      peer.receives(HELLO + "88 80 00000000");

      assertThat(peer.events).containsExactly("text Hello", "closed 1005 ");
    }

    @Test
    void isFollowedByNoOtherFrame() {
      peer.protocol.sendClose(1001, "");
      peer.protocol.sendPing(new byte[0]);
      assertThat(peer.writes()).isEqualTo("880203e9");
      peer.receives("89 80 00000000");

      assertThat(peer.writes()).isEmpty();
      assertThat(peer.protocol.hasControl()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 999, 1004, 1005, 1006, 1010, 1015, 1016, 2999, 5000, 66_536})
    void needsACodeThatAServerMaySend(int code) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> peer.protocol.sendClose(code, ""))
          .withMessage("expected a close code that a server may send (RFC 6455 §7.4), was " + code);
      assertThat(peer.protocol.state()).isEqualTo(State.OPEN);
    }

    @Test
    void hasAReasonOfAtMost123Bytes() {
      peer.protocol.sendClose(1000, "é".repeat(61) + "e");
      assertThat(peer.writes()).startsWith("887d03e8c3a9").hasSize(2 * 127);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> new RecordingPeer().protocol.sendClose(1000, "é".repeat(62)))
          .withMessage("expected a reason of at most 123 UTF-8 bytes, was 124");
    }
  }

  @Nested
  class Failure {
    @ParameterizedTest
    @CsvSource({
      "81 05,                            1002, client frames must be masked (RFC 6455 §5.1)",
      "c1,                               1002, reserved bits must be 0 (RFC 6455 §5.2)",
      "83,                               1002, reserved opcodes must not be used (RFC 6455 §5.2)",
      "09,                               1002, control frames must not be fragmented (RFC 6455 §5.5)",
      "80,                               1002, a continuation must follow a fragment (RFC 6455 §5.4)",
      "01 80 00000000 81,                1002, fragments of messages must not be interleaved (RFC 6455 §5.4)",
      "81 82 00000000 61ff,              1007, text must be valid UTF-8 (RFC 6455 §8.1)",
      "82 ff 7fffffffffffffff,           1009, messages must have at most 1048576 bytes (RFC 6455 §10.4)"
    })
    void isToldToThePeerAndEndsTheConnection(String wire, int code, String why) {
      for (int chunk : Wire.CHUNKS) {
        RecordingPeer peer = new RecordingPeer();
        peer.receives(chunk, join(bytes(wire), bytes(HELLO), bytes(CLOSE_1000)));

        assertThat(peer.events).containsExactly("failed " + code + " " + why);
        assertThat(peer.protocol.state()).isEqualTo(State.FAILED);
        byte[] reason = why.getBytes(StandardCharsets.UTF_8);
        assertThat(peer.writes())
            .isEqualTo("88%02x%04x".formatted(2 + reason.length, code) + Wire.hex(reason));
        assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
      }
    }

    @Test
    void afterOurCloseWasWrittenSendsNoSecondOne() {
      peer.protocol.sendClose(1001, "");
      peer.writes();

      peer.receives("81 05");

      assertThat(peer.events)
          .containsExactly("failed 1002 client frames must be masked (RFC 6455 §5.1)");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
      assertThat(peer.writes()).isEmpty();
    }

    @Test
    void whileOurCloseWaitsLeavesItAsItIs() {
      peer.protocol.sendClose(1001, "");
      peer.receives("81 05");

      assertThat(peer.protocol.state()).isEqualTo(State.FAILED);
      assertThat(peer.writes()).isEqualTo("880203e9");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
    }
  }

  @Nested
  class Pings {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void areAnsweredWithTheirPayload(int chunk) {
      peer.receives(chunk, bytes("89 85 37fa213d 7f9f4d5158")); // RFC 6455 §5.7

      assertThat(peer.events).isEmpty();
      assertThat(peer.writes()).isEqualTo("8a0548656c6c6f");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 124, 125})
    void mayHaveUpTo125Bytes(int length) {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) 0xFE);

      peer.receives(7, frame(0x89, payload));

      assertThat(peer.writes()).isEqualTo("8a%02x".formatted(length) + "fe".repeat(length));
    }

    @Test
    void areAllAnsweredIfTheyAreFew() {
      StringBuilder pongs = new StringBuilder();
      for (int i = 0; i < 10; i++) {
        peer.receives(100, frame(0x89, bytes("%04x".formatted(i))));
        pongs.append("8a02%04x".formatted(i));
      }

      assertThat(peer.writes()).isEqualTo(pongs.toString());
    }

    @Test
    void inAFloodAreAnsweredForTheLatest() {
      for (int i = 0; i < 10_000; i++) {
        peer.receives(100, frame(0x89, bytes("%04x".formatted(i))));
      }

      assertThat(peer.writes()).hasSize(32 * 8).endsWith("8a02270e" + "8a02270f");
    }

    @Test
    void beforeTheCloseInTheSameBytesAreAnsweredBeforeIt() {
      peer.receives("89 81 00000000 61" + CLOSE_1000);

      assertThat(peer.writes()).isEqualTo("8a0161" + "880203e8");
    }

    @Test
    void ofOursAreWrittenAndTheirPongIsHeard() {
      peer.protocol.sendPing(bytes("0102"));
      assertThat(peer.writes()).isEqualTo("89020102");

      peer.receives("8a 82 00000000 0102");

      assertThat(peer.events).containsExactly("pong 0102");
    }

    @Test
    void ofOursHaveAtMost125Bytes() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> peer.protocol.sendPing(new byte[126]))
          .withMessage("expected a payload of at most 125 bytes (RFC 6455 §5.5), was 126");
    }
  }

  @Nested
  class Callbacks {
    @Test
    void mayCloseTheConnection() {
      peer.onEvent = () -> peer.protocol.sendClose(1003, "");

      peer.receives("82 81 00000000 01" + CLOSE_1000);

      assertThat(peer.events).containsExactly("binary 01", "closed 1000 ");
      assertThat(peer.writes()).isEqualTo("880203eb");
    }

    @Test
    void mayWriteWhatWaitsAtOnce() {
      List<String> written = new ArrayList<>();
      peer.onEvent = () -> written.add(peer.writes());

      peer.receives("89 81 00000000 61" + HELLO + CLOSE_1000);

      assertThat(written).containsExactly("8a0161", "880203e8");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void aboutAFailureMayWriteItsCloseAtOnce() {
      List<String> written = new ArrayList<>();
      peer.onEvent = () -> written.add(peer.writes());

      peer.receives("83" + HELLO);

      assertThat(written).singleElement().asString().contains("03ea");
      assertThat(peer.protocol.state()).isEqualTo(State.CLOSED);
    }

    @Test
    void mayNotFeedMoreBytes() {
      peer.onEvent = () -> peer.receives(HELLO);

      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> peer.receives(HELLO))
          .withMessage("receive called from inside a callback of receive");
    }

    @Test
    void thatThrowLeaveNoMessageHalfDone() {
      peer.onEvent =
          () -> {
            peer.onEvent = () -> {};
            throw new IllegalStateException("application");
          };
      ByteBuffer in = ByteBuffer.wrap(bytes(HELLO + HELLO));

      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(() -> peer.protocol.receive(in))
          .withMessage("application");
      peer.protocol.receive(in);

      assertThat(peer.events).containsExactly("text Hello", "text Hello");
    }
  }

  @Nested
  class Pause {
    @Test
    void leavesTheBytesBehindTheMessage() {
      peer.onEvent = peer.protocol::pause;
      ByteBuffer in = ByteBuffer.wrap(bytes(HELLO + "89 80 00000000" + HELLO + CLOSE_1000));

      peer.protocol.receive(in);
      assertThat(peer.events).containsExactly("text Hello");
      assertThat(in.position()).isEqualTo(11);

      peer.protocol.receive(in);
      assertThat(in.position()).isEqualTo(11);
      assertThat(peer.protocol.hasControl()).isFalse();

      peer.protocol.resume();
      peer.protocol.receive(in);
      assertThat(peer.events).containsExactly("text Hello", "text Hello");
      assertThat(in.position()).isEqualTo(28);
      assertThat(peer.writes()).isEqualTo("8a00");

      peer.protocol.resume();
      peer.protocol.receive(in);
      assertThat(peer.events).last().isEqualTo("closed 1000 ");
      assertThat(in.hasRemaining()).isFalse();
    }

    @Test
    void fromOutsideTakesEffectInTheMiddleOfAFrame() {
      peer.receives("81 85 37fa213d 7f9f");
      peer.protocol.pause();
      ByteBuffer in = ByteBuffer.wrap(bytes("4d5158"));
      peer.protocol.receive(in);
      assertThat(in.position()).isZero();

      peer.protocol.resume();
      peer.protocol.receive(in);

      assertThat(peer.events).containsExactly("text Hello");
    }

    @Test
    void doesNotKeepWhatIsIgnoredAnyway() {
      peer.receives(CLOSE_1000);
      peer.protocol.pause();
      ByteBuffer in = ByteBuffer.wrap(bytes(HELLO));

      peer.protocol.receive(in);

      assertThat(in.hasRemaining()).isFalse();
    }
  }
}
