package io.github.signalhub.jdkserver.internal.net;

/**
 * Finds out whether a peer takes nothing of what waits for it. What counts is what the peer took,
 * and not when its socket became writable: Linux says so only after a third of the buffer has
 * drained, which takes a slow reader longer than any timeout. One timer, which runs on by itself.
 *
 * <p>Confined to the loop.
 */
final class StallWatch {
  private final TimerWheel.Timer timer;
  private final long intervalNanos;
  private final Progress progress;
  private final Runnable stalled;
  private boolean waiting;

  /**
   * Makes a watch that has not begun.
   *
   * @param timeoutNanos for how long the peer may take nothing
   * @param progress looks at what it takes
   * @param stalled it did not take anything for that long
   */
  StallWatch(TimerWheel timers, long timeoutNanos, Progress progress, Runnable stalled) {
    this.timer = timers.timer(this::fire);
    this.intervalNanos = Progress.intervalNanos(timeoutNanos);
    this.progress = progress;
    this.stalled = stalled;
  }

  /** Says whether there is something that the peer has to take. */
  void update(boolean waits) {
    if (waits && !waiting) {
      progress.begin();
      if (!timer.isRunning()) {
        timer.start(intervalNanos);
      }
    }
    waiting = waits;
  }

  void stop() {
    waiting = false;
    timer.cancel();
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
