package io.github.signalhub.internal.threads;

import java.lang.reflect.InvocationTargetException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Makes the threads that an application does not bring. They are daemons and end by themselves when
 * they are idle, so nobody has to shut them down. Thread-safe.
 */
public final class DaemonThreads {
  private static final int FIRST_WITHOUT_PINNING = 24; // JEP 491
  private static final int IDLE_SECONDS = 2;

  private DaemonThreads() {}

  /** Returns whether {@link #waiting} makes virtual threads: where a monitor does not pin them. */
  public static boolean areVirtual() {
    return Runtime.version().feature() >= FIRST_WITHOUT_PINNING;
  }

  /**
   * Returns threads for tasks that may wait: a virtual thread for each task, or a pool.
   *
   * @param name the first part of the names of the pool's threads
   * @param threads how many threads the pool has at most; further tasks wait for one
   */
  public static ExecutorService waiting(String name, int threads) {
    if (!areVirtual()) {
      return pool(name, threads, new LinkedBlockingQueue<>());
    }
    try {
      return (ExecutorService)
          Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    } catch (NoSuchMethodException | IllegalAccessException | InvocationTargetException e) {
      throw new AssertionError("Java " + Runtime.version() + " has virtual threads", e);
    }
  }

  /**
   * Returns a pool.
   *
   * @param name the first part of the names of its threads
   * @param threads how many there are at most
   * @param waiting for the tasks that wait for a thread; when it is full, more are rejected
   */
  public static ExecutorService pool(String name, int threads, BlockingQueue<Runnable> waiting) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            waiting,
            task -> {
              Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
