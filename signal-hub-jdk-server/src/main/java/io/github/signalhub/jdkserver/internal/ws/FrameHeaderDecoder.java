package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;

/**
 * Incremental decoder of client frame headers (RFC 6455 §5.2). Accepts bytes in any chunking, fails
 * at the first byte that no legal header has in its place, and allocates nothing before a header is
 * complete. After a failure it is of no further use. Not thread-safe: confined to the connection's
 * event loop.
 */
final class FrameHeaderDecoder {
  /** Rules that depend on the frames before. They are checked as early as the bytes allow. */
  interface FrameRules {
    /** Checks a data frame's place in its message, at the frame's first byte. */
    void admitOpcode(int opcode) throws ProtocolException;

    /**
     * Checks a data frame's length, before its masking key.
     *
     * @param rsv1 the frame's first reserved bit
     */
    void admitLength(long payloadBytes, boolean rsv1) throws ProtocolException;
  }

  private static final int FIN = 0x80;
  private static final int RSV = 0x70;
  private static final int OPCODE = 0x0F;
  private static final int MASK = 0x80;
  private static final int LENGTH_7 = 0x7F;
  private static final int LENGTH_16_FOLLOWS = 126;
  private static final int LENGTH_64_FOLLOWS = 127;
  private static final int MASKING_KEY_BYTES = 4;

  private final FrameRules rules;
  private final int reservedBits;
  private int received;
  private int first;
  private int keyStart;
  private long length;
  private int maskingKey;

  /**
   * Makes a decoder.
   *
   * @param rules checked for each data frame
   * @param reservedBits the bits of 0x70 of a frame's first byte to which an extension that was
   *     agreed on gives a meaning; all others must be 0 (§5.2)
   */
  FrameHeaderDecoder(FrameRules rules, int reservedBits) {
    this.rules = rules;
    this.reservedBits = reservedBits;
  }

  /**
   * Returns the next header, leaving {@code in} at its payload; {@code null} if {@code in} ran out.
   */
  FrameHeader decode(ByteBuffer in) throws ProtocolException {
    while (in.hasRemaining()) {
      int octet = in.get() & 0xFF;
      int at = received++;
      if (at == 0) {
        acceptFirst(octet);
      } else if (at == 1) {
        acceptSecond(octet);
      } else if (at < keyStart) {
        acceptLength(octet, at - 2);
      } else {
        maskingKey = maskingKey << Byte.SIZE | octet;
        if (received == keyStart + MASKING_KEY_BYTES) {
          received = 0;
          return new FrameHeader(
              (first & FIN) != 0,
              (first & FrameEncoder.RSV1) != 0,
              first & OPCODE,
              length,
              maskingKey);
        }
      }
    }
    return null;
  }

  /** Returns whether no header has begun. */
  boolean isBetweenHeaders() {
    return received == 0;
  }

  private void acceptFirst(int octet) throws ProtocolException {
    first = octet;
    if ((octet & RSV & ~reservedBits) != 0) {
      throw violation("reserved bits must be 0 (RFC 6455 §5.2)");
    }
    int opcode = octet & OPCODE;
    switch (opcode) {
      case FrameHeader.CONTINUATION, FrameEncoder.TEXT, FrameEncoder.BINARY -> {
        rules.admitOpcode(opcode);
        if (opcode == FrameHeader.CONTINUATION && (octet & FrameEncoder.RSV1) != 0) {
          throw violation("RSV1 must be on a message's first frame alone (RFC 7692 §6.1)");
        }
      }
      case FrameEncoder.CLOSE, FrameEncoder.PING, FrameEncoder.PONG -> {
        if ((octet & FIN) == 0) {
          throw violation("control frames must not be fragmented (RFC 6455 §5.5)");
        }
        if ((octet & RSV) != 0) {
          throw violation("reserved bits of control frames must be 0 (RFC 6455 §5.2)");
        }
      }
      default -> throw violation("reserved opcodes must not be used (RFC 6455 §5.2)");
    }
  }

  private void acceptSecond(int octet) throws ProtocolException {
    if ((octet & MASK) == 0) {
      throw violation("client frames must be masked (RFC 6455 §5.1)");
    }
    int length7 = octet & LENGTH_7;
    boolean extended = length7 > FrameEncoder.MAX_CONTROL_PAYLOAD_BYTES;
    if (extended && FrameHeader.isControl(first & OPCODE)) {
      throw violation("control frames must have at most 125 bytes of payload (RFC 6455 §5.5)");
    }
    if (!extended) {
      keyStart = 2;
      length = length7;
      admitLength();
    } else {
      keyStart = 2 + (length7 == LENGTH_64_FOLLOWS ? Long.BYTES : Short.BYTES);
      length = 0;
    }
  }

  /** Takes byte {@code at} of the extended length. */
  private void acceptLength(int octet, int at) throws ProtocolException {
    length = length << Byte.SIZE | octet;
    int last = keyStart - 3;
    if (last == Short.BYTES - 1) {
      if (at == last && length < LENGTH_16_FOLLOWS) {
        throw notMinimal();
      }
    } else if (at == 0 && (octet & 0x80) != 0) {
      throw violation("64-bit lengths must begin with a 0 bit (RFC 6455 §5.2)");
    } else if (at == last - Short.BYTES && length == 0) {
      throw notMinimal(); // two bytes would have been enough, whatever the last two are
    }
    if (at == last) {
      admitLength();
    }
  }

  private void admitLength() throws ProtocolException {
    if (!FrameHeader.isControl(first & OPCODE)) {
      rules.admitLength(length, (first & FrameEncoder.RSV1) != 0);
    }
  }

  private static ProtocolException notMinimal() {
    return violation("lengths must be encoded in the fewest bytes possible (RFC 6455 §5.2)");
  }

  private static ProtocolException violation(String rule) {
    return new ProtocolException(CloseCodes.PROTOCOL_ERROR, rule);
  }
}
