package io.github.signalhub.jdkserver.internal.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MessageRateTest {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50);

  private long now;
  private int refused;
  private final TimerWheel timers = new TimerWheel(TICK, () -> now);
  private final MessageRate rate = new MessageRate(timers, () -> now, 1_000, () -> refused++);

  @Test
  void messageOfWhichNothingMoreComesHasTheGraceAndItsTime() {
    rate.await(1, 2_000);

    pass(12 * SECOND - TICK);
    assertThat(refused).isZero();
    pass(2 * TICK);
    assertThat(refused).isOne();
  }

  @Test
  void messageAtTheLeastRateMayTakeItsTime() {
    for (int bytes = 0; bytes < 1_000_000; bytes += 1_000) {
      rate.await(1, bytes);
      pass(SECOND);
    }

    assertThat(refused).isZero();
  }

  @Test
  void messageThatTricklesIsRefusedSoonAfterTheGrace() {
    for (int second = 0; second < 30 && refused == 0; second++) {
      rate.await(1, 100 * second);
      pass(SECOND);
    }

    assertThat(refused).isOne();
    assertThat(now).isBetween(10 * SECOND, 13 * SECOND);
  }

  @Test
  void eachMessageHasItsOwnTime() {
    for (int message = 1; message <= 10; message++) {
      rate.await(message, 100);
      pass(9 * SECOND);
    }
    assertThat(refused).isZero();

    rate.stop();
    pass(60 * SECOND);

    assertThat(refused).isZero();
  }

  @Test
  void timeInWhichNothingIsReadDoesNotCount() {
    rate.await(1, 0);
    pass(5 * SECOND);
    rate.pause();
    pass(60 * SECOND);
    rate.resume();

    pass(5 * SECOND - TICK);
    assertThat(refused).isZero();
    pass(2 * TICK);
    assertThat(refused).isOne();
  }

  @Test
  void messageThatBeginsWhileNothingIsReadHasAllItsTime() {
    rate.pause();
    pass(20 * SECOND);
    rate.await(1, 0);
    pass(20 * SECOND);
    rate.resume();

    pass(9 * SECOND);

    assertThat(refused).isZero();
  }

  @Test
  void afterTheEndNothingIsRefused() {
    rate.await(1, 0);
    rate.stop();

    pass(60 * SECOND);

    assertThat(refused).isZero();
    assertThat(timers.running()).isZero();
  }

  private void pass(long nanos) {
    long end = now + nanos;
    while (now < end) {
      now = Math.min(end, now + TICK);
      Runnable due;
      while ((due = timers.poll()) != null) {
        due.run();
      }
    }
  }
}
