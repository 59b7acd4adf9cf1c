package io.github.signalhub.jdkserver.internal.server;

import io.github.signalhub.jdkserver.internal.link.WebSocketLink;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the connections of one loop in good order, and tells when none is left. This includes
 * connections that were accepted before it began and are placed later. Confined to the loop.
 */
final class LoopDrain {
  private static final long AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1); // the wheel's next tick

  /** The connections that are to end. */
  enum Of {
    /** WebSockets. Requests are still answered. */
    CLIENTS,
    ALL
  }

  private final NioLoop loop;
  private final Of what;
  private final CountDownLatch empty;
  private final TimerWheel.Timer again;

  LoopDrain(NioLoop loop, Of what, CountDownLatch empty) {
    this.loop = loop;
    this.what = what;
    this.empty = empty;
    this.again = loop.timers().timer(this::drain);
  }

  void begin() {
    drain();
  }

  private void drain() {
    boolean none = true;
    for (NioLoop.Ready each : loop.handlers()) {
      if (each instanceof SocketConnection connection && concerns(connection)) {
        connection.drain();
        none &= !connection.isOpen();
      }
    }
    if (none) {
      empty.countDown();
    } else {
      again.start(AGAIN_NANOS);
    }
  }

  private boolean concerns(SocketConnection connection) {
    return what == Of.ALL || connection.stage() instanceof WebSocketLink;
  }
}
