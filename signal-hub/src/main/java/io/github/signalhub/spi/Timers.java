package io.github.signalhub.spi;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The thread that all loops without timers of their own share. It only passes tasks on, and ends
 * when nothing is scheduled for a while. A thread of the JDK's that does the same never ends. It
 * would keep the class loader of its first user. Thread-safe.
 */
final class Timers {
  private static final int IDLE_SECONDS = 1;
  private static final ScheduledThreadPoolExecutor THREAD = newThread();

  private Timers() {}

  /** Passes a task to a loop after a time. */
  static void schedule(Loop loop, Runnable task, long delayNanos) {
    schedule(() -> loop.execute(task), delayNanos);
  }

  /** Calls back after a time, to pass a task on, unless that is cancelled. */
  static Future<?> schedule(Runnable due, long delayNanos) {
    try {
      return THREAD.schedule(due, delayNanos, TimeUnit.NANOSECONDS);
    } catch (OutOfMemoryError e) {
      // no memory for the thread: the task is queued, and the next one starts it
      return CompletableFuture.completedFuture(null);
    }
  }

  private static ScheduledThreadPoolExecutor newThread() {
    ScheduledThreadPoolExecutor thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread timers = new Thread(task, "signal-hub-timers");
              timers.setDaemon(true);
              timers.setContextClassLoader(null); // it runs no application code
              return timers;
            });
    thread.setKeepAliveTime(IDLE_SECONDS, TimeUnit.SECONDS);
    thread.allowCoreThreadTimeOut(true);
    thread.setRemoveOnCancelPolicy(true);
    return thread;
  }
}
