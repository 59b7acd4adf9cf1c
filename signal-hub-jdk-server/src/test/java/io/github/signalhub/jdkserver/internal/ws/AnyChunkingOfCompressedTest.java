package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random clients that compress in every possible way, and some broken ones. Packets do not
 * influence the events, every message arrives, and everything borrowed is returned.
 */
class AnyChunkingOfCompressedTest {
  private static final int STREAMS = 2_500;
  private static final WebSocketLimits LIMITS = new WebSocketLimits(500, 8);

  @ParameterizedTest
  @CsvSource({"1,true", "2,false", "3,true", "4,false"})
  void anySplitOfAnyStreamGivesTheSameEventsAndLeavesNothingBorrowed(
      long seed, boolean clientNoContextTakeover) {
    Random random = new Random(seed);
    PermessageDeflate deflate = new PermessageDeflate(2);
    DeflateParameters agreed = new DeflateParameters(clientNoContextTakeover, OptionalInt.empty());
    int delivered = 0;
    int failed = 0;
    int leftBorrowed = 0;
    for (int run = 0; run < STREAMS; run++) {
      Stream stream = new Stream(random, clientNoContextTakeover);
      RecordingPeer whole =
          new RecordingPeer(LIMITS, deflate, agreed).receives(Integer.MAX_VALUE, stream.wire);
      RecordingPeer split = new RecordingPeer(LIMITS, deflate, agreed);

      for (int from = 0; from < stream.wire.length; ) {
        int length = Math.min(1 + random.nextInt(20), stream.wire.length - from);
        split.protocol.receive(ByteBuffer.wrap(stream.wire, from, length));
        from += length;
      }

      assertThat(split.events).as(Wire.hex(stream.wire)).isEqualTo(whole.events);
      assertThat(split.writes()).isEqualTo(whole.writes());
      if (!stream.broken) {
        assertThat(whole.events).isEqualTo(stream.events);
      }
      leftBorrowed += deflate.lent() > 0 ? 1 : 0;
      split.protocol.close();
      whole.protocol.close();
      assertThat(deflate.lent()).isZero();
      delivered += whole.events.stream().anyMatch(event -> event.startsWith("binary")) ? 1 : 0;
      failed += whole.events.stream().anyMatch(event -> event.startsWith("failed")) ? 1 : 0;
    }
    assertThat(delivered).as("streams with messages").isGreaterThan(STREAMS / 2);
    assertThat(failed).as("streams that end badly").isGreaterThan(STREAMS / 20);
    assertThat(leftBorrowed).as("streams that end amid a message").isGreaterThan(STREAMS / 50);
    deflate.close();
  }

  /** A client's messages, in at most three fragments each, with the expected events. */
  private static final class Stream {
    final List<String> events = new ArrayList<>();
    final byte[] wire;
    boolean broken;

    Stream(Random random, boolean noContextTakeover) {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      Deflater deflater = new Deflater(random.nextInt(10), true);
      deflater.setStrategy(random.nextInt(3));
      deflater.deflate(new byte[1], 0, 1, Deflater.NO_FLUSH); // only sets the strategy
      for (int messages = 1 + random.nextInt(6); messages > 0; messages--) {
        byte[] message = message(random);
        boolean compressed = random.nextInt(4) > 0;
        byte[] payload = compressed ? compress(deflater, message, random) : message;
        if (noContextTakeover) {
          deflater.reset();
        }
        int first = random.nextInt(payload.length + 1);
        int second = first + random.nextInt(payload.length - first + 1);
        int rsv1 = compressed ? 0x40 : 0;
        out.writeBytes(Wire.frame(rsv1 | 0x02, Arrays.copyOf(payload, first)));
        out.writeBytes(Wire.frame(0x00, Arrays.copyOfRange(payload, first, second)));
        if (random.nextInt(5) == 0) {
          out.writeBytes(Wire.frame(0x8A, new byte[] {1}));
          events.add("pong 01");
        }
        out.writeBytes(Wire.frame(0x80, Arrays.copyOfRange(payload, second, payload.length)));
        events.add("binary " + Wire.hex(message));
        broken |= message.length > LIMITS.maxMessageBytes();
      }
      deflater.end();
      wire = tamper(out.toByteArray(), random);
    }

    /** Keeps half of the streams, truncates some, and flips a bit in others. */
    private byte[] tamper(byte[] wire, Random random) {
      int at = random.nextInt(wire.length);
      switch (random.nextInt(4)) {
        case 0 -> {
          broken = true;
          return Arrays.copyOf(wire, at);
        }
        case 1 -> {
          broken = true;
          wire[at] ^= (byte) (1 << random.nextInt(8));
          return wire;
        }
        default -> {
          return wire;
        }
      }
    }

    private static byte[] message(Random random) {
      byte[] message = new byte[random.nextInt(random.nextInt(3) == 0 ? 520 : 40)];
      for (int i = 0; i < message.length; i++) {
        message[i] = (byte) ('a' + random.nextInt(4));
      }
      return message;
    }

    /** Compresses in two parts, sometimes with a flush between them or with a last block. */
    private static byte[] compress(Deflater deflater, byte[] message, Random random) {
      byte[] out = new byte[2000];
      int half = random.nextInt(message.length + 1);
      int flush = random.nextBoolean() ? Deflater.SYNC_FLUSH : Deflater.NO_FLUSH;
      deflater.setInput(message, 0, half);
      int length = deflater.deflate(out, 0, out.length, flush);
      deflater.setInput(message, half, message.length - half);
      if (random.nextInt(4) == 0) {
        deflater.finish();
        length += deflater.deflate(out, length, out.length - length);
        deflater.reset();
        return Arrays.copyOf(out, length + random.nextInt(2)); // with or without the empty block
      }
      length += deflater.deflate(out, length, out.length - length, Deflater.SYNC_FLUSH);
      return length == 0 ? new byte[1] : Arrays.copyOf(out, length - 4); // §7.2.3.6
    }
  }
}
