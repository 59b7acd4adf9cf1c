package io.github.signalhub;

import io.github.signalhub.internal.session.ReadGate;
import io.github.signalhub.internal.session.SessionListener;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;

/**
 * The callbacks of one client, one at a time and in order. While too much waits, reading from the
 * client is paused: what waits is bounded by that and by what the transport had read already.
 * Thread-safe.
 */
final class ClientCallbacks implements SessionListener, Runnable {
  /** Reading pauses while more messages or bytes than these wait, until half of them are left. */
  static final int MAX_WAITING_MESSAGES = 64;

  static final int MAX_WAITING_BYTES = 256 * 1024;

  /** After so many callbacks other clients get their turn on the thread. */
  private static final int TURN = 32;

  private final Hub hub;
  private final Connection connection;
  private final ReadGate gate;
  private final Queue<Callback> waiting = new ArrayDeque<>(1);
  private final InboundLimits limits;
  private Client client;
  private ClientMessages messages;
  private int waitingBytes;
  private boolean running;
  private boolean paused;

  ClientCallbacks(Hub hub, Connection connection) {
    this.hub = hub;
    this.connection = connection;
    this.gate = new ReadGate(connection);
    this.limits = new InboundLimits(connection, hub.inbound(), hub.nanoClock());
  }

  /** Begins with the client's connection; called before anything else can happen. */
  void connected(Client client, Optional<String> session) {
    this.client = client;
    this.messages = new ClientMessages(hub, client, session);
    add(
        0,
        () -> {
          hub.logConnected(client);
          hub.listeners().each(listener -> listener.onConnect(client));
        });
  }

  @Override
  public ReadGate readGate() {
    return gate;
  }

  @Override
  public void text(byte[] utf8) {
    if (limits.admit(utf8.length)) {
      add(utf8.length, () -> messages.deliver(utf8));
    }
  }

  @Override
  public boolean binary(byte[] bytes) {
    if (!hub.listeners().acceptBinary()) {
      return false;
    }
    if (!limits.admit(bytes.length)) {
      return true; // it is not what is wrong with it
    }
    hub.counters().received.increment();
    add(
        bytes.length,
        () ->
            hub.listeners()
                .each(
                    listener -> {
                      if (listener.acceptsBinary()) {
                        listener.onBinary(client, bytes);
                      }
                    }));
    return true;
  }

  @Override
  public void closed(CloseReason reason) {
    add(
        0,
        () -> {
          try {
            hub.logDisconnected(client, reason);
            hub.listeners().each(listener -> listener.onDisconnect(client, reason));
          } finally {
            messages.end();
          }
        });
  }

  @Override
  public void run() {
    for (int i = 0; i < TURN; i++) {
      Callback next = next();
      if (next == null) {
        return;
      }
      run(next);
      done(next);
    }
    submit();
  }

  /** Runs one; whatever it throws, the next ones follow. */
  private void run(Callback callback) {
    try {
      callback.action.run();
    } catch (Throwable t) { // not the application's, which is caught: there may be no memory left
      try {
        connection.abort(CloseReason.INTERNAL_ERROR); // or the client would wait for an answer
        hub.listeners().failed("A callback of client " + client.id() + " failed", t);
      } catch (Throwable untold) {
        // nor enough to tell of it; often it is the same object: the JVM has few of them
      }
    }
  }

  private void add(int bytes, Runnable action) {
    boolean start;
    synchronized (this) {
      waiting.add(new Callback(action, bytes));
      waitingBytes += bytes;
      if (!paused && exceeds(1)) {
        paused = true;
        gate.hold(ReadGate.CALLBACKS);
      }
      start = !running;
      running = true;
    }
    if (start) {
      submit();
    }
  }

  private synchronized Callback next() {
    Callback next = waiting.peek();
    running = next != null;
    return next;
  }

  private synchronized void done(Callback callback) {
    waiting.remove();
    waitingBytes -= callback.bytes;
    if (paused && !exceeds(2)) {
      paused = false;
      gate.release(ReadGate.CALLBACKS);
    }
  }

  /** Returns whether more waits than the limits divided by {@code divisor}. */
  private boolean exceeds(int divisor) {
    return waiting.size() > MAX_WAITING_MESSAGES / divisor
        || waitingBytes > MAX_WAITING_BYTES / divisor;
  }

  private void submit() {
    try {
      hub.callbacks().execute(this);
    } catch (RejectedExecutionException | OutOfMemoryError e) { // such as: no thread can be made
      messages.end(); // no callback of this client is running, and none will
      connection.abort(CloseReason.INTERNAL_ERROR);
      Hub.LOG.log(
          Level.WARNING, "No callbacks for client " + client.id() + ": executor refuses", e);
    }
  }

  private record Callback(Runnable action, int bytes) {}
}
