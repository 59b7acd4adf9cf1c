package io.github.signalhub.spi;

import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** A loop made of any executor: its tasks run one at a time and in order. Thread-safe. */
final class SerialLoop implements Loop, Runnable {
  /** After so many tasks the executor's other work gets its turn. */
  private static final int TURN = 64;

  private static final HubLogger LOG = HubLogger.of(SerialLoop.class);

  private final Executor executor;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean running;
  private volatile Thread thread;

  SerialLoop(Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable task) {
    synchronized (tasks) {
      tasks.add(task);
      if (running) {
        return;
      }
      running = true;
    }
    submit();
  }

  @Override
  public boolean inLoop() {
    return thread == Thread.currentThread();
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    for (int i = 0; i < TURN; i++) {
      Runnable task = next();
      if (task == null) {
        return; // next() cleared the thread: here another one may be running already
      }
      runIsolated(task);
    }
    thread = null;
    submit();
  }

  private Runnable next() {
    synchronized (tasks) {
      running = !tasks.isEmpty();
      if (!running) {
        thread = null; // before another thread may begin
      }
      return tasks.poll();
    }
  }

  private void submit() {
    try {
      executor.execute(this);
    } catch (RejectedExecutionException e) {
      synchronized (tasks) {
        tasks.clear();
        running = false;
      }
      throw e;
    }
  }

  private static void runIsolated(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error e) {
      LOG.log(Level.WARNING, "A task of a loop failed", e);
    }
  }
}
