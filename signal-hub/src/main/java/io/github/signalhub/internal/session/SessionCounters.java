package io.github.signalhub.internal.session;

import io.github.signalhub.internal.counters.Counters;
import io.github.signalhub.spi.ClientLimit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Counts for all sessions of a hub. A shard adds its deliveries once for many sessions, so that a
 * delivery costs an addition. Thread-safe.
 */
public final class SessionCounters {
  final LongAdder delivered = new LongAdder();
  final LongAdder sentBytes = new LongAdder();
  final LongAdder gaps = new LongAdder();
  final LongAdder lags = new LongAdder();
  final LongAdder resumed = new LongAdder();
  final LongAdder notResumed = new LongAdder();
  final LongAdder late = new LongAdder();

  /** The clients that reached a limit of their carrier. */
  final Counters<ClientLimit> limits = Counters.of(ClientLimit.class);

  /** Creates counters of 0. */
  public SessionCounters() {}

  /** Returns how many messages were accepted by links, counted for each link. */
  public long delivered() {
    return delivered.sum();
  }

  /** Returns how many bytes were accepted by links: of frames, control messages included. */
  public long sentBytes() {
    return sentBytes.sum();
  }

  /** Returns how often clients were told that messages are missing. */
  public long gaps() {
    return gaps.sum();
  }

  /** Returns how often a client was too slow for what its topics keep. */
  public long lags() {
    return lags.sum();
  }

  /** Returns how many clients came back and went on after the id that they named. */
  public long resumed() {
    return resumed.sum();
  }

  /** Returns how many clients came back and could not. */
  public long notResumed() {
    return notResumed.sum();
  }

  /** Returns how many clients were closed because the log did not get their ids in time. */
  public long late() {
    return late.sum();
  }

  /** Returns how many clients reached a limit. */
  public long reached(ClientLimit limit) {
    return limits.of(limit);
  }
}
