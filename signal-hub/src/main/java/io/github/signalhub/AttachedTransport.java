package io.github.signalhub;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A transport of a hub, and how many links came by it that are not gone yet. Thread-safe. */
final class AttachedTransport {
  private final Transport transport;
  private int links; // guarded by this; a link counts until its client's last callback is queued
  private volatile boolean draining;

  AttachedTransport(Transport transport) {
    this.transport = transport;
  }

  /** Returns one for links that are registered with the hub itself. Their owners stop them. */
  static AttachedTransport ofDirectLinks() {
    return new AttachedTransport(new DirectLinks());
  }

  boolean isOf(Transport other) {
    return transport == other;
  }

  synchronized void entered() {
    links++;
  }

  synchronized void left() {
    links--;
    notifyAll();
  }

  /** Takes no more links from now on. The transport refuses them itself, where it can. */
  void stopAccepting(Duration retryAfter) {
    draining = true;
    isolated(() -> transport.stopAccepting(retryAfter));
  }

  /** Returns whether no more links are taken. */
  boolean isDraining() {
    return draining;
  }

  /** Cuts every link that is left. */
  void stop() {
    isolated(transport::stop);
  }

  /** A transport that fails does not keep the others, and the hub, from ending. */
  private void isolated(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) { // other languages throw what Java checks
      HubLogger.HUB.log(Level.WARNING, "The transport " + transport.name() + " failed to stop", e);
    }
  }

  /**
   * Waits until no link is left.
   *
   * @param deadline a {@link System#nanoTime} after which to wait no longer
   */
  synchronized void awaitNone(long deadline) throws InterruptedException {
    long left = deadline - System.nanoTime();
    while (links > 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }

  /** In the place of a transport, for links whose owners stop them. */
  private static final class DirectLinks implements Transport {
    @Override
    public String name() {
      return "direct";
    }

    @Override
    public void start(Registrar registrar) {}

    @Override
    public void stopAccepting(Duration retryAfter) {}

    @Override
    public Optional<Duration> retryAfter() {
      return Optional.empty(); // their owners refuse them
    }

    @Override
    public void stop() {}
  }
}
