package io.github.signalhub;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Makes pools of threads that are daemons and end by themselves: nobody has to shut them down. */
final class DaemonPool {
  private static final int IDLE_SECONDS = 10;

  private DaemonPool() {}

  /**
   * Returns a pool.
   *
   * @param name what its threads' names begin with
   * @param threads how many there are at most
   * @param waiting for the tasks that wait for one; when it is full, more are rejected
   */
  static Executor create(String name, int threads, BlockingQueue<Runnable> waiting) {
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
