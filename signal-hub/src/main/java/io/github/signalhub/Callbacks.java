package io.github.signalhub;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.threads.DaemonThreads;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Where listeners run: the application's executor, or {@link DaemonThreads}. Counts the callbacks
 * in progress, so that a hub that closes can wait for them. Thread-safe.
 */
final class Callbacks implements Executor {
  /** How many callbacks of this hub the calling thread is in; more than one if run inline. */
  private final ThreadLocal<Integer> inside = ThreadLocal.withInitial(() -> 0);

  private final Executor executor;
  private int busy;

  /**
   * Uses an executor.
   *
   * @param given the application's, which stays its own; empty: one is made
   */
  Callbacks(Optional<Executor> given) {
    executor = given.orElseGet(Callbacks::newExecutor);
  }

  /**
   * Runs one client's callbacks, and counts them as being in progress until they return. Throws
   * what the executor throws, and then they never run.
   */
  @Override
  public void execute(Runnable callbacks) {
    AtomicBoolean decided = new AtomicBoolean(); // whether they run
    started();
    try {
      executor.execute(
          () -> {
            if (decided.compareAndSet(false, true)) {
              run(callbacks);
            }
          });
    } catch (Throwable e) { // an executor may keep a task and throw, when it cannot make a thread
      if (decided.compareAndSet(false, true)) {
        ended();
        throw e;
      }
      HubLogger.HUB.log(Level.WARNING, "An executor failed although it runs the callbacks", e);
    }
  }

  /**
   * Waits until no callbacks are in progress but those of the calling thread.
   *
   * @param deadline a {@link System#nanoTime} after which to wait no longer
   */
  synchronized void awaitQuiet(long deadline) throws InterruptedException {
    int own = inside.get();
    long left = deadline - System.nanoTime();
    while (busy > own && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }

  /** Returns how many are in progress, or wait for the executor. */
  synchronized int busy() {
    return busy;
  }

  private void run(Runnable callbacks) {
    inside.set(inside.get() + 1);
    try {
      callbacks.run();
    } finally {
      inside.set(inside.get() - 1);
      ended();
    }
  }

  private synchronized void started() {
    busy++;
  }

  private synchronized void ended() {
    busy--;
    notifyAll();
  }

  private static Executor newExecutor() {
    int threads = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
    return DaemonThreads.waiting("signal-hub-callbacks", threads);
  }
}
