package io.github.signalhub.jdkserver.internal.ws;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much memory the unfinished messages of all clients of a server may hold together. The limit
 * on one message does not bound that: a thousand clients that each send all but the last byte of a
 * long one hold a thousand times as much. Messages that arrive whole are never counted, so that
 * short ones get through whatever the long ones hold. Thread-safe.
 */
public final class MessageMemory {
  private final long maxBytes;
  private final AtomicLong heldBytes = new AtomicLong();

  /**
   * Makes one of which nothing is held.
   *
   * @param maxBytes how much may be held at once, at least 1
   * @throws IllegalArgumentException if it is less
   */
  public MessageMemory(long maxBytes) {
    if (maxBytes < 1) {
      throw new IllegalArgumentException("expected maxBytes of at least 1, was " + maxBytes);
    }
    this.maxBytes = maxBytes;
  }

  /** Counts so many bytes more, or fewer if negative; returns whether there was room for them. */
  boolean hold(long more) {
    long held;
    do {
      held = heldBytes.get();
      if (more > 0 && held + more > maxBytes) {
        return false; // nothing was counted meanwhile that another's few bytes could fail on
      }
    } while (!heldBytes.compareAndSet(held, held + more));
    return true;
  }

  /** Returns how much is held now. */
  public long heldBytes() {
    return heldBytes.get();
  }
}
