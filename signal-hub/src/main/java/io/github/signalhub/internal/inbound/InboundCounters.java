package io.github.signalhub.internal.inbound;

import java.util.concurrent.atomic.LongAdder;

/** Counts the messages of all clients of a hub. Thread-safe. */
public final class InboundCounters {
  final LongAdder bytes = new LongAdder();
  final LongAdder waiting = new LongAdder();
  final LongAdder tooLarge = new LongAdder();
  final LongAdder tooMany = new LongAdder();

  /** Creates counters of 0. */
  public InboundCounters() {}

  /** Returns how many bytes of messages came, those that were refused included. */
  public long bytes() {
    return bytes.sum();
  }

  /** Returns how many messages wait for listeners, or are in listeners. */
  public long waiting() {
    return waiting.sum();
  }

  /** Returns how many clients were closed for a message that is too large. */
  public long tooLarge() {
    return tooLarge.sum();
  }

  /** Returns how many clients were closed for too many messages a second. */
  public long tooMany() {
    return tooMany.sum();
  }
}
