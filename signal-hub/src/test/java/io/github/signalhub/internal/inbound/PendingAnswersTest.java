package io.github.signalhub.internal.inbound;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.spi.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PendingAnswersTest {
  private static final long SECOND = Duration.ofSeconds(1).toNanos();

  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - SECOND / 2); // wraps around
  private final PendingAnswers pending = new PendingAnswers(clock::get, Duration.ofSeconds(1));
  private final List<Reply> replies = new ArrayList<>();

  @Test
  void settledOnesLeaveAtOnceAndTheTimerStopsThen() {
    FakeLoop loop = new FakeLoop();
    Outcome one = add(loop);
    Outcome two = add(loop);
    assertThat(loop.due).hasSize(1);

    one.settle(Reply.DONE);
    two.settle(Reply.DONE);
    assertThat(pending.size()).isZero();
    loop.passSecond();

    assertThat(loop.due).isEmpty();
    assertThat(replies).containsExactly(Reply.DONE, Reply.DONE);
  }

  @Test
  void oneThatWasSettledBeforeItIsAddedIsNotKept() {
    Outcome one = new Outcome(replies::add);
    one.settle(Reply.DONE);

    pending.add(one, new FakeLoop());

    assertThat(pending.size()).isZero();
  }

  @Test
  void thousandsNeedOneTimerOfALoop() {
    FakeLoop loop = new FakeLoop();
    for (int i = 0; i < 5_000; i++) {
      add(loop);
      clock.incrementAndGet();
    }

    assertThat(loop.due).hasSize(1);
    loop.passSecond();
    loop.passSecond();

    assertThat(replies).hasSize(5_000).containsOnly(Reply.TIMEOUT);
    assertThat(pending.size()).isZero();
  }

  @Test
  void thoseOfALoopThatHasEndedAreSettledByTheNextCallOnAnother() {
    FakeLoop ended = new FakeLoop();
    ended.open = false;
    FakeLoop loop = new FakeLoop();
    add(ended);
    clock.addAndGet(SECOND);

    pending.watch(loop);

    assertThat(replies).containsExactly(Reply.TIMEOUT);
    assertThat(loop.due).isEmpty();
  }

  @Test
  void timerThatALoopForgotIsReplaced() {
    FakeLoop loop = new FakeLoop();
    add(loop);
    loop.due.clear();
    clock.addAndGet(SECOND);
    add(loop);

    assertThat(replies).containsExactly(Reply.TIMEOUT);
    assertThat(loop.due).hasSize(1);
  }

  @Test
  void closedOnesAreSettledAndNothingIsAddedAnyMore() {
    FakeLoop loop = new FakeLoop();
    add(loop);

    pending.close();
    add(loop);

    assertThat(replies).hasSize(2);
    assertThat(pending.size()).isZero();
  }

  @Test
  void lateRepliesAreDroppedAndTellNobody() {
    FakeLoop loop = new FakeLoop();
    Outcome one = add(loop);
    loop.passSecond();

    one.settle(Reply.DONE);

    assertThat(replies).containsExactly(Reply.TIMEOUT);
    assertThat(one.isSettled()).isTrue();
    assertThat(one.whenSettled(() -> {})).isFalse();
  }

  private Outcome add(Loop loop) {
    Outcome one = new Outcome(replies::add);
    pending.add(one, loop);
    return one;
  }

  /** A loop that only has timers, which run when a second has passed. */
  private final class FakeLoop implements Loop {
    private final List<Runnable> due = new ArrayList<>();
    private boolean open = true;

    private void passSecond() {
      clock.addAndGet(SECOND);
      List<Runnable> now = List.copyOf(due);
      due.clear();
      now.forEach(Runnable::run);
    }

    @Override
    public void execute(Runnable task) {
      throw new AssertionError("expected timers alone");
    }

    @Override
    public boolean schedule(Runnable task, long delayNanos) {
      return open && due.add(task);
    }

    @Override
    public boolean inLoop() {
      return true;
    }
  }
}
