package io.github.signalhub.jdkserver.internal.http;

import java.nio.ByteBuffer;

/** A body of known length (RFC 9112 §6.2). Not thread-safe: confined to the event loop. */
final class FixedLengthDecoder implements BodyDecoder {
  private long remaining;

  FixedLengthDecoder(long length) {
    remaining = length;
  }

  @Override
  public boolean decode(ByteBuffer in, ByteBuffer out) {
    int bytes = (int) Math.min(remaining, Math.min(in.remaining(), out.remaining()));
    remaining -= Buffers.move(bytes, in, out);
    return isFinished();
  }

  @Override
  public boolean isFinished() {
    return remaining == 0;
  }
}
