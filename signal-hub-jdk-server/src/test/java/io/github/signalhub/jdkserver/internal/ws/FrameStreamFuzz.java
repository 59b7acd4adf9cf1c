package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.util.Random;

/**
 * Fuzz target: any bytes as a client's frames, with deflate if the first byte is odd. The protocol
 * throws no exception. The first byte chooses the chunks. Every chunking gives the same events and
 * the same answers. No message and no queue exceeds its limit.
 */
public final class FrameStreamFuzz {
  private static final WebSocketLimits LIMITS = new WebSocketLimits(500, 6);
  private static final int MAX_ANSWER_BYTES = (ControlQueue.MAX_PONGS + 2) * 127;

  private FrameStreamFuzz() {}

  /** The fuzzer's entry point. */
  public static void fuzzerTestOneInput(byte[] data) {
    if (data.length == 0) {
      return;
    }
    try (PermessageDeflate deflate = new PermessageDeflate(1)) {
      Outcome whole = receive(data, deflate, data.length, data.length);
      for (int most : new int[] {1, 2 + (data[0] & 0x3F)}) {
        Outcome cut = receive(data, deflate, 1, most);
        if (!cut.equals(whole)) {
          throw new AssertionError("cut into " + most + ": " + cut + ", whole: " + whole);
        }
      }
    }
  }

  private record Outcome(java.util.List<String> events, String state, String answers) {}

  private static Outcome receive(byte[] data, PermessageDeflate deflate, int least, int most) {
    boolean deflated = (data[0] & 1) == 1;
    RecordingPeer peer =
        deflated
            ? new RecordingPeer(
                LIMITS,
                deflate,
                new DeflateParameters((data[0] & 2) == 2, java.util.OptionalInt.empty()))
            : new RecordingPeer(LIMITS);
    Random random = new Random(data[0]);
    for (int from = 1; from < data.length; ) {
      int length = Math.min(least + random.nextInt(most - least + 1), data.length - from);
      peer.protocol.receive(ByteBuffer.wrap(data, from, length));
      from += length;
    }
    ByteBuffer answers = ByteBuffer.allocate(2 * MAX_ANSWER_BYTES);
    int bytes = peer.protocol.peekControl(answers);
    peer.protocol.acceptedControl(bytes);
    if (bytes > MAX_ANSWER_BYTES
        || peer.events.stream().anyMatch(e -> e.length() > 2 * LIMITS.maxMessageBytes() + 10)) {
      throw new AssertionError("beyond the limits: " + bytes + " " + peer.events);
    }
    String state = peer.protocol.state().name();
    peer.protocol.close();
    if (peer.memory.heldBytes() != 0) {
      throw new AssertionError("still held: " + peer.memory.heldBytes() + " bytes");
    }
    return new Outcome(
        peer.events, state, Wire.hex(java.util.Arrays.copyOf(answers.array(), bytes)));
  }
}
