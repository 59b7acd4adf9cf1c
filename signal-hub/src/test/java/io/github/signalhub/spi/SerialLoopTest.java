package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Timeout(60)
class SerialLoopTest {
  private final BlockingQueue<String> done = new LinkedBlockingQueue<>();

  @Nested
  class Scheduling {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final Queue<Runnable> timers = new ArrayDeque<>();
    private final Deque<Future<?>> futures = new ArrayDeque<>();
    private final SerialLoop loop = new SerialLoop(tasks::add, any -> {}, this::schedule);

    private Future<?> schedule(Runnable due, long delayNanos) {
      timers.add(due); // runs though it was cancelled, as one does that was due just then
      futures.add(new CompletableFuture<>());
      return futures.peekLast();
    }

    @Test
    void runsATaskOnTheLoopWhenItIsDue() {
      loop.schedule(() -> done.add("task " + loop.inLoop()), 1);
      assertThat(tasks).isEmpty();

      timers.remove().run();
      tasks.remove().run();

      assertThat(done).containsExactly("task true");
    }

    @Test
    void asksTheExecutorForNothingOnceTheLoopHasEnded() {
      loop.schedule(() -> done.add("task"), 1);

      loop.end();
      timers.remove().run();

      assertThat(tasks).isEmpty();
      assertThat(done).isEmpty();
    }

    @Test
    void keepsNoTimersThatAreDueAfterTheLoopHasEnded() {
      loop.schedule(() -> done.add("task"), 1);
      loop.timer(() -> done.add("timer")).start(1);

      loop.end();

      assertThat(futures).hasSize(2).allMatch(Future::isCancelled);
    }

    @Test
    void asksTheExecutorForNothingWhenATimerWasCancelled() {
      Loop.Timer timer = loop.timer(() -> done.add("timer"));
      timer.start(1);

      timer.cancel();
      timers.remove().run();

      assertThat(tasks).isEmpty();
      timer.start(1);
      timers.remove().run();
      tasks.remove().run();
      assertThat(done).containsExactly("timer");
    }

    @Test
    void goesOnForWhatComesAfterTheEnd() {
      loop.end();

      loop.schedule(() -> done.add("task"), 1);
      timers.remove().run();
      tasks.remove().run();

      assertThat(done).containsExactly("task");
    }
  }

  @Nested
  class Executors {
    static List<Throwable> failures() {
      return List.of(
          new RejectedExecutionException("on purpose"),
          new IllegalStateException("on purpose"),
          new OutOfMemoryError("unable to create native thread, on purpose"),
          new IOException("on purpose, as other languages throw it"));
    }

    @ParameterizedTest
    @MethodSource("failures")
    void thatThrowEndWhatLivesOnTheLoopAndNothingReachesTheCaller(Throwable failure)
        throws Exception {
      SerialLoop loop = loop(task -> SerialLoopTest.<RuntimeException>sneak(failure));

      assertThatCode(() -> loop.execute(() -> done.add("task"))).doesNotThrowAnyException();

      assertThat(next()).isEqualTo("end");
      assertThat(next()).isEqualTo("task");
    }

    @Test
    void thatRefuseOnceAreAskedAgain() throws Exception {
      Queue<Runnable> tasks = new ArrayDeque<>();
      boolean[] refuses = {true};
      SerialLoop loop =
          loop(
              task -> {
                if (refuses[0]) {
                  throw new RejectedExecutionException("on purpose");
                }
                tasks.add(task);
              });
      loop.execute(() -> done.add("refused"));
      assertThat(next()).isEqualTo("end");
      assertThat(next()).isEqualTo("refused");

      refuses[0] = false;
      loop.execute(() -> done.add("taken"));
      while (tasks.isEmpty()) { // the loop's own thread had not left yet, and took the task
        assertThat(next()).isEqualTo("taken");
        loop.execute(() -> done.add("taken"));
      }
      tasks.remove().run();

      assertThat(next()).isEqualTo("taken");
    }

    @Test
    void thatRunTasksWithinTheCallDoNotRunThemOnTheCaller() throws Exception {
      SerialLoop loop = loop(Runnable::run);
      Thread[] ran = {null};

      loop.execute(
          () -> {
            ran[0] = Thread.currentThread();
            done.add("task");
          });

      assertThat(next()).isEqualTo("task");
      assertThat(ran[0]).isNotEqualTo(Thread.currentThread());
    }

    @Test
    void thatRunTasksWithinTheCallDoNotDeepenTheStack() throws Exception {
      SerialLoop loop = loop(Runnable::run);

      loop.execute(
          () -> {
            for (int i = 0; i < 100_000; i++) {
              loop.execute(() -> {});
            }
            loop.execute(() -> done.add("" + (new Throwable().getStackTrace().length < 100)));
          });

      assertThat(next()).isEqualTo("true");
    }

    @Test
    void thatDropTasksHoldUpTheLoopUntilItIsEnded() {
      SerialLoop loop = loop(task -> {});
      loop.execute(() -> done.add("task"));
      assertThat(done).isEmpty();

      loop.end();

      assertThat(done).containsExactly("end", "task");
    }

    @Test
    void thatRunATurnTwiceRunEveryTaskOnce() {
      List<Runnable> turns = new CopyOnWriteArrayList<>();
      SerialLoop loop = loop(turns::add);
      loop.execute(() -> done.add("first"));
      loop.execute(() -> done.add("second"));

      turns.get(0).run();
      turns.get(0).run();

      assertThat(done).containsExactly("first", "second");
    }
  }

  @Test
  void tasksRunInTurnsSoThatTheExecutorsOtherWorkGoesOn() {
    Queue<Runnable> turns = new ArrayDeque<>();
    SerialLoop loop = loop(turns::add);
    for (int i = 0; i < 100; i++) {
      loop.execute(() -> done.add("task"));
    }

    turns.remove().run();

    assertThat(done).hasSize(64);
    assertThat(turns).hasSize(1);
    turns.remove().run();
    assertThat(done).hasSize(100);
    assertThat(turns).isEmpty();
  }

  @Test
  void loopIsNotEndedWhileItsThreadIsInATask() {
    Queue<Runnable> turns = new ArrayDeque<>();
    SerialLoop loop = loop(turns::add);
    loop.execute(loop::end);
    loop.execute(() -> done.add("task"));

    turns.remove().run();

    assertThat(done).containsExactly("task");
  }

  private SerialLoop loop(Executor executor) {
    Consumer<Loop> onEnd = loop -> done.add(loop.inLoop() ? "end" : "end elsewhere");
    return new SerialLoop(executor, onEnd);
  }

  private String next() throws InterruptedException {
    return done.poll(30, TimeUnit.SECONDS);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void sneak(Throwable failure) throws T {
    throw (T) failure;
  }
}
