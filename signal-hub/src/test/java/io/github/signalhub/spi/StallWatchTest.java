package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StallWatchTest {
  private static final long TIMEOUT = TimeUnit.SECONDS.toNanos(30);
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50);

  private static final int PRECISION = 4 << 10;

  private final VirtualLoop loop = new VirtualLoop();
  private long taken;
  private boolean stalled;
  private boolean idle;
  private final StallWatch watch =
      new StallWatch(
          loop, TIMEOUT, () -> taken, PRECISION, () -> stalled = true, () -> idle = true);

  @Test
  void peerThatTakesNothingIsStalledAfterTheTimeoutAndNotMuchLater() {
    watch.update(true);

    pass(TIMEOUT);
    assertThat(stalled).isFalse();
    pass(TIMEOUT / 8 + 10 * TICK);
    assertThat(stalled).isTrue();
  }

  @Test
  void peerThatTakes3KilobytesASecondIsNotStalledHoweverLongItTakes() {
    watch.update(true);

    for (int second = 0; second < 600; second++) {
      taken += 3_000;
      pass(TimeUnit.SECONDS.toNanos(1));
    }

    assertThat(stalled).isFalse();
  }

  @Test
  void peerThatTakesAPacketOnceInTheTimeoutIsNotStalled() {
    watch.update(true);

    for (int packet = 0; packet < 20; packet++) {
      pass(TIMEOUT - 10 * TICK);
      taken += 8_000;
    }

    assertThat(stalled).isFalse();
  }

  @Test
  void peerThatTookSomethingAndStopsIsStalledAfterTheTimeoutFromThen() {
    watch.update(true);
    pass(2 * TIMEOUT / 3);
    taken += 100_000;

    pass(TIMEOUT - 10 * TICK);
    assertThat(stalled).isFalse();
    pass(TIMEOUT / 4 + 20 * TICK);
    assertThat(stalled).isTrue();
  }

  @Test
  void whatTheSearchCannotTellFromNothingIsNothing() {
    watch.update(true);
    pass(TIMEOUT / 8 + TICK);
    taken += PRECISION - 1;

    pass(TIMEOUT + 10 * TICK);

    assertThat(stalled).isTrue();
  }

  @Test
  void pauseOfTheProcessIsOneLook() {
    watch.update(true);
    pass(TIMEOUT / 2);

    loop.stand(10 * TIMEOUT); // no check happened meanwhile
    assertThat(stalled).isFalse();

    pass(TIMEOUT);
    assertThat(stalled).isTrue();
  }

  @Test
  void nothingThatWaitsIsNoStall() {
    watch.update(true);
    pass(TIMEOUT / 2);
    watch.update(false);

    pass(3 * TIMEOUT);

    assertThat(stalled).isFalse();
    assertThat(loop.pending()).isZero();
  }

  @Test
  void watchIsIdleOnceItsTimerFiresAndNothingWaits() {
    watch.update(true);
    watch.update(false);
    assertThat(idle).isFalse();

    pass(TIMEOUT / 8 + TICK);

    assertThat(idle).isTrue();
    assertThat(loop.pending()).isZero();
  }

  @Test
  void manyShortWaitsHaveOneTimer() {
    for (int wait = 0; wait < 1_000; wait++) {
      watch.update(true);
      watch.update(false);
    }

    assertThat(loop.pending()).isEqualTo(1);
  }

  @Test
  void eachWaitHasTheWholeTimeout() {
    for (int wait = 0; wait < 10; wait++) {
      watch.update(true);
      pass(TIMEOUT / 2);
      watch.update(false);
    }

    assertThat(stalled).isFalse();
  }

  @Test
  void stoppedWatchTellsNothing() {
    watch.update(true);
    watch.stop();

    pass(3 * TIMEOUT);

    assertThat(stalled).isFalse();
  }

  private void pass(long nanos) {
    loop.pass(nanos);
  }
}
