package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.threads.DaemonThreads;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;

/**
 * The threads of a server besides its event loops, in three crews that never wait for each other.
 * One runs HTTP handlers, one runs handshake hooks, and one computes for TLS. The application may
 * bring the first two. Those that the server makes for tasks that wait are {@link
 * DaemonThreads#waiting}. Computing does not wait, so it has as many threads as there are
 * processors, and at least two. One more thread waits for files, so that a file system that hangs
 * holds no other thread.
 *
 * <p>Immutable. {@link #close} ends the threads that the server made.
 */
public final class ServerThreads implements AutoCloseable {
  private static final int HANDLER_THREADS = 128;
  private static final int HOOK_THREADS = 64;

  private final Crew handlers;
  private final Crew hooks;
  private final Crew computing;
  private final ExecutorService files;
  private final List<ExecutorService> own = new ArrayList<>();

  /**
   * The threads of one kind of work.
   *
   * @param executor runs the tasks
   * @param threads how many threads there are at most
   * @param isKnown whether this number is known
   */
  record Crew(Executor executor, int threads, boolean isKnown) {
    /** Returns a crew of threads that the application brings. */
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
    int processors = Math.max(2, Runtime.getRuntime().availableProcessors());
    this.computing =
        keep(
            DaemonThreads.pool("signal-hub-tls", processors, new LinkedBlockingQueue<>()),
            processors);
    this.files = DaemonThreads.pool("signal-hub-files", 1, new LinkedBlockingQueue<>());
    own.add(files);
  }

  /** Returns where HTTP handlers run. */
  public Executor handlerExecutor() {
    return handlers.executor();
  }

  /** Returns where files are read. */
  public Executor files() {
    return files;
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

  /** Accepts no more tasks. Tasks that run go on. */
  @Override
  public void close() {
    own.forEach(ExecutorService::shutdown);
  }

  private Crew waiting(String name, int threads) {
    return keep(
        DaemonThreads.waiting("signal-hub-" + name, threads),
        DaemonThreads.areVirtual() ? Integer.MAX_VALUE : threads);
  }

  private Crew keep(ExecutorService made, int threads) {
    own.add(made);
    return new Crew(made, threads, true);
  }
}
