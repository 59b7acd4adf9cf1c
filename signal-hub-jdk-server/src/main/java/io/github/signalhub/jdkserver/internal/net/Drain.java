package io.github.signalhub.jdkserver.internal.net;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Ends the connections of one loop in good order, those included that were accepted and not yet
 * placed when it began, and tells when none is left. Confined to the loop.
 */
final class Drain {
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

  Drain(NioLoop loop, Of what, CountDownLatch empty) {
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
      if (each instanceof Endpoint endpoint && concerns(endpoint)) {
        endpoint.drain();
        none &= !endpoint.isOpen();
      }
    }
    if (none) {
      empty.countDown();
    } else {
      again.start(LOOK_NANOS);
    }
  }

  private boolean concerns(Endpoint endpoint) {
    return what == Of.ALL || endpoint.stage() instanceof WebSocketLink;
  }
}
