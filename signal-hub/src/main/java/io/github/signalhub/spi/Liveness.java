package io.github.signalhub.spi;

import java.util.function.LongSupplier;

/**
 * Finds out whether a silent peer is still there. After some silence the peer gets a ping. After
 * the ping anything that comes is an answer. The deadline for it moves while the peer takes what
 * was sent before the ping. While reading is paused the peer is not to blame for silence, and time
 * stands still. One timer, moved only when it fires: receiving costs no more than a look at the
 * clock.
 *
 * <p>Confined to the loop.
 */
abstract class Liveness implements Runnable {
  private final Loop.Timer timer;
  private final LinkTimeouts timeouts;
  private final LongSupplier nanoClock;
  private Progress progress; // null unless a pong is awaited
  private long receivedAt;
  private boolean paused;

  /**
   * Makes a watch that has not begun.
   *
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  Liveness(Loop loop, LinkTimeouts timeouts, LongSupplier nanoClock) {
    this.timer = loop.timer(this);
    this.timeouts = timeouts;
    this.nanoClock = nanoClock;
  }

  /**
   * Decides about a peer that is silent.
   *
   * @param wasPinged whether it had a ping, and time to answer
   * @return whether an answer is awaited now
   */
  abstract boolean isSilent(boolean wasPinged);

  /** Returns the look at the bytes that the peer takes. */
  abstract Progress progress();

  /** Returns the deadlines of the peer. */
  LinkTimeouts timeouts() {
    return timeouts;
  }

  void start() {
    if (!timeouts.ping().isZero()) {
      receivedAt = nanoClock.getAsLong();
      timer.start(pingNanos());
    }
  }

  void stop() {
    timer.cancel();
  }

  void received() {
    receivedAt = nanoClock.getAsLong();
    progress = null;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    if (paused) {
      paused = false;
      received();
    }
  }

  /** Looks at the peer, because the time has come. */
  @Override
  public void run() {
    if (paused) {
      timer.start(pingNanos());
    } else if (progress != null) {
      lookForPong();
    } else {
      pingIfSilent();
    }
  }

  private void lookForPong() {
    if (!progress.hasEnded()) {
      timer.start(pongIntervalNanos());
    } else if (isSilent(true)) {
      awaitPong();
    }
  }

  private void awaitPong() {
    progress = progress == null ? progress() : progress;
    progress.begin();
    timer.start(pongIntervalNanos());
  }

  private void pingIfSilent() {
    long left = pingNanos() - (nanoClock.getAsLong() - receivedAt);
    if (left > 0) {
      timer.start(left);
      return;
    }
    awaitPong();
    if (!isSilent(false)) {
      timer.cancel(); // it cannot be asked, or is gone
    }
  }

  private long pingNanos() {
    return timeouts.ping().toNanos();
  }

  private long pongIntervalNanos() {
    return Progress.intervalNanos(timeouts.pong().toNanos());
  }
}
