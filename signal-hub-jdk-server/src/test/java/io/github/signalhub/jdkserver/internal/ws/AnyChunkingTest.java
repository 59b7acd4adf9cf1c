package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The chunks of a stream do not influence its events. */
class AnyChunkingTest {
  private static final int STREAMS = 2_000;
  private static final int[] FIRST_BYTES = {
    0x81, 0x81, 0x82, 0x82, 0x01, 0x02, 0x00, 0x00, 0x80, 0x80, 0x89, 0x8A, 0x89, 0x88
  };

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void anySplitOfAnyStreamGivesTheSameEventsAndTheSameAnswers(long seed) {
    Random random = new Random(seed);
    int closed = 0;
    int failed = 0;
    for (int run = 0; run < STREAMS; run++) {
      byte[] wire = randomStream(random);
      RecordingPeer whole =
          new RecordingPeer(new WebSocketLimits(500, 6)).receives(Integer.MAX_VALUE, wire);
      RecordingPeer split = new RecordingPeer(new WebSocketLimits(500, 6));

      for (int from = 0; from < wire.length; ) {
        int length = Math.min(1 + random.nextInt(20), wire.length - from);
        split.protocol.receive(ByteBuffer.wrap(wire, from, length));
        from += length;
      }

      assertThat(split.events).as(Wire.hex(wire)).isEqualTo(whole.events);
      assertThat(split.protocol.state()).isEqualTo(whole.protocol.state());
      assertThat(split.writes()).isEqualTo(whole.writes());
      closed += whole.events.stream().anyMatch(event -> event.startsWith("closed")) ? 1 : 0;
      failed += whole.events.stream().anyMatch(event -> event.startsWith("failed")) ? 1 : 0;
    }
    assertThat(closed).as("streams that end well").isGreaterThan(STREAMS / 20);
    assertThat(failed).as("streams that end badly").isGreaterThan(STREAMS / 20);
  }

  /** Returns frames that are mostly legal. One byte in a few hundred is replaced. */
  private static byte[] randomStream(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int frames = 1 + random.nextInt(12); frames > 0; frames--) {
      int firstByte = FIRST_BYTES[random.nextInt(FIRST_BYTES.length)];
      byte[] payload = new byte[random.nextInt(random.nextInt(8) == 0 ? 200 : 20)];
      for (int i = 0; i < payload.length; i++) {
        payload[i] = (byte) ('a' + random.nextInt(26));
      }
      if (firstByte == 0x88) {
        payload = Wire.bytes("03e8" + "62".repeat(random.nextInt(9)));
      }
      out.writeBytes(Wire.frame(firstByte, payload));
    }
    byte[] wire = out.toByteArray();
    if (random.nextInt(3) == 0) {
      wire[random.nextInt(wire.length)] = (byte) random.nextInt(256);
    }
    return wire;
  }
}
