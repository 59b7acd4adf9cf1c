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
final class Liveness {
  /** Decides about a silent peer. */
  interface OnSilence {
    /**
     * The peer is silent.
     *
     * @param wasPinged whether it had a ping, and time to answer
     * @return whether an answer is awaited now
     */
    boolean isSilent(boolean wasPinged);
  }

  private final Loop.Timer timer;
  private final long pingNanos;
  private final long pongNanos;
  private final Progress progress;
  private final LongSupplier nanoClock;
  private final OnSilence onSilence;
  private long receivedAt;
  private boolean awaitingPong;
  private long pingedAt;
  private boolean paused;

  /**
   * Makes a watch that has not begun.
   *
   * @param progress looks at the bytes that the peer takes
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  Liveness(
      Loop loop,
      LinkTimeouts timeouts,
      Progress progress,
      LongSupplier nanoClock,
      OnSilence onSilence) {
    this.timer = loop.timer(this::fire);
    this.pingNanos = timeouts.ping().toNanos();
    this.pongNanos = timeouts.pong().toNanos();
    this.progress = progress;
    this.nanoClock = nanoClock;
    this.onSilence = onSilence;
  }

  void start() {
    if (pingNanos > 0) {
      receivedAt = nanoClock.getAsLong();
      timer.start(pingNanos);
    }
  }

  void stop() {
    timer.cancel();
  }

  void received() {
    receivedAt = nanoClock.getAsLong();
  }

  void pause() {
    paused = true;
  }

  void resume() {
    if (paused) {
      paused = false;
      awaitingPong = false;
      receivedAt = nanoClock.getAsLong();
    }
  }

  private void fire() {
    if (paused) {
      timer.start(pingNanos);
    } else if (awaitingPong && receivedAt - pingedAt < 0) {
      lookForPong();
    } else {
      pingIfSilent();
    }
  }

  private void lookForPong() {
    if (!progress.hasEnded()) {
      timer.start(Progress.intervalNanos(pongNanos));
    } else if (onSilence.isSilent(true)) {
      awaitPong();
    }
  }

  private void awaitPong() {
    awaitingPong = true;
    pingedAt = nanoClock.getAsLong();
    progress.begin();
    timer.start(Progress.intervalNanos(pongNanos));
  }

  private void pingIfSilent() {
    awaitingPong = false;
    long left = pingNanos - (nanoClock.getAsLong() - receivedAt);
    if (left > 0) {
      timer.start(left);
      return;
    }
    awaitPong();
    if (!onSilence.isSilent(false)) {
      timer.cancel(); // it cannot be asked, or is gone
    }
  }
}
