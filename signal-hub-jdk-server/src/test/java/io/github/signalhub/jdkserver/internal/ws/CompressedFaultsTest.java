package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.ws.WebSocketProtocol.State;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages that break rules: the code for the peer, and the byte at which it comes. */
class CompressedFaultsTest {
  private static final String CHUNKS = "io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS";
  private static final int TEXT = 0xC1;
  private static final int BINARY = 0xC2;
  private static final int FIRST_OF_TEXT = 0x41;
  private static final int LAST = 0x80;
  private static final String HELLO = "f248cdc9c90700";
  private static final String NOT_DEFLATE =
      "failed 1007 compressed messages must be valid DEFLATE (RFC 7692 §7.2.2)";

  private final PermessageDeflate deflate = new PermessageDeflate(2);
  private final RecordingPeer peer = peer(true);

  @Nested
  class ReservedBits {
    @ParameterizedTest
    @ValueSource(ints = {0x40, 0xC0})
    void mustBeZeroOnAContinuation(int firstByte) {
      peer.receives(1, join(frame(FIRST_OF_TEXT, bytes("f2")), frame(firstByte, bytes("48"))));

      assertThat(peer.events)
          .containsExactly(
              "failed 1002 RSV1 must be on a message's first frame alone (RFC 7692 §6.1)");
    }

    @Test
    void mustBeZeroOnAContinuationOfAPlainMessage() {
      peer.receives(1, join(frame(0x01, bytes("61")), frame(0xC0, bytes("62"))));

      assertThat(peer.events)
          .containsExactly(
              "failed 1002 RSV1 must be on a message's first frame alone (RFC 7692 §6.1)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xC8, 0xC9, 0xCA})
    void mustBeZeroOnControlFrames(int firstByte) {
      peer.receives(1, frame(firstByte, bytes("")));

      assertThat(peer.events)
          .containsExactly("failed 1002 reserved bits of control frames must be 0 (RFC 6455 §5.2)");
    }

    @ParameterizedTest
    @ValueSource(ints = {0xA1, 0x91, 0xE1, 0xF1, 0x90})
    void otherThanTheFirstMustBeZeroAlways(int firstByte) {
      peer.receives(1, frame(firstByte, bytes("")));

      assertThat(peer.events)
          .containsExactly("failed 1002 reserved bits must be 0 (RFC 6455 §5.2)");
    }

    @Test
    void mustAllBeZeroWithoutTheExtension() {
      RecordingPeer peer = new RecordingPeer().receives(1, frame(TEXT, bytes(HELLO)));

      assertThat(peer.events)
          .containsExactly("failed 1002 reserved bits must be 0 (RFC 6455 §5.2)");
    }
  }

  @Nested
  class InvalidData {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "", // an empty message has one byte (§7.2.3.6)
          "f248cdc9c907", // ends within a block
          "f248cd",
          "07", // a block of the reserved type
          "0005000000", // a stored block whose lengths do not agree
          "000500faff4865", // ends within a stored block
          "f248cdc9c90700ff", // garbage after the last whole block
          "f348cdc9c907ff", // garbage after a final block
          "f200110000", // refers to an earlier message, which was not negotiated
          "ffffffff",
        })
    void failsWith1007InAnyChunking(String payload) {
      for (int chunk : Wire.CHUNKS) {
        RecordingPeer peer = peer(true).receives(chunk, frame(BINARY, bytes(payload)));

        assertThat(peer.events).as("%d", chunk).containsExactly(NOT_DEFLATE);
        assertThat(peer.protocol.state()).isEqualTo(State.FAILED);
        assertThat(peer.writes()).startsWith("88").contains("03ef");
      }
    }

    @Test
    void failsAsSoonAsItShows() {
      byte[] wire = frame(FIRST_OF_TEXT, bytes("07" + "00".repeat(50)));

      peer.receives(1, Arrays.copyOf(wire, 7));

      assertThat(peer.events).containsExactly(NOT_DEFLATE);
    }

    @Test
    void mayReferBackNoFurtherThanWhatWasSent() {
      RecordingPeer peer = peer(false).receives(1, frame(TEXT, bytes("f200110000")));

      assertThat(peer.events).containsExactly(NOT_DEFLATE);
    }
  }

  @Nested
  class Text {
    private static final String NOT_UTF_8 = "failed 1007 text must be valid UTF-8 (RFC 6455 §8.1)";

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void isCheckedWhenInflated(int chunk) {
      peer.receives(chunk, frame(FIRST_OF_TEXT, bytes("000200fdff c328")));

      assertThat(peer.events).containsExactly(NOT_UTF_8); // long before its end
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mustNotEndWithinACharacter(int chunk) {
      peer.receives(chunk, frame(TEXT, bytes("000100feff c3 00")));

      assertThat(peer.events).containsExactly(NOT_UTF_8);
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mayHaveCharactersAcrossBlocksAndFragments(int chunk) {
      peer.receives(
          chunk,
          join(
              frame(FIRST_OF_TEXT, bytes("000100feff c3")),
              frame(LAST, bytes("000100feff a4 00"))));

      assertThat(peer.events).containsExactly("text ä");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void andTheLimitAreCheckedByteByByte(int chunk) {
      WebSocketLimits limits = new WebSocketLimits(5, 10);
      DeflateParameters agreed = new DeflateParameters(true, OptionalInt.empty());
      RecordingPeer within = new RecordingPeer(limits, deflate, agreed);
      RecordingPeer behind = new RecordingPeer(limits, deflate, agreed);

      within.receives(chunk, frame(TEXT, bytes("000700f8ff 61626364ff6667 00")));
      behind.receives(chunk, frame(TEXT, bytes("000700f8ff 6162636465ff67 00")));

      assertThat(within.events).containsExactly(NOT_UTF_8);
      assertThat(behind.events)
          .containsExactly("failed 1009 messages must have at most 5 bytes (RFC 6455 §10.4)");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void isFaultyBeforeTheDataBehindItIs(int chunk) {
      peer.receives(chunk, frame(TEXT, bytes("000100feff ff 07")));

      assertThat(peer.events).containsExactly(NOT_UTF_8);
    }
  }

  private RecordingPeer peer(boolean clientNoContextTakeover) {
    return new RecordingPeer(
        WebSocketLimits.DEFAULT,
        deflate,
        new DeflateParameters(clientNoContextTakeover, OptionalInt.empty()));
  }
}
