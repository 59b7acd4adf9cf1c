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
 * Runs what an engine has to compute, such as signatures, on a thread for that: an event loop would
 * keep all its connections waiting, and a handler's thread may wait for a peer. A connection has
 * one such task at most. Confined to the loop.
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
   * Makes a runner.
   *
   * @param wanted whether the connection is still there; asked on any thread
   * @param onDone called on the loop when the engine can go on
   */
  EngineTasks(
      NioLoop loop, SSLEngine engine, Executor executor, BooleanSupplier wanted, Runnable onDone) {
    this.loop = loop;
    this.engine = engine;
    this.executor = executor;
    this.wanted = wanted;
    this.onDone = onDone;
  }

  /** Returns whether the engine must be left alone. */
  boolean areRunning() {
    return running;
  }

  /**
   * Runs what there is.
   *
   * @throws IOException if there is nothing, or no thread for it
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
    } catch (Throwable t) { // the peer's faults are told by the engine: this is ours
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
