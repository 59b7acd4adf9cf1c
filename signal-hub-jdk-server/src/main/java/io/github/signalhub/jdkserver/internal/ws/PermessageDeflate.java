package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.function.BooleanSupplier;
import java.util.zip.Deflater;

/**
 * The memory that all connections of a server share for permessage-deflate (RFC 7692): deflaters
 * and inflaters.
 *
 * <p>Each message of the server is compressed by itself (§7.2.1). Java's deflater has a window of
 * 15 bits only. For a smaller window it starts anew whenever it has taken that many bytes, so it
 * refers back to less. A message that compression does not make short enough becomes a plain frame,
 * which a client always takes (§6). Thread-safe.
 */
public final class PermessageDeflate implements AutoCloseable {
  /**
   * The shortest payload to compress by default, 512 bytes. A shorter one fits one packet in any
   * case, and has little to refer back to: it would cost more time than it saves bytes.
   */
  public static final int DEFAULT_THRESHOLD_BYTES = 512;

  /** The largest window of DEFLATE, as a power of two. */
  public static final int MAX_WINDOW_BITS = 15;

  /** How much is kept of a client's messages if the next one may refer back to them. */
  public static final int WINDOW_BYTES = 1 << MAX_WINDOW_BITS;

  /** How much memory the inflater of a message takes, about. */
  public static final int INFLATER_BYTES = 56 << 10;

  /** A sync flush ends with these, and a compressed message is sent without them (§7.2.1). */
  private static final int TAIL_BYTES = 4;

  private final CodecPool<Deflater> deflaters;
  private final CodecPool<Inflation.Codec> inflaters;

  /**
   * Makes empty pools for the connections of one server.
   *
   * @param maxIdle how many deflaters (about 260 KiB each) and how many inflaters (about 56 KiB
   *     each) are kept for their next use; one for each event loop will do
   */
  public PermessageDeflate(int maxIdle) {
    deflaters =
        new CodecPool<>(
            maxIdle,
            () -> new Deflater(Deflater.DEFAULT_COMPRESSION, true), // no header, no checksum
            Deflater::reset,
            Deflater::end);
    inflaters =
        new CodecPool<>(
            maxIdle,
            Inflation.Codec::new,
            codec -> codec.inflater.reset(),
            codec -> codec.inflater.end());
  }

  /**
   * Returns a message as one frame. It is compressed if that leaves at most {@code mostBytes}.
   *
   * @param opcode {@link FrameEncoder#TEXT} or {@link FrameEncoder#BINARY}
   * @param payload copied
   * @param windowBits how far back it may refer, as a power of two, 8 to {@value #MAX_WINDOW_BITS}
   */
  public byte[] frame(int opcode, byte[] payload, int windowBits, int mostBytes) {
    requireNonNull(payload, "payload");
    byte[] compressed = compress(payload, windowBits, mostBytes);
    return compressed == null
        ? FrameEncoder.frame(opcode, payload)
        : FrameEncoder.frame(FrameEncoder.RSV1 | opcode, compressed);
  }

  /**
   * Returns a payload's compressed form if that has at most {@code mostBytes}, else {@code null}.
   * Works in a buffer of that size, so it gives up early on a payload that does not shrink.
   */
  private byte[] compress(byte[] payload, int windowBits, int mostBytes) {
    int part = windowBits == MAX_WINDOW_BITS ? Integer.MAX_VALUE : 1 << windowBits;
    Deflater deflater = deflaters.acquire();
    try {
      byte[] out = new byte[Math.max(mostBytes, 0) + TAIL_BYTES + 1];
      int taken = 0;
      int bytes = 0;
      do {
        int next = Math.min(part, payload.length - taken);
        deflater.setInput(payload, taken, next);
        taken += next;
        // after a full flush nothing refers to the bytes before it
        int flush = taken < payload.length ? Deflater.FULL_FLUSH : Deflater.SYNC_FLUSH;
        bytes += deflater.deflate(out, bytes, out.length - bytes, flush);
        if (bytes == out.length) {
          return null; // there may be more to come
        }
      } while (taken < payload.length);
      return Arrays.copyOf(out, bytes - TAIL_BYTES);
    } finally {
      deflaters.release(deflater);
    }
  }

  /**
   * Returns an inflation of one client's messages.
   *
   * @param windowRoom as for {@link Inflation}
   */
  Inflation inflation(DeflateParameters agreed, BooleanSupplier windowRoom) {
    return new Inflation(inflaters, windowRoom, agreed.clientNoContextTakeover());
  }

  /** Returns how many deflaters and inflaters are in use now. */
  public int lent() {
    return deflaters.lent() + inflaters.lent();
  }

  /**
   * Frees the memory that is kept for later. The memory in use is freed at the end of its use.
   * Messages are compressed and inflated as before. Idempotent.
   */
  @Override
  public void close() {
    deflaters.close();
    inflaters.close();
  }
}
