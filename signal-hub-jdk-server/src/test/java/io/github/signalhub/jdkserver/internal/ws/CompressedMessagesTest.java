package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Compressed messages in literal bytes: the examples of RFC 7692 §7.2.3, in every chunking. */
class CompressedMessagesTest {
  private static final String CHUNKS = "io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS";
  private static final int TEXT = 0xC1;
  private static final int BINARY = 0xC2;
  private static final int FIRST_OF_TEXT = 0x41;
  private static final int MIDDLE = 0x00;
  private static final int LAST = 0x80;
  private static final String HELLO = "f248cdc9c90700";

  private final PermessageDeflate deflate = new PermessageDeflate(2);
  private final RecordingPeer peer = peer(true);

  @Nested
  class ExamplesOfTheRfc {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void aMessageInOneFrame(int chunk) {
      peer.receives(chunk, frame(TEXT, bytes(HELLO)));

      assertThat(peer.events).containsExactly("text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void aMessageInTwoFragments(int chunk) {
      peer.receives(
          chunk, join(frame(FIRST_OF_TEXT, bytes("f248cd")), frame(LAST, bytes("c9c90700"))));

      assertThat(peer.events).containsExactly("text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void aMessageThatRefersToTheOneBefore(int chunk) {
      RecordingPeer peer = peer(false);

      peer.receives(chunk, join(frame(TEXT, bytes(HELLO)), frame(TEXT, bytes("f200110000"))));

      assertThat(peer.events).containsExactly("text Hello", "text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void aBlockWithoutCompression(int chunk) {
      peer.receives(chunk, frame(TEXT, bytes("000500faff48656c6c6f00")));

      assertThat(peer.events).containsExactly("text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void aLastBlock(int chunk) {
      byte[] hello = frame(TEXT, bytes("f348cdc9c9070000"));

      peer.receives(chunk, join(hello, hello));

      assertThat(peer.events).containsExactly("text Hello", "text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void twoBlocksInOneMessage(int chunk) {
      peer.receives(chunk, frame(TEXT, bytes("f248050000 00ffff cac9c90700")));

      assertThat(peer.events).containsExactly("text Hello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void anEmptyMessage(int chunk) {
      peer.receives(chunk, join(frame(TEXT, bytes("00")), frame(BINARY, bytes("00"))));

      assertThat(peer.events).containsExactly("text ", "binary ");
    }
  }

  @Nested
  class Blocks {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void afterALastOneBeginAnew(int chunk) {
      peer.receives(chunk, frame(TEXT, bytes("f348cdc9c90700" + "f348cdc9c90700" + HELLO)));

      assertThat(peer.events).containsExactly("text HelloHelloHello");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mayEndWithALastOneAndNothingBehindIt(int chunk) {
      peer.receives(chunk, join(frame(TEXT, bytes("f348cdc9c90700")), frame(TEXT, bytes(HELLO))));

      assertThat(peer.events).containsExactly("text Hello", "text Hello");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, Integer.MAX_VALUE})
    void thatAreLastAndEmptyMayBeMany(int chunk) {
      peer.receives(chunk, frame(BINARY, bytes("0300".repeat(100_000) + "00")));

      assertThat(peer.events).containsExactly("binary ");
    }

    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mayBeCutAnywhereByFragmentsAndControlFrames(int chunk) {
      byte[] hello = bytes(HELLO);
      for (int cut = 0; cut <= hello.length; cut++) {
        RecordingPeer peer = peer(true);
        byte[] head = Arrays.copyOf(hello, cut);
        byte[] tail = Arrays.copyOfRange(hello, cut, hello.length);

        peer.receives(
            chunk,
            join(
                frame(FIRST_OF_TEXT, head),
                frame(0x89, bytes("aa")),
                frame(MIDDLE, new byte[0]),
                frame(0x8A, bytes("bb")),
                frame(MIDDLE, tail),
                frame(LAST, new byte[0])));

        assertThat(peer.events).containsExactly("pong bb", "text Hello");
        assertThat(peer.writes()).isEqualTo("8a01aa");
      }
    }
  }

  @Nested
  class PlainMessages {
    @ParameterizedTest
    @FieldSource(CHUNKS)
    void mayStandBetweenCompressedOnes(int chunk) {
      peer.receives(
          chunk,
          join(
              frame(0x81, bytes("6162")),
              frame(TEXT, bytes(HELLO)),
              frame(0x01, bytes("63")),
              frame(LAST, bytes("64")),
              frame(TEXT, bytes(HELLO))));

      assertThat(peer.events).containsExactly("text ab", "text Hello", "text cd", "text Hello");
    }

    @Test
    void areNotReferredBackTo() {
      RecordingPeer peer = peer(false);

      peer.receives(
          3,
          join(
              frame(TEXT, bytes(HELLO)),
              frame(0x81, bytes("616263")),
              frame(TEXT, bytes("f200110000"))));

      assertThat(peer.events).containsExactly("text Hello", "text abc", "text Hello");
    }
  }

  @Nested
  class ContextTakeover {
    @ParameterizedTest
    @ValueSource(ints = {1, 300, 5_000, 32_767, 32_768, 40_000})
    void reachesBackAWholeWindowWhateverTheLengthsOfMessages(int most) {
      Random random = new Random(most);
      byte[] vocabulary = new byte[33_000];
      random.nextBytes(vocabulary);
      RecordingPeer peer = peer(false);
      Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
      byte[] out = new byte[100_000];

      for (int i = 0; i < 60; i++) {
        int length = Math.max(1, most - random.nextInt(most / 2 + 1));
        int from = random.nextInt(vocabulary.length - Math.min(length, 33_000) + 1);
        byte[] message = Arrays.copyOfRange(vocabulary, from, from + length);
        deflater.setInput(message);
        int bytes = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
        peer.receives(1000, frame(BINARY, Arrays.copyOf(out, bytes - 4)));
        assertThat(peer.events).last().isEqualTo("binary " + Wire.hex(message));
      }

      deflater.end();
    }

    @Test
    void isOfOneClientAndNoOther() {
      peer(false).receives(99, frame(TEXT, bytes(HELLO)));

      RecordingPeer another = peer(false).receives(99, frame(TEXT, bytes("f200110000")));

      assertThat(another.events)
          .containsExactly(
              "failed 1007 compressed messages must be valid DEFLATE (RFC 7692 §7.2.2)");
    }
  }

  private RecordingPeer peer(boolean clientNoContextTakeover) {
    return new RecordingPeer(
        WebSocketLimits.DEFAULT,
        deflate,
        new DeflateParameters(clientNoContextTakeover, OptionalInt.empty()));
  }
}
