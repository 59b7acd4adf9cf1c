package io.github.signalhub.spi;

import java.util.function.LongSupplier;

/**
 * Finds out whether a peer still takes bytes that were written for it, by looks at regular
 * intervals. It counts looks and not time. A process that was stopped for a while has looked once
 * since, so no peer is blamed for the pause.
 *
 * <p>Confined to the loop.
 */
final class Progress {
  private static final int LOOKS = 8;

  private final LongSupplier takenBytes;
  private final int precisionBytes;
  private long taken;
  private int looksInVain;
  private boolean first;

  /**
   * Makes one that has not begun.
   *
   * @param takenBytes how many bytes the peer has taken in all
   * @param precisionBytes how much that has to grow to mean anything, at least 1
   */
  Progress(LongSupplier takenBytes, int precisionBytes) {
    this.takenBytes = takenBytes;
    this.precisionBytes = precisionBytes;
  }

  /** Returns how long to wait between two looks, to find out in about this time. */
  static long intervalNanos(long timeoutNanos) {
    return Math.max(1, timeoutNanos / LOOKS);
  }

  /** Begins anew: the first look is what the next ones compare with. */
  void begin() {
    first = true;
    looksInVain = 0;
  }

  /** Looks. Returns whether nothing was taken for as many looks as the timeout has. */
  boolean hasEnded() {
    long now = takenBytes.getAsLong();
    if (first || now - taken >= precisionBytes) {
      first = false;
      taken = now;
      looksInVain = 0;
    } else {
      looksInVain++;
    }
    return looksInVain >= LOOKS;
  }
}
