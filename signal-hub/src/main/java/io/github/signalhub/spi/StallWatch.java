package io.github.signalhub.spi;

import java.util.function.LongSupplier;

/**
 * Finds out whether a peer takes none of the bytes that wait for it. A {@link Link} has one while
 * its peer has to take something. A carrier whose connections also speak other protocols uses it
 * for those. It counts the bytes that the peer took. The moment at which its socket becomes
 * writable does not count. Linux tells it only after a third of the buffer has drained, which takes
 * a slow reader too long.
 *
 * <p>It has one timer. The timer runs on when the wait ends, so that many short waits start few
 * timers. If nothing waits when it fires, the watch is idle, and its owner may drop it.
 *
 * <p>Confined to the loop.
 */
public final class StallWatch {
  private final Loop.Timer timer;
  private final long intervalNanos;
  private final Progress progress;
  private final Runnable stalled;
  private final Runnable idle;
  private boolean waiting;

  /**
   * Creates a watch that has not begun.
   *
   * @param timeoutNanos for how long the peer may take nothing; 0: for ever
   * @param takenBytes how many bytes the peer has taken in all
   * @param precisionBytes how much that has to grow to mean anything, at least 1
   * @param stalled runs when the peer did not take anything for that long
   * @param idle runs when nothing waits and no timer runs any more
   */
  public StallWatch(
      Loop loop,
      long timeoutNanos,
      LongSupplier takenBytes,
      int precisionBytes,
      Runnable stalled,
      Runnable idle) {
    this.timer = loop.timer(this::fire);
    this.intervalNanos = timeoutNanos == 0 ? 0 : Progress.intervalNanos(timeoutNanos);
    this.progress = new Progress(takenBytes, precisionBytes);
    this.stalled = stalled;
    this.idle = idle;
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

  private void fire() {
    if (!waiting) {
      idle.run();
    } else if (progress.hasEnded()) {
      stalled.run();
    } else {
      timer.start(intervalNanos);
    }
  }
}
