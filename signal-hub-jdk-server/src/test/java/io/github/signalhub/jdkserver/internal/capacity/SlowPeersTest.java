package io.github.signalhub.jdkserver.internal.capacity;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Date;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import org.junit.jupiter.api.Test;

/** Uses a clock that moves when a thread waits. */
class SlowPeersTest {
  private static final long A = 1;

  private final AtomicBoolean busy = new AtomicBoolean();
  private final SlowPeers peers = new SlowPeers(1, busy::get);
  private final Condition never = new Never();

  @Test
  void countWhoMakesAHandlerWaitForMoreThanASecond() throws Exception {
    SlowPeers.Waits waits = peers.of(A);
    waitFor(waits, 1_000);
    assertThat(peers.count()).isZero();

    waitFor(waits, 500);

    assertThat(peers.count()).isEqualTo(1);
    assertThat(waits.waitedNanos()).isGreaterThanOrEqualTo(TimeUnit.MILLISECONDS.toNanos(1_500));
  }

  @Test
  void countNobodyWhoMoves64KibASecond() throws Exception {
    SlowPeers.Waits waits = peers.of(A);
    for (int i = 0; i < 100; i++) {
      assertThat(waits.await(never, TimeUnit.MILLISECONDS.toNanos(100))).isTrue();
      waits.moved(6_554);
    }

    assertThat(peers.count()).isZero();
  }

  @Test
  void areInDoubtFromTheFirstWaitUntilTheyCount() throws Exception {
    SlowPeers.Waits waits = peers.of(A);
    assertThat(waits.isUncertain()).isFalse();

    waitFor(waits, 500);
    assertThat(waits.isUncertain()).isTrue();
    waitFor(waits, 1_000);

    assertThat(peers.count()).isEqualTo(1);
    assertThat(waits.isUncertain()).isFalse();
  }

  @Test
  void refuseTheOneTooManyUntilAnotherCatchesUp() throws Exception {
    SlowPeers.Waits first = peers.of(A);
    SlowPeers.Waits second = peers.of(A);
    waitFor(first, 1_500);
    assertThat(waitFor(second, 1_500)).isFalse();
    assertThat(peers.hasRoom(A)).isFalse();

    first.moved(1 << 20);

    assertThat(peers.count()).isZero();
    assertThat(waitFor(second, 500)).isTrue();
    assertThat(peers.count()).isEqualTo(1);
  }

  @Test
  void areLessPatientWhileAllThreadsAreBusy() throws Exception {
    busy.set(true);
    waitFor(peers.of(A), 750);

    assertThat(waitFor(peers.of(A), 750)).isFalse();
  }

  @Test
  void forgetWhoIsNotWaitedForAnyMore() throws Exception {
    SlowPeers.Waits waits = peers.of(A);
    waitFor(waits, 1_500);

    waits.end();

    assertThat(peers.count()).isZero();
  }

  private boolean waitFor(SlowPeers.Waits waits, long millis) throws InterruptedException {
    boolean mayWait = true;
    long until = waits.waitedNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
    while (mayWait && waits.waitedNanos() < until) {
      mayWait = waits.await(never, until - waits.waitedNanos());
    }
    return mayWait;
  }

  /** A condition without signals, whose waits take no time. */
  private static final class Never implements Condition {
    @Override
    public long awaitNanos(long nanos) {
      return 0;
    }

    @Override
    public void await() {
      throw new UnsupportedOperationException();
    }

    @Override
    public void awaitUninterruptibly() {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean await(long time, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean awaitUntil(Date deadline) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void signal() {}

    @Override
    public void signalAll() {}
  }
}
