package io.github.signalhub.testkit.contract;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackSender;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Both sides of a fake platform. Its texts arrive at once, unless the peer stalls. */
abstract class CallbackPeer implements Peer, CallbackSender {
  private final List<String> received = new ArrayList<>();
  private final Queue<Consumer<CallbackLink>> unread = new ArrayDeque<>();
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile CallbackLink link;
  private boolean stalled;
  private DisconnectReason closed;

  void opened(CallbackLink link) {
    this.link = link;
    opened.countDown();
  }

  /** Passes the peer's texts to the hub while the hub reads. */
  synchronized void pump() {
    while (link != null && link.isReadEnabled() && !unread.isEmpty()) {
      unread.remove().accept(link);
    }
  }

  /** Waits until the peer reads or is gone, then passes a text to it. */
  synchronized void arrive(String text) throws InterruptedException {
    while (stalled && closed == null) {
      wait();
    }
    if (closed == null) {
      received.add(text);
    }
  }

  /** Passes one text of the peer to the hub. */
  void report(CallbackLink to, String text) {
    to.text(text);
  }

  void end() {
    cut();
  }

  @Override
  public void close(DisconnectReason reason) {
    synchronized (this) {
      if (closed != null) {
        return;
      }
      closed = reason;
      notifyAll();
    }
    report(reason);
  }

  @Override
  public void cut() {
    close(DisconnectReason.ABNORMAL);
  }

  @Override
  public synchronized List<String> received() {
    return List.copyOf(received);
  }

  @Override
  public synchronized void stall() {
    stalled = true;
  }

  @Override
  public synchronized void resume() {
    stalled = false;
    notifyAll();
  }

  @Override
  public void send(String text) {
    synchronized (this) {
      unread.add(to -> report(to, text));
    }
    pump();
  }

  @Override
  public void sendBinary(byte[] bytes) {
    synchronized (this) {
      unread.add(to -> to.binary(bytes));
    }
    pump();
  }

  @Override
  public synchronized int unsent() {
    return unread.size();
  }

  @Override
  public synchronized OptionalInt closeCode() {
    return closed == null ? OptionalInt.empty() : OptionalInt.of(closed.code());
  }

  private void report(DisconnectReason reason) {
    try {
      if (opened.await(30, TimeUnit.SECONDS)) { // the hub may close a link before open() returns
        link.closed(reason);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
