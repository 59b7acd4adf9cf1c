package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * Compresses messages of the server (RFC 7692 §7.2.1), each by itself, into frames that suit every
 * client with which the same was agreed: {@link PermessageDeflate#compressor} has one for each
 * case. A message that compression would not make shorter, or that is short in any case, becomes a
 * plain frame, which is always allowed (§6). Thread-safe.
 */
public final class Compressor {
  /** What a sync flush ends with, and a compressed message is sent without (§7.2.1). */
  private static final int TAIL_BYTES = 4;

  private final int thresholdBytes;
  private final CodecPool<Deflater> deflaters;

  /**
   * Makes a compressor.
   *
   * @param thresholdBytes how long a payload must be to be compressed
   * @param deflaters raw ones, without a header and checksum; stays the caller's
   */
  Compressor(int thresholdBytes, CodecPool<Deflater> deflaters) {
    this.thresholdBytes = thresholdBytes;
    this.deflaters = deflaters;
  }

  /**
   * Returns a text message as one frame, compressed if that is worth it.
   *
   * @param utf8 its payload, which the caller knows to be valid UTF-8; copied
   */
  public byte[] text(byte[] utf8) {
    return frame(FrameEncoder.TEXT, requireNonNull(utf8, "utf8"));
  }

  /**
   * Returns a binary message as one frame, compressed if that is worth it.
   *
   * @param bytes its payload; copied
   */
  public byte[] binary(byte[] bytes) {
    return frame(FrameEncoder.BINARY, requireNonNull(bytes, "bytes"));
  }

  private byte[] frame(int opcode, byte[] payload) {
    byte[] compressed =
        payload.length < thresholdBytes ? null : compress(payload, payload.length - 1);
    return compressed == null
        ? FrameEncoder.frame(opcode, payload)
        : FrameEncoder.frame(FrameEncoder.RSV1 | opcode, compressed);
  }

  /**
   * Returns a payload's compressed form if that has at most {@code mostBytes}, else {@code null}.
   * Works in a buffer of that size, so that what does not shrink is given up as soon as it shows.
   */
  byte[] compress(byte[] payload, int mostBytes) {
    Deflater deflater = deflaters.acquire();
    try {
      byte[] out = new byte[Math.max(mostBytes, 0) + TAIL_BYTES + 1];
      deflater.setInput(payload);
      int bytes = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
      boolean flushed = bytes < out.length; // else there may be more to come
      return flushed ? Arrays.copyOf(out, bytes - TAIL_BYTES) : null;
    } finally {
      deflaters.release(deflater);
    }
  }
}
