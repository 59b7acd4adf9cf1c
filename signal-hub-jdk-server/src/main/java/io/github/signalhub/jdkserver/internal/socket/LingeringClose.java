package io.github.signalhub.jdkserver.internal.socket;

import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection (RFC 9112 §9.6): everything is written, and the peer may still be
 * sending. A socket that is closed with bytes unread resets the connection, which can destroy the
 * answer before the peer has read it. So nothing more is written, and what comes is discarded.
 * First the peer's system takes what was written, for as long as it takes something. Then the
 * output ends, and the peer closes first, or time is up: after two seconds in which nothing came,
 * or half a minute. A client that reads only when it has sent all of a long body gets its answer,
 * too. How much comes does not matter: it costs less than the same bytes in good order would.
 *
 * <p>Confined to the loop.
 */
public final class LingeringClose implements ConnectionStage {
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final SocketConnection connection;
  private final TimerWheel.Timer deadline;
  private boolean outputEnded;
  private long receivedAt;
  private long endsAt;
  private boolean draining;

  private LingeringClose(SocketConnection connection) {
    this.connection = connection;
    deadline = connection.loop().timers().timer(this::look);
  }

  /** Begins the end of a connection of which everything is written. */
  public static void begin(SocketConnection connection) throws IOException {
    LingeringClose stage = new LingeringClose(connection);
    connection.become(stage);
    connection.setReading(true);
    connection.whenTaken(stage::endOutput);
    connection.resume();
  }

  private void endOutput() throws IOException {
    outputEnded = true;
    connection.shutdownOutput();
    writable();
  }

  @Override
  public void receive(ByteBuffer in) {
    in.position(in.limit());
    receivedAt = System.nanoTime();
  }

  @Override
  public void inputEnded() {
    writable();
  }

  /** The last seconds begin when the output has ended, and so has what TLS says of it. */
  @Override
  public void writable() {
    if (connection.isWriteBlocked() || !outputEnded) {
      return;
    }
    if (connection.isInputEnded()) {
      connection.cut();
    } else if (!deadline.isRunning()) {
      receivedAt = System.nanoTime();
      endsAt = receivedAt + (draining ? SILENCE_NANOS : MAX_NANOS);
      deadline.start(SILENCE_NANOS);
    }
  }

  private void look() {
    long now = System.nanoTime();
    long left = Math.min(SILENCE_NANOS - (now - receivedAt), endsAt - now);
    if (left > 0) {
      deadline.start(left);
    } else {
      connection.cut();
    }
  }

  /** A stopping server waits for two seconds at most. */
  @Override
  public void drain() {
    if (!draining) {
      draining = true;
      long latest = System.nanoTime() + SILENCE_NANOS;
      endsAt = endsAt - latest > 0 ? latest : endsAt;
    }
  }

  @Override
  public void cut() {
    deadline.cancel();
  }
}
