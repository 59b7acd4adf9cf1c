package io.github.signalhub.jdkserver.internal.httpconnection;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.jdkserver.internal.capacity.HandlerLimits;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.loop.TimerWheel;
import java.time.Duration;
import java.util.Set;

/**
 * The options of HTTP connections. Immutable.
 *
 * @param paths where the WebSocket is
 * @param admission decides which clients are let in
 * @param limits of requests
 * @param handlers how far requests and responses may keep handlers waiting
 * @param minBodyBytesPerSecond the least rate of a request body
 * @param timeouts how long anything may take
 */
public record HttpOptions(
    Set<String> paths,
    Admission admission,
    HttpLimits limits,
    HandlerLimits handlers,
    int minBodyBytesPerSecond,
    Timeouts timeouts) {

  /**
   * How long anything may take.
   *
   * @param handshake from the connection, or the first byte of a later request, to the end of the
   *     head and of the handshake hook
   * @param keepAlive from a response to the next request
   * @param exchange in which no byte of a request or its response moves, until both have ended
   */
  public record Timeouts(Duration handshake, Duration keepAlive, Duration exchange) {
    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is out of the range of timeouts
     */
    public Timeouts {
      TimerWheel.requireTimeout(handshake, "handshakeTimeout");
      TimerWheel.requireTimeout(keepAlive, "keepAliveTimeout");
      TimerWheel.requireTimeout(exchange, "exchangeTimeout");
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if the rate is not positive, there is no path, or a path does
   *     not begin with a slash
   */
  public HttpOptions {
    paths = Set.copyOf(paths);
    requireNonNull(admission, "admission");
    requireNonNull(limits, "limits");
    requireNonNull(handlers, "handlers");
    requireNonNull(timeouts, "timeouts");
    if (paths.isEmpty() || !paths.stream().allMatch(path -> path.startsWith("/"))) {
      throw new IllegalArgumentException("expected paths that begin with /, were " + paths);
    }
    if (minBodyBytesPerSecond <= 0) {
      throw new IllegalArgumentException(
          "expected minBodyBytesPerSecond > 0, was " + minBodyBytesPerSecond);
    }
  }
}
