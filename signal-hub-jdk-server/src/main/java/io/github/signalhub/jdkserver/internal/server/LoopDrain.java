package io.github.signalhub.jdkserver.internal.server;

import io.github.signalhub.jdkserver.internal.link.WebSocketLink;
import io.github.signalhub.jdkserver.internal.loop.NioLoop;
import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the connections of one loop in good order, those included that were accepted and not yet
 * placed when it began, and tells when none is left. Confined to the loop.
 */
final class LoopDrain {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(1); // the wheel's next tick

  /** What is to end. */
  enum Of {
    /** WebSockets; requests are still answered. */
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
    this.again = loop.timers().timer(this::look);
  }

  void begin() {
    look();
  }

  private void look() {
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
      again.start(LOOK_NANOS);
    }
  }

  private boolean concerns(SocketConnection connection) {
    return what == Of.ALL || connection.stage() instanceof WebSocketLink;
  }
}
