package io.github.signalhub;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Where messages are encoded that would take an event loop too long: one thread for two cores, and
 * few messages that wait. More are refused: who wants them is better off with a form that is made
 * at once than with a long wait.
 */
final class EncodingThreads {
  static final int MAX_WAITING = 16;

  private EncodingThreads() {}

  /** Its threads are daemons and end by themselves, so nobody has to shut it down. */
  static Executor create() {
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(MAX_WAITING),
            task -> {
              Thread thread = new Thread(task, "signal-hub-encoder-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
