package io.github.signalhub.jdkserver.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.FullLog;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.ByteBuffer;
import java.nio.channels.Pipe;
import java.nio.channels.SelectionKey;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class NioLoopIT {
  private NioLoop loop;

  @BeforeEach
  void start() throws IOException {
    loop = new NioLoop("loop-under-test");
    loop.start();
  }

  @AfterEach
  void stop() throws InterruptedException {
    loop.stop();
    assertThat(loop.awaitEnd(TimeUnit.SECONDS.toNanos(30))).isTrue();
  }

  @Nested
  class Tasks {
    @Test
    void ofManySubmittersAllRunAndThoseOfEachInOrder() throws Exception {
      int submitters = 8;
      int tasks = 20_000;
      int[] seen = new int[submitters];
      AtomicInteger outOfOrder = new AtomicInteger();
      CountDownLatch ran = new CountDownLatch(submitters * tasks);

      for (int s = 0; s < submitters; s++) {
        int submitter = s;
        new Thread(
                () -> {
                  for (int i = 0; i < tasks; i++) {
                    int task = i;
                    loop.execute(
                        () -> {
                          outOfOrder.addAndGet(seen[submitter]++ == task ? 0 : 1);
                          ran.countDown();
                        });
                  }
                })
            .start();
      }

      assertThat(ran.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(outOfOrder).hasValue(0);
    }

    @Test
    void doNotEndTheLoopEvenIfTheirFailureCannotBeTold() throws Exception {
      FullLog log = new FullLog(NioLoop.class);
      try {
        CompletableFuture<Void> ran = new CompletableFuture<>();
        loop.execute(
            () -> {
              throw new IllegalStateException("not to be told");
            });
        loop.execute(() -> ran.complete(null));

        ran.get(30, TimeUnit.SECONDS);
      } finally {
        log.close();
      }
    }

    @Test
    void wakeALoopThatIsAboutToSleepEveryTime() throws Exception {
      for (int i = 0;
          i < 20_000;
          i++) { // each task waits for the previous one, so the loop sleeps in between
        CompletableFuture<Void> ran = new CompletableFuture<>();
        loop.execute(() -> ran.complete(null));
        ran.get(30, TimeUnit.SECONDS);
      }
    }

    @Test
    void thatTheLoopSubmitsRunAfterItHasLookedAtItsSockets() throws Exception {
      Pipe pipe = Pipe.open();
      List<String> order = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch done = new CountDownLatch(1);
      pipe.source().configureBlocking(false);

      loop.execute(
          () -> {
            register(pipe, () -> order.add("socket"));
            write(pipe);
            loop.execute(
                () -> {
                  order.add("task");
                  done.countDown();
                });
          });

      assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(order).startsWith("socket").contains("task");
      pipe.sink().close();
      pipe.source().close();
    }

    @Test
    void thatInterruptTheLoopNeitherKeepItBusyNorDisturbTheNext() throws Exception {
      CompletableFuture<Thread> thread = new CompletableFuture<>();
      CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
      loop.execute(
          () -> {
            thread.complete(Thread.currentThread());
            Thread.currentThread().interrupt();
          });
      loop.execute(() -> interrupted.complete(Thread.currentThread().isInterrupted()));
      assertThat(interrupted.get(30, TimeUnit.SECONDS)).isFalse();

      thread.get().interrupt(); // while it waits

      ThreadMXBean cpu = ManagementFactory.getThreadMXBean();
      long window = TimeUnit.MILLISECONDS.toNanos(100);
      long busy = window;
      for (int i = 0; i < 300 && busy > window / 2; i++) { // until it rests
        long before = cpu.getThreadCpuTime(thread.get().getId());
        TimeUnit.NANOSECONDS.sleep(window);
        busy = cpu.getThreadCpuTime(thread.get().getId()) - before;
      }
      assertThat(busy).isLessThanOrEqualTo(window / 2);
    }

    @Test
    void thatThrowEndNothing() throws Exception {
      loop.execute(
          () -> {
            throw new IllegalStateException("on purpose");
          });
      loop.execute(
          () -> {
            throw new AssertionError("on purpose");
          });
      CompletableFuture<Boolean> inLoop = new CompletableFuture<>();

      loop.execute(() -> inLoop.complete(loop.inLoop()));

      assertThat(inLoop.get(30, TimeUnit.SECONDS)).isTrue();
      assertThat(loop.inLoop()).isFalse();
    }
  }

  @Nested
  class TheEnd {
    @Test
    void runsWhatWasSubmittedAndTakesNoMore() throws Exception {
      AtomicInteger ran = new AtomicInteger();
      for (int i = 0; i < 1_000; i++) {
        loop.execute(ran::incrementAndGet);
      }

      loop.stop();

      assertThat(loop.awaitEnd(TimeUnit.SECONDS.toNanos(30))).isTrue();
      assertThat(ran).hasValue(1_000);
      assertThat(loop.offer(ran::incrementAndGet)).isFalse();
      loop.execute(ran::incrementAndGet);
      assertThat(ran).hasValue(1_000);
    }

    @Test
    void closesTheSockets() throws Exception {
      Pipe pipe = Pipe.open();
      pipe.source().configureBlocking(false);
      CountDownLatch registered = new CountDownLatch(1);
      loop.execute(
          () -> {
            register(pipe, () -> {});
            registered.countDown();
          });
      assertThat(registered.await(30, TimeUnit.SECONDS)).isTrue();

      loop.stop();

      assertThat(loop.awaitEnd(TimeUnit.SECONDS.toNanos(30))).isTrue();
      assertThat(pipe.source().isOpen()).isFalse();
    }
  }

  @Test
  void aTimerWakesASleepingLoop() throws Exception {
    CompletableFuture<Long> fired = new CompletableFuture<>();
    long start = System.nanoTime();

    loop.execute(
        () ->
            loop.timers()
                .timer(() -> fired.complete(System.nanoTime() - start))
                .start(TimeUnit.MILLISECONDS.toNanos(120)));

    assertThat(fired.get(30, TimeUnit.SECONDS)).isGreaterThan(TimeUnit.MILLISECONDS.toNanos(119));
  }

  private void register(Pipe pipe, Runnable onReady) {
    try {
      loop.register(
          pipe.source(),
          SelectionKey.OP_READ,
          new NioLoop.Ready() {
            @Override
            public void ready(SelectionKey key) {
              key.interestOps(0);
              onReady.run();
            }

            @Override
            public void close() {
              try {
                pipe.source().close();
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void write(Pipe pipe) {
    try {
      pipe.sink().write(ByteBuffer.wrap(new byte[] {1}));
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
