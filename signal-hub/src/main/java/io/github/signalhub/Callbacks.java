package io.github.signalhub;

import java.lang.reflect.InvocationTargetException;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where listeners run: the application's executor, or virtual threads where they do not pin (Java
 * 24, JEP 491), or a bounded pool of daemon threads. Thread-safe.
 */
final class Callbacks implements Executor {
  private static final int FIRST_WITHOUT_PINNING = 24;
  private static final ThreadLocal<Boolean> INSIDE = ThreadLocal.withInitial(() -> false);

  private final Executor executor;
  private final Optional<ExecutorService> owned;
  private int busy;

  /**
   * Uses an executor.
   *
   * @param given the application's, which stays its own; empty: one is made
   */
  Callbacks(Optional<Executor> given) {
    owned = given.isPresent() ? Optional.empty() : Optional.of(newExecutor());
    executor = given.orElseGet(owned::get);
  }

  /** Runs one client's callbacks, and counts them as being in progress until they return. */
  @Override
  public void execute(Runnable callbacks) {
    started();
    boolean submitted = false;
    try {
      executor.execute(
          () -> {
            INSIDE.set(true);
            try {
              callbacks.run();
            } finally {
              INSIDE.remove();
              ended();
            }
          });
      submitted = true;
    } finally {
      if (!submitted) {
        ended();
      }
    }
  }

  /**
   * Waits until no callbacks are in progress but those of the calling thread.
   *
   * @param deadline a {@link System#nanoTime} after which to wait no longer
   */
  synchronized void awaitQuiet(long deadline) throws InterruptedException {
    int own = INSIDE.get() ? 1 : 0;
    long left = deadline - System.nanoTime();
    while (busy > own && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }

  /**
   * Ends the executor if it was made here; what waits in it still runs, and nobody waits for it.
   */
  void shutdown() {
    owned.ifPresent(ExecutorService::shutdown);
  }

  private synchronized void started() {
    busy++;
  }

  private synchronized void ended() {
    busy--;
    notifyAll();
  }

  private static ExecutorService newExecutor() {
    if (Runtime.version().feature() >= FIRST_WITHOUT_PINNING) {
      try {
        return (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
        throw new AssertionError("Java " + Runtime.version() + " has virtual threads", e);
      }
    }
    int threads = Math.max(8, 4 * Runtime.getRuntime().availableProcessors());
    AtomicInteger number = new AtomicInteger();
    ThreadFactory factory =
        task -> {
          Thread thread = new Thread(task, "signal-hub-callbacks-" + number.incrementAndGet());
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads, threads, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
