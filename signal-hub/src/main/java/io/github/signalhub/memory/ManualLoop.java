package io.github.signalhub.memory;

import io.github.signalhub.spi.Loop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A loop that runs when it is told to, on the thread that says so. Thread-safe. */
final class ManualLoop implements Loop {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private volatile Thread running;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean inLoop() {
    return running == Thread.currentThread();
  }

  /** Runs one task now, before all others, unless this is the loop itself. */
  void call(Runnable task) {
    if (inLoop()) {
      task.run();
    } else {
      runHere(task);
    }
  }

  /**
   * Runs what is queued, and what that queues, until nothing is left; whether there was anything.
   */
  boolean run() {
    boolean any = false;
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      runHere(task);
      any = true;
    }
    return any;
  }

  private synchronized void runHere(Runnable task) {
    running = Thread.currentThread();
    try {
      task.run();
    } finally {
      running = null;
    }
  }
}
