package io.github.signalhub.jdkserver.internal.net;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;

/**
 * The end of a connection (RFC 9112 §9.6): everything is written, and the peer may still be
 * sending. A socket that is closed with bytes unread resets the connection, which can destroy the
 * answer before the peer has read it. So nothing more is written, and what comes is discarded.
 * First the peer's system takes what was written, for as long as it takes something. Then the
 * output ends, and the peer closes first, or time is up. How much comes until then does not matter:
 * it costs less than the same bytes in good order would.
 *
 * <p>Confined to the loop.
 */
final class LingeringClose implements Stage {
  static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Endpoint endpoint;
  private final TimerWheel.Timer deadline;
  private boolean outputEnded;

  private LingeringClose(Endpoint endpoint) {
    this.endpoint = endpoint;
    deadline = endpoint.loop().timers().timer(endpoint::cut);
  }

  /** Begins the end of a connection of which everything is written. */
  static void begin(Endpoint endpoint) throws IOException {
    LingeringClose stage = new LingeringClose(endpoint);
    endpoint.become(stage);
    endpoint.setReading(true);
    endpoint.whenTaken(stage::endOutput);
    endpoint.resume();
  }

  private void endOutput() throws IOException {
    outputEnded = true;
    endpoint.shutdownOutput();
    writable();
  }

  @Override
  public void receive(ByteBuffer in) {
    in.position(in.limit());
  }

  @Override
  public void inputEnded() {
    writable();
  }

  /** The last seconds begin when the output has ended, and so has what TLS says of it. */
  @Override
  public void writable() {
    if (endpoint.isWriteBlocked() || !outputEnded) {
      return;
    }
    if (endpoint.isInputEnded()) {
      endpoint.cut();
    } else if (!deadline.isRunning()) {
      deadline.start(MAX_NANOS);
    }
  }

  @Override
  public void drain() {}

  @Override
  public void cut() {
    deadline.cancel();
  }
}
