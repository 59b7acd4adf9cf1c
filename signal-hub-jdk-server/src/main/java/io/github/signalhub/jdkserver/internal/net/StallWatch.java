package io.github.signalhub.jdkserver.internal.net;

/**
 * Finds out whether a peer accepts nothing of what waits for it. One timer, moved only when it
 * fires. Confined to the loop.
 */
final class StallWatch {
  private final TimerWheel.Timer timer;
  private final long timeoutNanos;
  private final Runnable stalled;
  private boolean waiting;
  private long sentBytes;
  private long progressAt;

  /**
   * Makes a watch that has not begun.
   *
   * @param timeoutNanos for how long the peer may accept nothing
   * @param stalled it did not accept anything for that long
   */
  StallWatch(TimerWheel timers, long timeoutNanos, Runnable stalled) {
    this.timer = timers.timer(this::fire);
    this.timeoutNanos = timeoutNanos;
    this.stalled = stalled;
  }

  /**
   * Something was written, or should have been.
   *
   * @param sent how many bytes the peer has accepted in all
   * @param waits whether there are more
   */
  void written(long sent, boolean waits) {
    if (sent != sentBytes || (waits && !waiting)) {
      sentBytes = sent;
      progressAt = System.nanoTime();
    }
    waiting = waits;
    if (waits && !timer.isRunning()) {
      timer.start(timeoutNanos);
    }
  }

  void stop() {
    waiting = false;
    timer.cancel();
  }

  private void fire() {
    long left = timeoutNanos - (System.nanoTime() - progressAt);
    if (!waiting) {
      return;
    }
    if (left > 0) {
      timer.start(left);
    } else {
      stalled.run();
    }
  }
}
