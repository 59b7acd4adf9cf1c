package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.nio.BufferOverflowException;
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

  /** The most bytes that a server's frame header can have. */
  public static final int MAX_HEADER_BYTES = 2 + Long.BYTES;

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
   * Returns a text message as one frame.
   *
   * @param utf8 its payload, which the caller knows to be valid UTF-8; copied
   */
  public static byte[] text(byte[] utf8) {
    return frame(TEXT, requireNonNull(utf8, "utf8"));
  }

  /**
   * Returns a binary message as one frame.
   *
   * @param bytes its payload; copied
   */
  public static byte[] binary(byte[] bytes) {
    return frame(BINARY, requireNonNull(bytes, "bytes"));
  }

  /**
   * Returns how many bytes the header of a frame has, 2 to {@link #MAX_HEADER_BYTES}.
   *
   * @throws IllegalArgumentException if the length is negative
   */
  public static int headerBytes(long payloadBytes) {
    if (payloadBytes < 0) {
      throw new IllegalArgumentException("expected a length of at least 0, was " + payloadBytes);
    }
    int extended =
        payloadBytes <= MAX_LENGTH_7 ? 0 : payloadBytes <= MAX_LENGTH_16 ? Short.BYTES : Long.BYTES;
    return 2 + extended;
  }

  /**
   * Writes the header of an unfragmented frame; the caller writes the payload behind it.
   *
   * @param out where to write; its position moves behind the header
   * @param opcode {@link #TEXT} or {@link #BINARY}
   * @param payloadBytes the payload's length in bytes
   * @throws IllegalArgumentException if the opcode is another one or the length is negative
   * @throws BufferOverflowException if {@code out} has less room than {@link #headerBytes}
   */
  public static void writeHeader(ByteBuffer out, int opcode, long payloadBytes) {
    requireNonNull(out, "out");
    if (opcode != TEXT && opcode != BINARY) {
      throw new IllegalArgumentException(
          "expected the opcode of a text or binary frame, was " + opcode);
    }
    putHeader(out, opcode, payloadBytes);
  }

  private static void putHeader(ByteBuffer out, int opcode, long payloadBytes) {
    int headerBytes = headerBytes(payloadBytes);
    if (out.remaining() < headerBytes) {
      throw new BufferOverflowException(); // before the first byte, not in the middle
    }
    out.put((byte) (FIN | opcode));
    switch (headerBytes) {
      case 2 -> out.put((byte) payloadBytes);
      case 2 + Short.BYTES -> {
        out.put((byte) 126);
        out.put((byte) (payloadBytes >>> 8)).put((byte) payloadBytes);
      }
      default -> {
        out.put((byte) 127);
        for (int shift = Long.SIZE - Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
          out.put((byte) (payloadBytes >>> shift)); // network order, whatever the buffer's is
        }
      }
    }
  }

  /** Returns a ping or pong; the caller has checked the payload's length. */
  static byte[] control(int opcode, byte[] payload) {
    return frame(opcode, payload);
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

  /** Returns an unfragmented frame; the opcode may have {@link #RSV1} beside it. */
  static byte[] frame(int opcode, byte[] payload) {
    int headerBytes = headerBytes(payload.length);
    byte[] frame = new byte[Math.addExact(headerBytes, payload.length)];
    ByteBuffer out = ByteBuffer.wrap(frame);
    putHeader(out, opcode, payload.length);
    out.put(payload);
    return frame;
  }
}
