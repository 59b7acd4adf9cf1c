package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Puts the fragments of a message together (RFC 6455 §5.4) and knows which data frame may come
 * next.
 *
 * <p>The buffer grows with what has arrived, never with what a header declares, by at least
 * doubling, so that any number of fragments costs linear time. It belongs to one message: between
 * messages nothing is held. Not thread-safe: confined to the connection's event loop.
 */
final class MessageAssembler implements FrameHeaderDecoder.FrameRules {
  private static final byte[] EMPTY = {};
  private static final int NONE = -1;

  private final WebSocketLimits limits;
  private final Utf8Validator utf8 = new Utf8Validator();
  private int opcode = NONE;
  private int fragments;
  private byte[] buffer = EMPTY;
  private int size;

  MessageAssembler(WebSocketLimits limits) {
    this.limits = limits;
  }

  @Override
  public void admitOpcode(int next) throws ProtocolException {
    if (next == FrameHeader.CONTINUATION && opcode == NONE) {
      throw new ProtocolException(
          CloseCodes.PROTOCOL_ERROR, "a continuation must follow a fragment (RFC 6455 §5.4)");
    }
    if (next != FrameHeader.CONTINUATION && opcode != NONE) {
      throw new ProtocolException(
          CloseCodes.PROTOCOL_ERROR,
          "fragments of messages must not be interleaved (RFC 6455 §5.4)");
    }
    if (fragments == limits.maxFragments()) {
      throw new ProtocolException(
          CloseCodes.TOO_BIG,
          "messages must have at most " + limits.maxFragments() + " fragments (RFC 6455 §10.4)");
    }
  }

  @Override
  public void admitLength(long payloadBytes) throws ProtocolException {
    if (payloadBytes > limits.maxMessageBytes() - size) {
      throw new ProtocolException(
          CloseCodes.TOO_BIG,
          "messages must have at most " + limits.maxMessageBytes() + " bytes (RFC 6455 §10.4)");
    }
  }

  /** Begins an admitted frame. */
  void begin(FrameHeader header) {
    if (header.opcode() != FrameHeader.CONTINUATION) {
      opcode = header.opcode();
    }
    fragments++;
  }

  /**
   * Takes payload bytes of the frame at hand.
   *
   * @param in holds them at its position, which moves behind them
   * @param bytes how many to take
   * @param header the frame's header
   * @param offset how many bytes of the frame's payload were taken before
   */
  void append(ByteBuffer in, int bytes, FrameHeader header, long offset) throws ProtocolException {
    long most = header.fin() ? size + header.payloadBytes() - offset : limits.maxMessageBytes();
    reserve(bytes, most);
    int end = size + bytes;
    in.get(buffer, size, bytes);
    Masking.unmask(buffer, size, end, header.maskingKey(), offset);
    if (isText() && !utf8.accept(buffer, size, end)) {
      throw invalidText();
    }
    size = end;
  }

  /** Returns whether the message at hand is a text. */
  boolean isText() {
    return opcode == FrameEncoder.TEXT;
  }

  /** Returns the message, all of whose frames were taken, and forgets it. */
  byte[] finish() throws ProtocolException {
    if (isText() && !utf8.isComplete()) {
      throw invalidText();
    }
    byte[] message = size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    release();
    return message;
  }

  /** Forgets the message at hand and its memory. */
  void release() {
    opcode = NONE;
    fragments = 0;
    buffer = EMPTY;
    size = 0;
    utf8.reset();
  }

  /** Returns how much memory the message at hand holds. */
  int bufferBytes() {
    return buffer.length;
  }

  /** Makes room for bytes that have arrived, and for at most {@code most} in all. */
  private void reserve(int bytes, long most) {
    int needed = size + bytes; // cannot overflow: admitLength saw the whole frame
    if (needed > buffer.length) {
      long doubled = Math.min(2L * buffer.length, most);
      buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
    }
  }

  private static ProtocolException invalidText() {
    return new ProtocolException(
        CloseCodes.INVALID_PAYLOAD, "text must be valid UTF-8 (RFC 6455 §8.1)");
  }
}
