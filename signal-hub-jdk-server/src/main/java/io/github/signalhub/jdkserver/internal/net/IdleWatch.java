package io.github.signalhub.jdkserver.internal.net;

import java.util.function.BooleanSupplier;

/**
 * Finds out whether a silent peer is still there: after some silence a ping, after the ping an
 * answer within its deadline, and anything received is an answer. The deadline moves while the peer
 * takes what was sent before the ping. While reading is paused the peer is not to blame for
 * silence, and time stands still. One timer, moved only when it fires: receiving costs no more than
 * a look at the clock.
 *
 * <p>Confined to the loop.
 */
final class IdleWatch {
  private final TimerWheel.Timer timer;
  private final long pingNanos;
  private final long pongNanos;
  private final Progress progress;
  private final Runnable ping;
  private final BooleanSupplier noPong;
  private long receivedAt;
  private boolean awaitingPong;
  private long pingedAt;
  private boolean paused;

  /**
   * Makes a watch that has not begun.
   *
   * @param progress looks at what the peer takes
   * @param ping sends a ping
   * @param noPong there was no answer; returns whether that is the end, or the wait goes on
   */
  IdleWatch(
      TimerWheel timers,
      NetOptions.Timeouts timeouts,
      Progress progress,
      Runnable ping,
      BooleanSupplier noPong) {
    this.timer = timers.timer(this::fire);
    this.pingNanos = timeouts.ping().toNanos();
    this.pongNanos = timeouts.pong().toNanos();
    this.progress = progress;
    this.ping = ping;
    this.noPong = noPong;
  }

  void start() {
    receivedAt = System.nanoTime();
    timer.start(pingNanos);
  }

  void stop() {
    timer.cancel();
  }

  void received() {
    receivedAt = System.nanoTime();
  }

  void pause() {
    paused = true;
  }

  void resume() {
    if (paused) {
      paused = false;
      awaitingPong = false;
      receivedAt = System.nanoTime();
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
    } else if (!noPong.getAsBoolean()) {
      awaitPong();
    }
  }

  private void awaitPong() {
    awaitingPong = true;
    pingedAt = System.nanoTime();
    progress.begin();
    timer.start(Progress.intervalNanos(pongNanos));
  }

  private void pingIfSilent() {
    awaitingPong = false;
    long left = pingNanos - (System.nanoTime() - receivedAt);
    if (left > 0) {
      timer.start(left);
    } else {
      awaitPong();
      ping.run();
    }
  }
}
