package io.github.signalhub.spi;

import java.util.function.LongSupplier;

/**
 * Finds out whether a peer takes none of the bytes that wait for it. Each {@link Link} has one. A
 * carrier whose connections also speak other protocols uses it for those. It counts the bytes that
 * the peer took. The moment at which its socket becomes writable does not count. Linux tells it
 * only after a third of the buffer has drained, which takes a slow reader too long. One timer,
 * which runs on by itself.
 *
 * <p>Confined to the loop.
 */
public final class StallWatch {
  private final Loop.Timer timer;
  private final long intervalNanos;
  private final Progress progress;
  private final Runnable stalled;
  private boolean waiting;

  /**
   * Creates a watch that has not begun.
   *
   * @param timeoutNanos for how long the peer may take nothing; 0: for ever
   * @param takenBytes how many bytes the peer has taken in all
   * @param precisionBytes how much that has to grow to mean anything, at least 1
   * @param stalled it did not take anything for that long
   */
  public StallWatch(
      Loop loop, long timeoutNanos, LongSupplier takenBytes, int precisionBytes, Runnable stalled) {
    this.timer = loop.timer(this::fire);
    this.intervalNanos = timeoutNanos == 0 ? 0 : Progress.intervalNanos(timeoutNanos);
    this.progress = new Progress(takenBytes, precisionBytes);
    this.stalled = stalled;
  }

  /** Says whether there is something that the peer has to take. */
  public void update(boolean waits) {
    if (waits && !waiting && intervalNanos > 0) {
      progress.begin();
      if (!timer.isRunning()) {
        timer.start(intervalNanos);
      }
    }
    waiting = waits;
  }

  /** Ends the watch. */
  public void stop() {
    waiting = false;
    timer.cancel();
  }

  boolean isWaiting() {
    return waiting;
  }

  private void fire() {
    if (!waiting) {
      return;
    }
    if (progress.hasEnded()) {
      stalled.run();
    } else {
      timer.start(intervalNanos);
    }
  }
}
