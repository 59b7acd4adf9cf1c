package io.github.signalhub.jdkserver.internal.capacity;

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
    StatusCounts refusedRequests,
    StatusCounts refusedHandshakes,
    LongAdder failedTls,
    LimitHits limits) {

  /** Creates counters that are 0. */
  public ServerCounts() {
    this(
        new LongAdder(),
        new LongAdder(),
        new LongAdder(),
        new StatusCounts(),
        new StatusCounts(),
        new LongAdder(),
        new LimitHits());
  }
}
