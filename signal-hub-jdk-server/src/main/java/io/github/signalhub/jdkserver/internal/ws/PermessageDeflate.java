package io.github.signalhub.jdkserver.internal.ws;

import static java.util.Objects.requireNonNull;

import java.util.function.BooleanSupplier;
import java.util.zip.Deflater;

/**
 * What all connections of a server share for permessage-deflate (RFC 7692): the compressors of what
 * it sends, and the memory to inflate with. Thread-safe.
 */
public final class PermessageDeflate implements AutoCloseable {
  /**
   * The shortest payload to compress by default, 512 bytes. What is shorter fits one packet in any
   * case and has little to refer back to: it would cost more time than it saves bytes.
   */
  public static final int DEFAULT_THRESHOLD_BYTES = 512;

  /** What a message that is being inflated takes besides itself, about. */
  public static final int INFLATER_BYTES = InflateBuffers.BYTES;

  /** What is kept of a client's messages if the next one may refer back to them. */
  public static final int WINDOW_BYTES = Inflation.WINDOW_BYTES;

  private static final boolean RAW = true; // no header, no checksum

  private final CodecPool<Deflater> deflaters;
  private final CodecPool<Deflater> huffmanDeflaters;
  private final CodecPool<InflateBuffers> inflaters;
  private final Compressor compressor;
  private final Compressor huffmanCompressor;

  /**
   * Makes compressors for the messages of one server.
   *
   * @param thresholdBytes how long a message must be to be compressed, at least 0
   * @param maxIdle how many deflaters of each kind (about 260 KiB each) and how many inflaters
   *     (about 56 KiB each) are kept for their next use, at least 0; one for each event loop will
   *     do
   * @throws IllegalArgumentException if one of them is negative
   */
  public PermessageDeflate(int thresholdBytes, int maxIdle) {
    this(
        thresholdBytes,
        newDeflaters(Deflater.DEFAULT_STRATEGY, maxIdle),
        newDeflaters(Deflater.HUFFMAN_ONLY, maxIdle),
        new CodecPool<>(maxIdle, InflateBuffers::new, InflateBuffers::reset, InflateBuffers::end));
  }

  PermessageDeflate(
      int thresholdBytes,
      CodecPool<Deflater> deflaters,
      CodecPool<Deflater> huffmanDeflaters,
      CodecPool<InflateBuffers> inflaters) {
    if (thresholdBytes < 0) {
      throw new IllegalArgumentException(
          "expected thresholdBytes of at least 0, was " + thresholdBytes);
    }
    this.deflaters = deflaters;
    this.huffmanDeflaters = huffmanDeflaters;
    this.inflaters = inflaters;
    this.compressor = new Compressor(thresholdBytes, deflaters);
    this.huffmanCompressor = new Compressor(thresholdBytes, huffmanDeflaters);
  }

  /**
   * Returns the compressor for a client's messages, always the same one for all clients that can
   * share what it makes: there are two in all.
   */
  public Compressor compressor(DeflateParameters agreed) {
    return requireNonNull(agreed, "agreed").huffmanOnly() ? huffmanCompressor : compressor;
  }

  /**
   * Returns what inflates the messages of one client.
   *
   * @param windowRoom takes the room for its window, if there is any
   */
  Inflation inflation(DeflateParameters agreed, BooleanSupplier windowRoom) {
    return new Inflation(inflaters, windowRoom, agreed.clientNoContextTakeover());
  }

  /** Returns how many deflaters and inflaters are in use now. */
  public int lent() {
    return deflaters.lent() + huffmanDeflaters.lent() + inflaters.lent();
  }

  /**
   * Frees the memory that is kept for later; that in use is freed as soon as it no longer is. What
   * was handed out goes on working. Idempotent.
   */
  @Override
  public void close() {
    deflaters.close();
    huffmanDeflaters.close();
    inflaters.close();
  }

  private static CodecPool<Deflater> newDeflaters(int strategy, int maxIdle) {
    return new CodecPool<>(maxIdle, () -> newDeflater(strategy), Deflater::reset, Deflater::end);
  }

  /** A deflater's first call after a change of strategy does that and no more: it is made here. */
  private static Deflater newDeflater(int strategy) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, RAW);
    deflater.setStrategy(strategy);
    deflater.deflate(new byte[1], 0, 1, Deflater.NO_FLUSH);
    return deflater;
  }
}
