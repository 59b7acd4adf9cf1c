package io.github.signalhub.jdkserver.internal.tls;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Runs what an engine has to compute, such as signatures, on threads for that. On the event loop it
 * would delay all other connections, and a handler's thread may be waiting for a peer. A connection
 * has at most one such task at a time.
 *
 * <p>Confined to the loop.
 */
final class EngineTasks {
  private static final HubLogger LOG = HubLogger.of(EngineTasks.class);

  private final NioLoop loop;
  private final SSLEngine engine;
  private final Executor executor;
  private final BooleanSupplier wanted;
  private final Runnable onDone;
  private boolean running;

  /**
   * Creates a runner.
   *
   * @param wanted returns whether the connection still exists; called on any thread
   * @param onDone is called on the loop when the engine can go on
   */
  EngineTasks(
      NioLoop loop, SSLEngine engine, Executor executor, BooleanSupplier wanted, Runnable onDone) {
    this.loop = loop;
    this.engine = engine;
    this.executor = executor;
    this.wanted = wanted;
    this.onDone = onDone;
  }

  /** Returns whether a task runs. The engine must not be used meanwhile. */
  boolean areRunning() {
    return running;
  }

  /**
   * Runs the engine's tasks.
   *
   * @throws IOException if there is no task, or no thread for it
   */
  void run() throws IOException {
    Runnable first = engine.getDelegatedTask();
    if (first == null) {
      throw new SSLException("expected a task of the engine");
    }
    running = true;
    try {
      executor.execute(() -> compute(first));
    } catch (RejectedExecutionException e) {
      throw new IOException("no thread for a TLS handshake", e);
    }
  }

  private void compute(Runnable first) {
    try {
      Runnable task = first;
      while (task != null && wanted.getAsBoolean()) {
        task.run();
        task = engine.getDelegatedTask();
      }
    } catch (Throwable t) { // the engine reports the peer's faults, so this fault is ours
      LOG.log(Level.WARNING, "Computing a TLS handshake failed", t);
    } finally {
      done();
    }
  }

  private void done() {
    loop.execute(
        () -> {
          running = false;
          onDone.run();
        });
  }
}
