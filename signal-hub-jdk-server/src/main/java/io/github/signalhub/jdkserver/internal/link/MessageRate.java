package io.github.signalhub.jdkserver.internal.link;

import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Detects that the rest of a message comes too slowly. A message may take a grace of {@value
 * #GRACE_SECONDS} seconds, plus the time of its received bytes at the least rate. So a message has
 * a deadline, too, because its length has a limit. Time in which nothing is read from the peer does
 * not count. There is one timer, which is moved only when it fires.
 *
 * <p>Confined to the loop.
 */
final class MessageRate {
  private static final int GRACE_SECONDS = 10;

  private final TimerWheel.Timer timer;
  private final LongSupplier nanoClock;
  private final long nanosPerByte;
  private final Runnable tooSlow;
  private boolean awaiting;
  private boolean paused;
  private long message;
  private long bytes;
  private long beganAt;
  private long pausedAt;

  /**
   * Creates one that waits for no message.
   *
   * @param minBytesPerSecond the least rate
   * @param tooSlow is called when a message does not keep the rate
   */
  MessageRate(TimerWheel timers, LongSupplier nanoClock, int minBytesPerSecond, Runnable tooSlow) {
    this.timer = timers.timer(this::fire);
    this.nanoClock = nanoClock;
    this.nanosPerByte = TimeUnit.SECONDS.toNanos(1) / minBytesPerSecond;
    this.tooSlow = tooSlow;
  }

  /**
   * Notes that the rest of a message is awaited.
   *
   * @param number of the message
   * @param received how many bytes of it have arrived
   */
  void await(long number, long received) {
    if (!awaiting || message != number) {
      awaiting = true;
      message = number;
      beganAt = nanoClock.getAsLong();
      pausedAt = beganAt;
    }
    bytes = received;
    if (!paused && !timer.isRunning()) {
      timer.start(leftNanos());
    }
  }

  /** Stops the time, because nothing is read. */
  void pause() {
    if (!paused) {
      paused = true;
      pausedAt = nanoClock.getAsLong();
    }
  }

  /** Lets the time go on. */
  void resume() {
    if (paused) {
      paused = false;
      beganAt += nanoClock.getAsLong() - pausedAt;
      if (awaiting && !timer.isRunning()) {
        timer.start(leftNanos());
      }
    }
  }

  /** Waits for no message any more. */
  void stop() {
    awaiting = false;
    timer.cancel();
  }

  private void fire() {
    if (!awaiting || paused) {
      return;
    }
    long left = leftNanos();
    if (left > 0) {
      timer.start(left);
    } else {
      tooSlow.run();
    }
  }

  private long leftNanos() {
    long allowed = TimeUnit.SECONDS.toNanos(GRACE_SECONDS) + bytes * nanosPerByte;
    return allowed - (nanoClock.getAsLong() - beganAt);
  }
}
