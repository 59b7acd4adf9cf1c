package io.github.signalhub.jdkserver.internal.http;

import java.nio.ByteBuffer;

/** A move between buffers that {@link ByteBuffer} lacks. Thread-safe: it has no state. */
final class Buffers {
  private Buffers() {}

  /**
   * Moves bytes and returns their number.
   *
   * @param bytes how many; {@code in} has them and {@code out} has room for them
   */
  static int move(int bytes, ByteBuffer in, ByteBuffer out) {
    int limit = in.limit();
    in.limit(in.position() + bytes);
    out.put(in);
    in.limit(limit);
    return bytes;
  }
}
