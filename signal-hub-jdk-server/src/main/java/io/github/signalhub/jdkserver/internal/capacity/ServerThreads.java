package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
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
 * The threads besides the event loops, in three crews that never wait for each other: HTTP
 * handlers, handshake hooks, and what TLS has to compute. Those of handlers and hooks are virtual
 * where waiting in a monitor does not pin them (Java 24 and later), otherwise bounded pools of
 * daemon threads, unless the application brings its own. Computing does not wait, so it has no more
 * threads than processors, and at least two.
 *
 * <p>Immutable; {@link #close} ends those that it made.
 */
public final class ServerThreads implements AutoCloseable {
  private static final HubLogger LOG = HubLogger.of(ServerThreads.class);
  private static final int UNPINNED = 24;
  private static final int HANDLER_THREADS = 128;
  private static final int HOOK_THREADS = 64;
  private static final int IDLE_SECONDS = 30;

  private final Crew handlers;
  private final Crew hooks;
  private final Crew computing;
  private final List<ExecutorService> own = new ArrayList<>();

  /**
   * The threads of one kind of work.
   *
   * @param executor runs it
   * @param threads how many there are at most
   * @param isKnown whether that is known
   */
  record Crew(Executor executor, int threads, boolean isKnown) {
    /** Returns a crew of threads that an application brings. */
    private static Crew of(Executor executor) {
      if (executor instanceof ThreadPoolExecutor pool) {
        boolean growsToItsMaximum = pool.getQueue().remainingCapacity() < Integer.MAX_VALUE;
        int threads = growsToItsMaximum ? pool.getMaximumPoolSize() : pool.getCorePoolSize();
        return new Crew(executor, Math.max(1, threads), true);
      }
      return new Crew(executor, Integer.MAX_VALUE, false);
    }
  }

  /**
   * Creates the threads that the application does not bring.
   *
   * @param handlers where HTTP handlers run; empty: on threads of this server
   * @param hooks where handshake hooks run; empty: on threads of this server
   */
  public ServerThreads(Optional<Executor> handlers, Optional<Executor> hooks) {
    this.handlers = handlers.map(Crew::of).orElseGet(() -> waiting("handler", HANDLER_THREADS));
    this.hooks = hooks.map(Crew::of).orElseGet(() -> waiting("hook", HOOK_THREADS));
    this.computing = pool("tls", Math.max(2, Runtime.getRuntime().availableProcessors()));
  }

  /** Returns where HTTP handlers run. */
  public Executor handlerExecutor() {
    return handlers.executor();
  }

  Crew handlers() {
    return handlers;
  }

  Crew hooks() {
    return hooks;
  }

  Crew computing() {
    return computing;
  }

  /** Takes no more tasks; those that run go on. */
  @Override
  public void close() {
    own.forEach(ExecutorService::shutdown);
  }

  /** Makes threads for what may wait. */
  private Crew waiting(String name, int threads) {
    if (Runtime.version().feature() >= UNPINNED) {
      try {
        ExecutorService virtual =
            (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        own.add(virtual);
        return new Crew(virtual, Integer.MAX_VALUE, true);
      } catch (ReflectiveOperationException e) {
        LOG.log(Level.DEBUG, "No virtual threads; using a pool", e);
      }
    }
    return pool(name, threads);
  }

  private Crew pool(String name, int threads) {
    AtomicInteger count = new AtomicInteger();
    ThreadFactory daemons =
        task -> {
          Thread thread = new Thread(task, "signal-hub-" + name + "-" + count.getAndIncrement());
          thread.setDaemon(true);
          return thread;
        };
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(), // Workers gives it no more tasks than it has threads
            daemons);
    pool.allowCoreThreadTimeOut(true);
    own.add(pool);
    return new Crew(pool, threads, true);
  }
}
