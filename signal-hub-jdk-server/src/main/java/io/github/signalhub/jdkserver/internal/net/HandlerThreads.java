package io.github.signalhub.jdkserver.internal.net;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads on which handlers run if the application brings none: virtual ones where waiting in a
 * monitor does not pin them (Java 24 and later), otherwise a bounded pool of daemon threads.
 */
public final class HandlerThreads {
  private static final Logger LOG = System.getLogger(HandlerThreads.class.getName());
  private static final int UNPINNED = 24;
  private static final int POOL_THREADS = 64;
  private static final int IDLE_SECONDS = 30;

  private HandlerThreads() {}

  /** Returns an executor that nobody else uses. */
  public static ExecutorService create() {
    if (Runtime.version().feature() >= UNPINNED) {
      try {
        return (ExecutorService)
            Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
      } catch (ReflectiveOperationException e) {
        LOG.log(Level.DEBUG, "No virtual threads; using a pool", e);
      }
    }
    return pool();
  }

  /** The queue needs no bound: how many handlers may wait for a thread is bounded before it. */
  private static ExecutorService pool() {
    AtomicInteger count = new AtomicInteger();
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "signal-hub-handler-" + count.getAndIncrement());
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            POOL_THREADS,
            POOL_THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons);
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }
}
