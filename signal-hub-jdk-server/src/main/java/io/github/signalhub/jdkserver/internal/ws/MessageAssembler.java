package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.Supplier;

/**
 * Puts the fragments of a message together (RFC 6455 §5.4), inflates them if the message is
 * compressed (RFC 7692), and knows which data frame may come next.
 *
 * <p>The buffer grows with the bytes that have arrived, never with the length that a header
 * declares. It at least doubles, so any number of fragments costs linear time. It belongs to one
 * message: between messages nothing is held. Not thread-safe: confined to the connection's event
 * loop.
 */
final class MessageAssembler implements FrameHeaderDecoder.FrameRules, Inflation.Receiver {
  private static final byte[] EMPTY = {};
  private static final int NONE = -1;

  /**
   * A compressed message may be sent in more bytes than the message has: blocks have headers, and
   * each fragment may have been flushed. Twice as many is more than any compressor needs.
   */
  private static final int COMPRESSED_EXTRA_BYTES = 1024;

  /** Every connection may hold this much uncounted: its socket takes more of the system. */
  private static final int UNCOUNTED_BYTES = 4096;

  private final WebSocketLimits limits;
  private final Supplier<PartialMessageBudget.Share> newShare;
  private final Inflation inflation;
  private final Utf8Validator utf8 = new Utf8Validator();
  private PartialMessageBudget.Share memory; // null while no memory is counted
  private int opcode = NONE;
  private boolean compressed;
  private long compressedBytes;
  private int fragments;
  private byte[] buffer = EMPTY;
  private int size;
  private long begun; // messages, this one included
  private long receivedBytes; // of the message at hand

  /**
   * Makes an assembler.
   *
   * @param limits of one message
   * @param newShare returns a share of the server's memory for unfinished messages
   * @param inflation of the connection; {@code null} if no message can be compressed
   */
  MessageAssembler(
      WebSocketLimits limits, Supplier<PartialMessageBudget.Share> newShare, Inflation inflation) {
    this.limits = limits;
    this.newShare = newShare;
    this.inflation = inflation;
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
      throw ProtocolException.beyond(
          WebSocketLimits.Kind.FRAGMENTS,
          CloseCodes.TOO_BIG,
          "messages must have at most " + limits.maxFragments() + " fragments (RFC 6455 §10.4)");
    }
  }

  @Override
  public void admitLength(long payloadBytes, boolean rsv1) throws ProtocolException {
    boolean deflated = opcode == NONE ? rsv1 : compressed;
    long most =
        deflated
            ? 2L * limits.maxMessageBytes() + COMPRESSED_EXTRA_BYTES - compressedBytes
            : limits.maxMessageBytes() - size;
    if (payloadBytes > most) {
      throw tooBig();
    }
  }

  /** Begins an admitted frame. */
  void begin(FrameHeader header) {
    if (header.opcode() != FrameHeader.CONTINUATION) {
      opcode = header.opcode();
      compressed = header.rsv1();
      begun++;
    }
    if (compressed) {
      compressedBytes += header.payloadBytes();
    }
    fragments++;
  }

  /**
   * Takes payload bytes of the frame at hand.
   *
   * @param in holds them at its position, which moves past them
   * @param bytes how many to take
   * @param header the frame's header
   * @param offset how many bytes of the frame's payload were taken before
   */
  void append(ByteBuffer in, int bytes, FrameHeader header, long offset) throws ProtocolException {
    receivedBytes += bytes;
    if (compressed) {
      inflation.append(in, bytes, header.maskingKey(), offset, this);
      return;
    }
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

  /** Takes bytes of a compressed message. The first byte that is not allowed decides. */
  @Override
  public void inflated(byte[] bytes, int length) throws ProtocolException {
    int fitting = Math.min(length, limits.maxMessageBytes() - size);
    if (isText() && !utf8.accept(bytes, 0, fitting)) {
      throw invalidText();
    }
    if (fitting < length) {
      throw tooBig();
    }
    reserve(length, limits.maxMessageBytes());
    System.arraycopy(bytes, 0, buffer, size, length);
    size += length;
  }

  /** Counts the memory of the message at hand while its rest is awaited. */
  void awaitRest() throws ProtocolException {
    long holds = buffer.length > UNCOUNTED_BYTES ? buffer.length : 0;
    if (compressed) {
      holds += inflation.borrowedBytes();
    }
    if (memory == null && holds > 0) {
      memory = newShare.get();
    }
    if (memory != null && !memory.hold(holds)) {
      throw noRoom();
    }
  }

  /**
   * Checks that the message at hand may go on.
   *
   * @throws ProtocolException 1013 if its memory was given to others
   */
  void requireMemory() throws ProtocolException {
    if (memory != null && memory.isWanted()) {
      throw noRoom();
    }
  }

  /** Returns whether a message has begun and is not finished. */
  boolean isUnfinished() {
    return opcode != NONE;
  }

  /** Returns how many messages have begun. */
  long begun() {
    return begun;
  }

  /** Returns how many bytes of the message at hand have arrived, in compressed form if it is. */
  long receivedBytes() {
    return receivedBytes;
  }

  /** Returns whether the message at hand is a text. */
  boolean isText() {
    return opcode == FrameEncoder.TEXT;
  }

  /** Returns the message after all of its frames were taken, and forgets it. */
  byte[] finish() throws ProtocolException {
    if (compressed) {
      inflation.finish(this);
    }
    if (isText() && !utf8.isComplete()) {
      throw invalidText();
    }
    if (compressed) {
      inflation.remember(buffer, size);
    }
    byte[] message = size == buffer.length ? buffer : Arrays.copyOf(buffer, size);
    release();
    return message;
  }

  /**
   * Checks that more messages may follow the one that was finished.
   *
   * @throws ProtocolException 1013 if there was no room for a window
   */
  void requireWindow() throws ProtocolException {
    if (inflation != null) {
      inflation.requireWindow();
    }
  }

  /** Forgets the message at hand and its memory. Idempotent. */
  void release() {
    if (compressed) {
      inflation.release();
    }
    if (memory != null) {
      memory.hold(0);
      memory = null;
    }
    receivedBytes = 0;
    opcode = NONE;
    compressed = false;
    compressedBytes = 0;
    fragments = 0;
    buffer = EMPTY;
    size = 0;
    utf8.reset();
  }

  /** Returns how many bytes the buffer of the message at hand has. */
  int bufferBytes() {
    return buffer.length;
  }

  /** Makes room for bytes that have arrived. The buffer has at most {@code most} bytes in all. */
  private void reserve(int bytes, long most) {
    int needed = size + bytes; // cannot overflow: within maxMessageBytes
    if (needed > buffer.length) {
      long doubled = Math.min(2L * buffer.length, most);
      buffer = Arrays.copyOf(buffer, (int) Math.max(needed, doubled));
    }
  }

  private static ProtocolException noRoom() {
    return new ProtocolException(
        CloseCodes.TRY_AGAIN_LATER, "no room for more unfinished messages, try again later");
  }

  private ProtocolException tooBig() {
    return ProtocolException.beyond(
        WebSocketLimits.Kind.MESSAGE_BYTES,
        CloseCodes.TOO_BIG,
        "messages must have at most " + limits.maxMessageBytes() + " bytes (RFC 6455 §10.4)");
  }

  private static ProtocolException invalidText() {
    return new ProtocolException(
        CloseCodes.INVALID_PAYLOAD, "text must be valid UTF-8 (RFC 6455 §8.1)");
  }
}
