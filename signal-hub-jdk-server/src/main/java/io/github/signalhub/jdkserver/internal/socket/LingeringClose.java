package io.github.signalhub.jdkserver.internal.socket;

import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The last stage of a connection (RFC 9112 §9.6): everything is written, and the peer may still be
 * sending. If a socket is closed with unread bytes, the system resets the connection. A reset can
 * destroy the answer before the peer has read it. So nothing more is written, and everything that
 * comes is discarded.
 *
 * <p>First the peer's system takes what was written, for as long as it makes progress. Then the
 * output ends. The connection is closed when the peer closes it, after two seconds in which nothing
 * came, or after half a minute. So a client that reads only after it has sent all of a long body
 * gets its answer, too. The number of discarded bytes does not matter, because they cost less than
 * bytes of a request.
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
    deadline = connection.loop().timers().timer(this::checkTime);
  }

  /** Begins the end of a connection whose bytes are all written. */
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

  /** Starts the last seconds when the output has ended, including the closing alert of TLS. */
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

  private void checkTime() {
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
  public void ended() {
    deadline.cancel();
  }
}
