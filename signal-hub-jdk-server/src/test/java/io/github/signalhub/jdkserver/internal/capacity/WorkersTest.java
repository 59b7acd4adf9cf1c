package io.github.signalhub.jdkserver.internal.capacity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Workers on threads that run on request of the test. */
class WorkersTest {
  private static final long PATIENCE = 1_000;
  private static final long A = 1;
  private static final long B = 2;

  private final AtomicLong now = new AtomicLong();
  private final Deque<Runnable> started = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();

  @Nested
  class Jobs {
    @Test
    void ofOneAddressLeaveThreadsForAnother() {
      Workers workers = workers(4);
      for (int i = 0; i < 10; i++) {
        submit(workers, A, "a" + i);
      }
      assertThat(started).hasSize(3);

      submit(workers, B, "b");

      assertThat(started).hasSize(4);
      runAll();
      assertThat(ran).hasSize(11);
    }

    @Test
    void thatWaitRunInTheirOrderAndAddressesTakeTurns() {
      Workers workers = workers(1);
      submit(workers, A, "a0");
      submit(workers, A, "a1");
      submit(workers, A, "a2");
      submit(workers, B, "b0");
      submit(workers, B, "b1");

      runAll();

      assertThat(ran).containsExactly("a0", "a1", "b0", "a2", "b1");
    }

    @Test
    void thatAreWithdrawnNeverRun() {
      Workers workers = workers(1);
      Workers.Job first = submit(workers, A, "first");
      Workers.Job second = submit(workers, A, "second");
      submit(workers, A, "third");

      assertThat(first.wasQueued()).isFalse();
      assertThat(workers.withdraw(first)).isFalse();
      assertThat(workers.withdraw(second)).isTrue();
      assertThat(workers.withdraw(second)).isFalse();

      runAll();
      assertThat(ran).containsExactly("first", "third");
    }

    @Test
    void thatFailCostNoThread() {
      Workers workers = workers(1);
      workers.submit(
          A,
          () -> {
            throw new AssertionError("on purpose");
          });
      submit(workers, A, "next");

      runAll();

      assertThat(ran).containsExactly("next");
      submit(workers, A, "later");
      assertThat(started).hasSize(1);
    }

    @Test
    void seeNoInterruptOfTheOneBefore() {
      Workers workers = workers(1);
      workers.submit(A, () -> Thread.currentThread().interrupt());
      workers.submit(A, () -> ran.add("interrupted: " + Thread.currentThread().isInterrupted()));

      runAll();

      assertThat(ran).containsExactly("interrupted: false");
      assertThat(Thread.interrupted()).isFalse();
    }
  }

  @Nested
  class Refusals {
    @Test
    void areAtOnceWhileAnotherOfTheSameAddressHasWaitedForLong() {
      Workers workers = workers(4);
      for (int i = 0; i < 4; i++) {
        submit(workers, A, "a" + i);
      }
      now.addAndGet(PATIENCE + 1);

      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(() -> submit(workers, A, "too much"));

      submit(workers, B, "b");
      runAll();
      assertThat(ran).contains("a3", "b").doesNotContain("too much");
    }

    @Test
    void ofTheExecutorCostNoThread() {
      Workers workers =
          new Workers(
              task -> {
                throw new OutOfMemoryError("unable to create native thread, on purpose");
              },
              1,
              PATIENCE,
              now::get);

      for (int i = 0; i < 3; i++) {
        assertThatExceptionOfType(RejectedExecutionException.class)
            .isThrownBy(() -> submit(workers, A, "never"));
      }

      assertThat(workers.areAllBusy()).isFalse();
    }
  }

  private Workers workers(int threads) {
    return new Workers(started::add, threads, PATIENCE, now::get);
  }

  private Workers.Job submit(Workers workers, long address, String name) {
    return workers.submit(address, () -> ran.add(name));
  }

  private void runAll() {
    while (!started.isEmpty()) {
      started.remove().run();
    }
  }
}
