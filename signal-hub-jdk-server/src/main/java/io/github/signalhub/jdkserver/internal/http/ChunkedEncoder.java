package io.github.signalhub.jdkserver.internal.http;

import static java.util.Objects.requireNonNull;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Puts chunk framing around a response's body (RFC 9112 §7.1). Thread-safe. */
public final class ChunkedEncoder {
  private static final byte[] CRLF = {'\r', '\n'};
  private static final byte[] LAST = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  private ChunkedEncoder() {}

  /**
   * Returns the bytes of one chunk: its size, a view of {@code data}'s remaining bytes, its end.
   * Nothing is copied, and {@code data}'s position stays.
   *
   * @throws IllegalArgumentException if there are no bytes: an empty chunk would end the body
   */
  public static ByteBuffer[] chunk(ByteBuffer data) {
    int size = requireNonNull(data, "data").remaining();
    if (size == 0) {
      throw new IllegalArgumentException("expected bytes: an empty chunk ends the body");
    }
    byte[] start = (Integer.toHexString(size) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    return new ByteBuffer[] {
      ByteBuffer.wrap(start), data.duplicate(), ByteBuffer.wrap(CRLF).asReadOnlyBuffer()
    };
  }

  /** Returns the last chunk, which ends the body. */
  public static ByteBuffer last() {
    return ByteBuffer.wrap(LAST).asReadOnlyBuffer();
  }
}
