package io.github.signalhub.jdkserver.internal.ws;

/**
 * The header of a client's frame (RFC 6455 §5.2), known to be legal in itself. Immutable.
 *
 * @param fin whether it ends its message
 * @param rsv1 the first reserved bit; only ever set if an extension gave it a meaning
 * @param opcode one that is defined: 0x0 to 0x2 or 0x8 to 0xA
 * @param payloadBytes the payload's length, at least 0
 * @param maskingKey the masking key, its first byte on the wire the most significant
 */
record FrameHeader(boolean fin, boolean rsv1, int opcode, long payloadBytes, int maskingKey) {
  static final int CONTINUATION = 0x0;

  boolean isControl() {
    return isControl(opcode);
  }

  static boolean isControl(int opcode) {
    return (opcode & 0x8) != 0; // §5.5: the most significant bit says so
  }
}
