package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Encoder of a server's frames (RFC 6455 §5.2): unmasked (§5.1), whole messages in one frame, the
 * length in the fewest bytes possible. Thread-safe: it has no state.
 */
public final class FrameEncoder {
  /** The opcode of a text frame. */
  public static final int TEXT = 0x1;

  /** The opcode of a binary frame. */
  public static final int BINARY = 0x2;

  /** The first reserved bit: set on a compressed message (RFC 7692 §6). */
  static final int RSV1 = 0x40;

  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;
  static final int MAX_CONTROL_PAYLOAD_BYTES = 125; // §5.5
  static final int MAX_REASON_BYTES = MAX_CONTROL_PAYLOAD_BYTES - Short.BYTES;

  private static final int FIN = 0x80;
  private static final int MAX_LENGTH_7 = 125;
  private static final int MAX_LENGTH_16 = 0xFFFF;

  private FrameEncoder() {}

  /**
   * Returns an unfragmented frame.
   *
   * @param opcode one that is defined; may have {@link #RSV1} beside it
   * @param payload copied; the caller knows that it suits the opcode: at most 125 bytes of a
   *     control frame, valid UTF-8 of a text
   */
  public static byte[] frame(int opcode, byte[] payload) {
    int length = payload.length;
    int extended = length <= MAX_LENGTH_7 ? 0 : length <= MAX_LENGTH_16 ? Short.BYTES : Long.BYTES;
    ByteBuffer frame = ByteBuffer.allocate(Math.addExact(2 + extended, length));
    frame.put((byte) (FIN | opcode));
    switch (extended) {
      case 0 -> frame.put((byte) length);
      case Short.BYTES -> frame.put((byte) 126).putShort((short) length);
      default -> frame.put((byte) 127).putLong(length);
    }
    return frame.put(payload).array();
  }

  /** Returns a close frame without code and reason (§5.5.1). */
  static byte[] emptyClose() {
    return frame(CLOSE, new byte[0]);
  }

  /**
   * Returns a close frame.
   *
   * @param code one that may be on the wire; the caller has checked it
   * @throws IllegalArgumentException if the reason is longer than 123 UTF-8 bytes
   */
  static byte[] close(int code, String reason) {
    byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > MAX_REASON_BYTES) {
      throw new IllegalArgumentException(
          "expected a reason of at most " + MAX_REASON_BYTES + " UTF-8 bytes, was " + utf8.length);
    }
    byte[] payload = new byte[Short.BYTES + utf8.length];
    ByteBuffer.wrap(payload).putShort((short) code).put(utf8);
    return frame(CLOSE, payload);
  }
}
