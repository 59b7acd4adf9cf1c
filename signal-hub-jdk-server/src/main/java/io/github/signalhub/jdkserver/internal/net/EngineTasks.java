package io.github.signalhub.jdkserver.internal.net;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;

/**
 * Runs what an engine has to compute, such as signatures, on a handler's thread: an event loop
 * would keep all its connections waiting. A connection has one such task at most. Confined to the
 * loop.
 */
final class EngineTasks {
  private static final Logger LOG = System.getLogger(EngineTasks.class.getName());

  private final NioLoop loop;
  private final SSLEngine engine;
  private final Executor executor;
  private final Runnable onDone;
  private boolean running;

  /**
   * Makes a runner.
   *
   * @param onDone called on the loop when the engine can go on
   */
  EngineTasks(NioLoop loop, SSLEngine engine, Executor executor, Runnable onDone) {
    this.loop = loop;
    this.engine = engine;
    this.executor = executor;
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
      for (Runnable task = first; task != null; task = engine.getDelegatedTask()) {
        task.run();
      }
    } catch (Throwable t) { // the peer's faults are told by the engine: this is ours
      LOG.log(Level.WARNING, "Computing a TLS handshake failed", t);
    } finally {
      done();
    }
  }

  private void done() {
    try {
      loop.execute(
          () -> {
            running = false;
            onDone.run();
          });
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "The server stopped during a TLS handshake");
    }
  }
}
