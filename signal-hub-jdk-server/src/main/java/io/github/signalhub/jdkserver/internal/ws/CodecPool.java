package io.github.signalhub.jdkserver.internal.ws;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps deflaters or inflaters for their next use. Their memory is outside the heap and costly to
 * set up. A pool lends as many as its callers ask for. The callers bound that: one for each thread
 * that compresses, one for each compressed message that is arriving. A pool keeps a few of those
 * that come back, and ends the others. Thread-safe.
 *
 * @param <C> the codec
 */
final class CodecPool<C> implements AutoCloseable {
  private final int maxIdle;
  private final Supplier<C> make;
  private final Consumer<C> reset;
  private final Consumer<C> end;
  private final ArrayDeque<C> idle = new ArrayDeque<>();
  private int lent;
  private boolean closed;

  /**
   * Makes an empty pool.
   *
   * @param maxIdle how many codecs to keep that nobody uses
   * @param make sets up a codec
   * @param reset makes a used codec like a new one; it also forgets the buffers of the last use
   * @param end frees a codec's memory
   */
  CodecPool(int maxIdle, Supplier<C> make, Consumer<C> reset, Consumer<C> end) {
    this.maxIdle = maxIdle;
    this.make = make;
    this.reset = reset;
    this.end = end;
  }

  /** Lends a codec until {@link #release}. A closed pool goes on lending. */
  C acquire() {
    C codec;
    synchronized (idle) {
      codec = idle.pollLast(); // the one used last, whose memory is still in the caches
    }
    if (codec == null) {
      codec = make.get();
    }
    synchronized (idle) {
      lent++;
    }
    return codec;
  }

  /** Takes a codec back, in any state. To be called once for each loan. */
  void release(C codec) {
    reset.accept(codec);
    synchronized (idle) {
      lent--;
      if (!closed && idle.size() < maxIdle) {
        idle.addLast(codec);
        return;
      }
    }
    end.accept(codec);
  }

  /** Returns how many codecs are lent now. */
  int lent() {
    synchronized (idle) {
      return lent;
    }
  }

  /** Ends the codecs that are kept. Those that are lent end when they come back. Idempotent. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(end);
      idle.clear();
    }
  }
}
