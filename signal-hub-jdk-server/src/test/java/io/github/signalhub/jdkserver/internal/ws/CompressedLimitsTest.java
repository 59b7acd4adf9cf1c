package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The limits on a compressed message's time, heap, and memory outside the heap. */
class CompressedLimitsTest {
  private static final int BINARY = 0xC2;
  private static final int FIRST_OF_BINARY = 0x42;
  private static final int LAST = 0x80;
  private static final int MIB = 1 << 20;
  private static final DeflateParameters AGREED = new DeflateParameters(true, OptionalInt.empty());

  private final PermessageDeflate deflate = new PermessageDeflate(2);

  @Nested
  class Bombs {
    @ParameterizedTest
    @ValueSource(ints = {1, 100, 65_536, Integer.MAX_VALUE})
    void stopAtTheLimit(int chunk) {
      byte[] bomb = bomb(1024); // 1 MiB that inflates to 1 GiB
      assertThat(bomb.length).isBetween(MIB, MIB + MIB / 10);
      RecordingPeer peer = new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED);

      peer.receives(chunk, frame(BINARY, bomb));

      assertThat(peer.events)
          .containsExactly("failed 1009 messages must have at most 1048576 bytes (RFC 6455 §10.4)");
      assertThat(deflate.lent()).isZero();
    }

    @Test
    void areInflatedNoFurtherThanTheReceiverTakesThem() {
      byte[] bomb = bomb(1024);
      Inflation inflation = deflate.inflation(AGREED, () -> true);
      int[] inflated = new int[1];

      assertThatExceptionOfType(ProtocolException.class)
          .isThrownBy(
              () ->
                  inflation.append(
                      ByteBuffer.wrap(bomb),
                      bomb.length,
                      0,
                      0,
                      (bytes, length) -> {
                        inflated[0] += length;
                        if (inflated[0] > MIB) {
                          throw new ProtocolException(1009, "too much");
                        }
                      }));

      assertThat(inflated[0]).isLessThan(MIB + 8193);
      inflation.close();
      assertThat(deflate.lent()).isZero();
    }

    @Test
    void neverHoldMoreThanTheLimit() throws Exception {
      WebSocketLimits limits = new WebSocketLimits(100_000, 10);
      MessageAssembler assembler =
          new MessageAssembler(
              limits,
              () -> new PartialMessageBudget(Long.MAX_VALUE).share(this, () -> {}),
              deflate.inflation(AGREED, () -> true));
      byte[] bomb = bomb(16);
      FrameHeader header = new FrameHeader(true, true, FrameEncoder.BINARY, bomb.length, 0);
      assembler.begin(header);

      ProtocolException fault = null;
      for (int i = 0; fault == null; i++) {
        try {
          assembler.append(ByteBuffer.wrap(bomb, i, 1), 1, header, i);
        } catch (ProtocolException e) {
          fault = e;
        }
        assertThat(assembler.bufferBytes()).isLessThanOrEqualTo(100_000);
      }

      assertThat(fault.closeCode()).isEqualTo(1009);
      assembler.release();
      assertThat(assembler.bufferBytes()).isZero();
      assertThat(deflate.lent()).isZero();
    }
  }

  @Nested
  class Limit {
    @ParameterizedTest
    @FieldSource("io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS")
    void isExact(int chunk) {
      WebSocketLimits limits = new WebSocketLimits(5, 10);

      RecordingPeer fits = new RecordingPeer(limits, deflate, AGREED);
      fits.receives(chunk, frame(BINARY, bytes("f248cdc9c90700")));
      RecordingPeer exceeds = new RecordingPeer(limits, deflate, AGREED);
      exceeds.receives(chunk, frame(BINARY, bytes("000600f9ff48656c6c6f21 00")));

      assertThat(fits.events).containsExactly("binary 48656c6c6f");
      assertThat(exceeds.events)
          .containsExactly("failed 1009 messages must have at most 5 bytes (RFC 6455 §10.4)");
    }

    @Test
    void isReachedByNoiseThatWasCompressedAllTheSame() {
      byte[] noise = new byte[MIB];
      new Random(1).nextBytes(noise);
      byte[] compressed = compress(noise, Deflater.SYNC_FLUSH);
      assertThat(compressed.length).isGreaterThan(MIB);
      byte[][] received = new byte[1][];
      RecordingPeer peer =
          new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED) {
            @Override
            public void binary(byte[] bytes) {
              received[0] = bytes;
            }
          };

      peer.receives(10_000, frame(BINARY, compressed));

      assertThat(received[0]).isEqualTo(noise);
    }

    @Test
    void ofTheCompressedFormIsKnownAtTheHeader() {
      RecordingPeer fits = new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED);
      fits.receives("c2ff 0000000000200400 00000000");
      RecordingPeer exceeds = new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED);
      exceeds.receives("c2ff 0000000000200401");

      assertThat(fits.events).isEmpty();
      assertThat(exceeds.events)
          .containsExactly("failed 1009 messages must have at most 1048576 bytes (RFC 6455 §10.4)");
      assertThat(deflate.lent()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1021,0", "1022,1"})
    void ofTheCompressedFormIsThatOfAllFragments(int rest, int failures) {
      RecordingPeer peer =
          new RecordingPeer(new WebSocketLimits(1, 10), deflate, AGREED); // at most 1026 bytes

      peer.receives(99, frame(FIRST_OF_BINARY, bytes("000000ffff")));
      peer.receives(99, Arrays.copyOf(frame(LAST, new byte[rest]), 4)); // header without its key

      assertThat(peer.events).hasSize(failures);
    }

    @Test
    void ofTheCompressedFormIsThatOfOneMessage() {
      RecordingPeer peer =
          new RecordingPeer(new WebSocketLimits(1, 10), deflate, AGREED); // at most 1026 bytes
      byte[] emptyBlocks = frame(BINARY, bytes("000000ffff".repeat(150) + "00"));

      peer.receives(99, join(emptyBlocks, emptyBlocks));

      assertThat(peer.events).containsExactly("binary ", "binary ");
    }

    @Test
    void ofPlainMessagesStaysWhatItWas() {
      RecordingPeer peer = new RecordingPeer(new WebSocketLimits(5, 10), deflate, AGREED);

      peer.receives("82 86");

      assertThat(peer.events)
          .containsExactly("failed 1009 messages must have at most 5 bytes (RFC 6455 §10.4)");
    }
  }

  @Nested
  class Fragments {
    @Test
    void ofOneByteMayBe131072() {
      byte[] payload = new byte[300_000];
      new Random(1).nextBytes(payload);
      byte[] compressed = compress(payload, Deflater.SYNC_FLUSH);
      int single = 131_071;
      byte[][] frames = new byte[single + 1][];
      for (int i = 0; i < single; i++) {
        frames[i] = frame(i == 0 ? FIRST_OF_BINARY : 0, new byte[] {compressed[i]});
      }
      frames[single] = frame(LAST, Arrays.copyOfRange(compressed, single, compressed.length));
      byte[][] received = new byte[1][];
      RecordingPeer peer =
          new RecordingPeer(WebSocketLimits.DEFAULT, deflate, AGREED) {
            @Override
            public void binary(byte[] bytes) {
              received[0] = bytes;
            }
          };

      peer.receives(4096, join(frames));

      assertThat(received[0]).isEqualTo(payload);
    }
  }

  /** Returns the payload of a message of so many mebibytes of zeros, about 1 KiB for each. */
  private static byte[] bomb(int mebibytes) {
    byte[] one = join(compress(new byte[MIB], Deflater.FULL_FLUSH), bytes("0000ffff"));
    byte[] bomb = new byte[one.length * mebibytes + 1];
    for (int i = 0; i < mebibytes; i++) {
      System.arraycopy(one, 0, bomb, i * one.length, one.length);
    }
    return bomb;
  }

  private static byte[] compress(byte[] payload, int flush) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    deflater.setInput(payload);
    byte[] out = new byte[payload.length + payload.length / 8 + 100];
    int length = deflater.deflate(out, 0, out.length, flush);
    deflater.end();
    return Arrays.copyOf(out, length - 4);
  }
}
