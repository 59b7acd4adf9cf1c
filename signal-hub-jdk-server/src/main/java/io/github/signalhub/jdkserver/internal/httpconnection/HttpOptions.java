package io.github.signalhub.jdkserver.internal.httpconnection;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.jdkserver.internal.capacity.HandlerLimits;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import java.time.Duration;
import java.util.Set;

/**
 * The options of HTTP connections. Immutable.
 *
 * @param paths of the WebSocket
 * @param admission decides which clients are let in
 * @param limits of requests
 * @param handlers the limits on requests and responses that handlers have or wait for
 * @param minBodyBytesPerSecond the least rate of a request body
 * @param timeouts of HTTP connections
 */
public record HttpOptions(
    Set<String> paths,
    Admission admission,
    HttpLimits limits,
    HandlerLimits handlers,
    int minBodyBytesPerSecond,
    Timeouts timeouts) {

  /**
   * The timeouts of HTTP connections.
   *
   * @param handshake from the connection, or from the first byte of a later request, to the end of
   *     the head and of the handshake hook
   * @param keepAlive from a response to the next request
   * @param exchange the longest time in which no byte of an incomplete exchange moves
   */
  public record Timeouts(Duration handshake, Duration keepAlive, Duration exchange) {}

  /** Checks that nothing is {@code null}. */
  public HttpOptions {
    paths = Set.copyOf(paths);
    requireNonNull(admission, "admission");
    requireNonNull(limits, "limits");
    requireNonNull(handlers, "handlers");
    requireNonNull(timeouts, "timeouts");
  }
}
