package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.counters.CodeCounters;
import io.github.signalhub.internal.counters.Counters;
import java.util.concurrent.atomic.LongAdder;

/**
 * The things that a server counts from its start on, none of them for each message. Thread-safe.
 *
 * @param accepted connections that were accepted, also those that were closed at once
 * @param closedUnread connections that were closed before they were read
 * @param requests whose head was read, handshakes included
 * @param refusedRequests that the server answered with an error itself
 * @param refusedHandshakes of WebSockets
 * @param failedTls connections whose handshake of TLS failed
 * @param limits that were reached
 */
public record ServerCounts(
    LongAdder accepted,
    LongAdder closedUnread,
    LongAdder requests,
    CodeCounters refusedRequests,
    CodeCounters refusedHandshakes,
    LongAdder failedTls,
    Counters<Limit> limits) {

  /** Creates counters that are 0. */
  public ServerCounts() {
    this(
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        byStatus(),
        byStatus(),
        new LongAdder(),
        Counters.of(Limit.class));
  }

  /** Returns counters of the statuses that the server itself gives. A hook may give any other. */
  static CodeCounters byStatus() {
    return new CodeCounters(
        400, 401, 403, 404, 405, 408, 413, 414, 417, 421, 426, 429, 431, 500, 501, 503, 505);
  }
}
