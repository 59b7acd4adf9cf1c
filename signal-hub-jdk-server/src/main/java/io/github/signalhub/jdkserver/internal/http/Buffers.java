package io.github.signalhub.jdkserver.internal.http;

import java.nio.ByteBuffer;

/** What {@link ByteBuffer} lacks. */
final class Buffers {
  private Buffers() {}

  /** Moves this many bytes, which both must have room for, and returns how many that were. */
  static int move(int bytes, ByteBuffer in, ByteBuffer out) {
    int limit = in.limit();
    in.limit(in.position() + bytes);
    out.put(in);
    in.limit(limit);
    return bytes;
  }
}
