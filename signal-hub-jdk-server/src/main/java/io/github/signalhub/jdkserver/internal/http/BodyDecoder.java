package io.github.signalhub.jdkserver.internal.http;

import java.nio.ByteBuffer;

/**
 * Takes the framing off a request body. Accepts bytes in any chunking and room of any size. Not
 * thread-safe: confined to the connection's event loop.
 */
public sealed interface BodyDecoder permits FixedLengthDecoder, ChunkedDecoder {
  /**
   * Moves body bytes from {@code in} to {@code out} until the body has ended, {@code in} ran out or
   * {@code out} is full. At the end of the body, {@code in} is left right after it.
   *
   * @return whether the body has ended
   * @throws HttpException 400 if the framing is broken, 413 if the body is too long, 431 if the
   *     trailer fields are; thrown again by every later call
   */
  boolean decode(ByteBuffer in, ByteBuffer out);

  /** Returns whether the body has ended. */
  boolean isFinished();
}
