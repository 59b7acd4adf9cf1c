package io.github.signalhub.jdkserver.internal.server;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.jdkserver.internal.certificates.CurrentCertificates;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Looks at the files of certificates again and again, as long as a loop runs. The next look begins
 * some time after the last one has ended. So a file system that hangs holds one thread, and no
 * more.
 *
 * <p>Thread-safe.
 */
final class CertificateWatch {
  private static final HubLogger LOG = HubLogger.of(CertificateWatch.class);

  private final NioLoop loop;
  private final Executor executor;
  private final CurrentCertificates certificates;

  /**
   * Creates a watch that has not begun.
   *
   * @param executor waits for files
   */
  CertificateWatch(NioLoop loop, Executor executor, CurrentCertificates certificates) {
    this.loop = loop;
    this.executor = executor;
    this.certificates = certificates;
  }

  void begin() {
    loop.schedule(this::look, certificates.checkInterval().toNanos());
  }

  private void look() {
    try {
      executor.execute(this::check);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "The server stops, so its certificates are not read again");
    } catch (OutOfMemoryError e) { // there is no memory for a thread
      begin();
    }
  }

  private void check() {
    try {
      certificates.check();
    } catch (Throwable t) { // of a file system or a provider; the next look may succeed
      LOG.log(Level.WARNING, "Reading certificates failed", t);
    } finally {
      begin();
    }
  }
}
