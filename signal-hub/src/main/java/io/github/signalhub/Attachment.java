package io.github.signalhub;

import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * A transport of a hub, and how many links came by it: as their registrar it knows when the last
 * one is gone. Thread-safe.
 */
final class Attachment implements Registrar {
  private final Hub hub;
  private final Transport transport; // null for links that were registered with the hub itself
  private int links; // guarded by this; a link counts until its client's last callback is queued
  private volatile boolean draining;

  Attachment(Hub hub, Transport transport) {
    this.hub = hub;
    this.transport = transport;
  }

  @Override
  public Inbound register(Connection connection, Handshake handshake) {
    return hub.register(connection, handshake, this);
  }

  @Override
  public void unregister(Inbound inbound, CloseReason reason) {
    hub.unregister(inbound, reason);
  }

  @Override
  public int maxMessageBytes() {
    return hub.maxMessageBytes();
  }

  @Override
  public long revocations() {
    return hub.revocations();
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

  /** Takes no more links from now on; the transport refuses them itself, where it can. */
  void stopAccepting(Duration retryAfter) {
    draining = true;
    if (transport != null) {
      isolated(() -> transport.stopAccepting(retryAfter));
    }
  }

  /** Returns whether links are taken no more. */
  boolean isDraining() {
    return draining;
  }

  /** Cuts every link that is left. */
  void stop() {
    if (transport != null) {
      isolated(transport::stop);
    }
  }

  /** A transport that fails does not keep the others, and the hub, from ending. */
  private void isolated(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) { // other languages throw what Java checks
      Hub.LOG.log(Level.WARNING, "The transport " + transport.name() + " failed to stop", e);
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
}
