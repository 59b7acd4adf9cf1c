package io.github.signalhub.testkit;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.LongSupplier;

/**
 * One direction of a link. Texts arrive later and in order, unless the link is cut. Confined to the
 * test's thread.
 */
final class Pipe {
  private final Timeline timeline;
  private final LongSupplier delayNanos;
  private final Queue<Runnable> underWay = new ArrayDeque<>();
  private long last;
  private boolean cut;

  Pipe(Timeline timeline, LongSupplier delayNanos) {
    this.timeline = timeline;
    this.delayNanos = delayNanos;
  }

  /** Runs {@code arrival} at the other end, later. It is lost if the pipe is cut. */
  void send(Runnable arrival) {
    if (!cut) {
      last = Math.max(last, timeline.now() + delayNanos.getAsLong());
      underWay.add(arrival);
      timeline.at(last, this::arrive);
    }
  }

  /** Loses everything in transit, and everything after it. */
  void cut() {
    cut = true;
    underWay.clear();
  }

  private void arrive() {
    if (!cut) {
      underWay.remove().run();
    }
  }
}
