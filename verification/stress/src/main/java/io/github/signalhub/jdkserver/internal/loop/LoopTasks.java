package io.github.signalhub.jdkserver.internal.loop;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.L_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Does an event loop run every task once and in order, without another task to wake it? */
public final class LoopTasks {
  private LoopTasks() {}

  /** Two threads add tasks. */
  @JCStressTest
  @Outcome(
      id = {"abcd", "acbd", "acdb", "cabd", "cadb", "cdab"},
      expect = Expect.ACCEPTABLE,
      desc = "Each thread's tasks in order.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A task is lost, repeated or too early.")
  @State
  public static class Adding {
    private final TaskQueue tasks = new TaskQueue();
    private final StringBuilder ran = new StringBuilder();

    /** Adds. */
    @Actor
    public void one() {
      tasks.add(() -> ran.append('a'));
      tasks.add(() -> ran.append('b'));
    }

    /** Adds the other tasks. */
    @Actor
    public void other() {
      tasks.add(() -> ran.append('c'));
      tasks.add(() -> ran.append('d'));
    }

    /** Takes all. */
    @Arbiter
    public void loop(L_Result result) {
      runAll(tasks);
      result.r1 = ran.toString();
    }
  }

  /** The loop takes tasks while others are added. */
  @JCStressTest
  @Outcome(id = "abcd", expect = Expect.ACCEPTABLE, desc = "In order.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "A task is lost, repeated or too early.")
  @State
  public static class Taking {
    private final TaskQueue tasks = new TaskQueue();
    private final StringBuilder ran = new StringBuilder();

    /** Lets a task wait. */
    public Taking() {
      tasks.add(() -> ran.append('a'));
    }

    /** Adds. */
    @Actor
    public void submitter() {
      tasks.add(() -> ran.append('b'));
      tasks.add(() -> ran.append('c'));
      tasks.add(() -> ran.append('d'));
    }

    /** Takes the tasks so far. */
    @Actor
    public void loop() {
      runAll(tasks);
    }

    /** Takes the remaining ones. */
    @Arbiter
    public void rest(L_Result result) {
      runAll(tasks);
      result.r1 = ran.toString();
    }
  }

  /** A task comes while the loop, which has run the previous one, falls asleep. */
  @JCStressTest
  @Outcome(id = "true", expect = Expect.ACCEPTABLE, desc = "It ran.")
  @Outcome(expect = Expect.FORBIDDEN, desc = "The loop sleeps, and a task waits.")
  @State
  public static class Sleeping {
    private static final NioLoop LOOP = start();
    private static final long PATIENCE_NANOS = 5_000_000_000L;
    private volatile boolean ran;

    /** Submits a task and waits for it, so that the next task cannot wake the loop for this one. */
    @Actor
    public void submitter(Z_Result result) {
      LOOP.execute(() -> ran = true);
      long start = System.nanoTime();
      while (!ran && System.nanoTime() - start < PATIENCE_NANOS) {
        Thread.onSpinWait();
      }
      result.r1 = ran;
    }
  }

  /** Starts a loop on a daemon thread: the threads of a daemon are daemons. */
  private static NioLoop start() {
    CompletableFuture<NioLoop> started = new CompletableFuture<>();
    Thread starter =
        new Thread(
            () -> {
              try {
                NioLoop loop = new NioLoop("sleeper");
                loop.start();
                started.complete(loop);
              } catch (IOException e) {
                started.completeExceptionally(e);
              }
            });
    starter.setDaemon(true);
    starter.start();
    return started.join();
  }

  private static void runAll(TaskQueue tasks) {
    tasks.mark();
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }
}
