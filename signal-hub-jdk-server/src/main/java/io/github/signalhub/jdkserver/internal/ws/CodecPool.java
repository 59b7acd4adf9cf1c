package io.github.signalhub.jdkserver.internal.ws;

import java.util.ArrayDeque;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Keeps deflaters or inflaters, whose memory is outside the heap and costly to set up, for their
 * next use. It lends as many as are asked for, which the callers bound: one for each thread that
 * compresses, one for each compressed message that is arriving. Of those given back it keeps a few
 * and ends the others. Thread-safe.
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
   * @param reset makes a used codec like a new one; must also forget buffers it was given
   * @param end frees a codec's memory
   * @throws IllegalArgumentException if {@code maxIdle} is negative
   */
  CodecPool(int maxIdle, Supplier<C> make, Consumer<C> reset, Consumer<C> end) {
    if (maxIdle < 0) {
      throw new IllegalArgumentException("expected maxIdle of at least 0, was " + maxIdle);
    }
    this.maxIdle = maxIdle;
    this.make = make;
    this.reset = reset;
    this.end = end;
  }

  /** Lends a codec until {@link #release}. Goes on doing so when closed. */
  C acquire() {
    C codec;
    synchronized (idle) {
      codec = idle.pollLast(); // the one used last, whose memory is still at hand
    }
    if (codec == null) {
      codec = make.get();
    }
    synchronized (idle) {
      lent++;
    }
    return codec;
  }

  /** Takes a codec back, whatever state it is in. To be called once for each that was lent. */
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

  /** Returns how many codecs are kept for the next user. */
  int idle() {
    synchronized (idle) {
      return idle.size();
    }
  }

  /** Ends the codecs that are kept; those that are lent end when they come back. Idempotent. */
  @Override
  public void close() {
    synchronized (idle) {
      closed = true;
      idle.forEach(end);
      idle.clear();
    }
  }
}
