package io.github.signalhub.jdkserver.internal.ws;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the windows that a server keeps for its clients: the last 32 KiB that a client sent
 * compressed, to which its next message may refer back (RFC 7692 §7.2.2). A client that has its
 * window keeps it until its connection ends, whatever others do. Thread-safe.
 */
final class InflateWindows {
  /** What one window takes: as far back as DEFLATE can refer. */
  static final int BYTES = 1 << 15;

  private final long most;
  private final AtomicLong lent = new AtomicLong();

  /**
   * Lends nothing yet.
   *
   * @param maxBytes how much all windows may take together, at least 0
   * @throws IllegalArgumentException if it is negative
   */
  InflateWindows(long maxBytes) {
    if (maxBytes < 0) {
      throw new IllegalArgumentException("expected maxBytes of at least 0, was " + maxBytes);
    }
    this.most = maxBytes / BYTES;
  }

  /** Counts one more; returns whether there was room for it. */
  boolean borrow() {
    if (lent.incrementAndGet() <= most) {
      return true;
    }
    lent.decrementAndGet();
    return false;
  }

  /** Counts one less. */
  void giveBack() {
    lent.decrementAndGet();
  }

  /** Returns whether there is room for one more now. */
  boolean hasRoom() {
    return lent.get() < most;
  }

  /** Returns how many are lent now. */
  long lent() {
    return lent.get();
  }
}
