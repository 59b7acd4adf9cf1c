package io.github.signalhub.jdkserver.internal.net;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.admission.Admission;
import io.github.signalhub.jdkserver.internal.http.HttpLimits;
import io.github.signalhub.jdkserver.internal.ws.PermessageDeflate;
import io.github.signalhub.jdkserver.internal.ws.WebSocketLimits;
import io.github.signalhub.spi.LinkTimeouts;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import javax.net.ssl.SSLContext;

/**
 * What a server was configured to be; its builder documents each option. Immutable.
 *
 * @param address where to listen
 * @param paths where the WebSocket is
 * @param loops how many event loops
 * @param maxConcurrentExchanges how many requests may be in the application's hands, and how many
 *     handshakes
 * @param minBodyBytesPerSecond the least rate of a request body
 * @param httpLimits of requests
 * @param webSocketLimits of messages
 * @param maxUnfinishedBytes of messages of all clients together that have not arrived to the end
 * @param admission decides which clients are let in
 * @param timeouts how long anything may take
 * @param compressFromBytes from which length on messages are compressed; empty: none is
 * @param maxCompressionWindowBytes of what clients sent compressed and may refer back to
 * @param tls how connections are encrypted; empty: they are not
 * @param peers how many connections there may be
 * @param handlers how far requests and responses may keep handlers waiting
 * @param minMessageBytesPerSecond the least rate of a message of several packets
 * @param sendBufferBytes how much the system holds of what one connection is sent
 */
public record NetOptions(
    InetSocketAddress address,
    Set<String> paths,
    int loops,
    int maxConcurrentExchanges,
    int minBodyBytesPerSecond,
    HttpLimits httpLimits,
    WebSocketLimits webSocketLimits,
    long maxUnfinishedBytes,
    Admission admission,
    Timeouts timeouts,
    OptionalInt compressFromBytes,
    long maxCompressionWindowBytes,
    Optional<SSLContext> tls,
    PeerLimits peers,
    HandlerLimits handlers,
    int minMessageBytesPerSecond,
    int sendBufferBytes) {
  private static final int MAX_LOOPS = 1024;
  private static final int LEAST_SEND_BUFFER_BYTES = 4 << 10;
  private static final int MOST_SEND_BUFFER_BYTES = 16 << 20;

  /**
   * How long anything may take.
   *
   * @param handshake from the connection, or the first byte of a later request, to the end of the
   *     head and of the handshake hook
   * @param keepAlive from a response to the next request
   * @param exchange in which no byte of a request or its response moves, until both have ended
   * @param ping of silence, until a ping is sent
   * @param pong from a ping to any answer
   * @param write without a byte accepted by the peer
   * @param close from our close frame to the end
   */
  public record Timeouts(
      Duration handshake,
      Duration keepAlive,
      Duration exchange,
      Duration ping,
      Duration pong,
      Duration write,
      Duration close) {
    private static final Duration LONGEST = Duration.ofDays(1);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if one is not between 1 ms and a day
     */
    public Timeouts {
      requireRange(handshake, "handshakeTimeout");
      requireRange(keepAlive, "keepAliveTimeout");
      requireRange(exchange, "exchangeTimeout");
      requireRange(ping, "pingInterval");
      requireRange(pong, "pongTimeout");
      requireRange(write, "writeTimeout");
      requireRange(close, "closeTimeout");
    }

    /** Returns those of links; that a write is stuck is watched for all connections alike. */
    LinkTimeouts ofLinks() {
      return new LinkTimeouts(ping, pong, Duration.ZERO, close);
    }

    private static void requireRange(Duration value, String name) {
      requireNonNull(value, name);
      if (value.compareTo(Duration.ofMillis(1)) < 0 || value.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException("expected " + name + " of 1 ms to a day, was " + value);
      }
    }
  }

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a number is out of its range, there is no path, or one
   *     begins with no slash
   */
  public NetOptions {
    requireNonNull(address, "address");
    paths = Set.copyOf(paths);
    requireNonNull(httpLimits, "httpLimits");
    requireNonNull(webSocketLimits, "webSocketLimits");
    requireNonNull(admission, "admission");
    requireNonNull(timeouts, "timeouts");
    requireNonNull(tls, "tls");
    requireNonNull(peers, "peers");
    requireNonNull(handlers, "handlers");
    if (paths.isEmpty() || !paths.stream().allMatch(path -> path.startsWith("/"))) {
      throw new IllegalArgumentException("expected paths that begin with /, were " + paths);
    }
    if (compressFromBytes.orElse(0) < 0) {
      throw new IllegalArgumentException(
          "expected compressFromBytes of at least 0, was " + compressFromBytes.getAsInt());
    }
    if (maxCompressionWindowBytes < 0) {
      throw new IllegalArgumentException(
          "expected maxCompressionWindowBytes of at least 0, was " + maxCompressionWindowBytes);
    }
    long leastUnfinished = webSocketLimits.maxMessageBytes();
    if (compressFromBytes.isPresent()) {
      leastUnfinished += PermessageDeflate.INFLATER_BYTES;
    }
    if (maxUnfinishedBytes < leastUnfinished) { // or a message could be one too many by itself
      throw new IllegalArgumentException(
          "expected maxUnfinishedBytes of at least "
              + leastUnfinished
              + ", which the longest message takes, was "
              + maxUnfinishedBytes);
    }
    requirePositive(loops, "loops");
    if (loops > MAX_LOOPS) {
      throw new IllegalArgumentException("expected at most 1024 loops, was " + loops);
    }
    requirePositive(maxConcurrentExchanges, "maxConcurrentExchanges");
    requirePositive(minBodyBytesPerSecond, "minBodyBytesPerSecond");
    requirePositive(minMessageBytesPerSecond, "minMessageBytesPerSecond");
    if (sendBufferBytes < LEAST_SEND_BUFFER_BYTES || sendBufferBytes > MOST_SEND_BUFFER_BYTES) {
      throw new IllegalArgumentException(
          "expected sendBufferBytes of 4 KiB to 16 MiB, was " + sendBufferBytes);
    }
  }

  private static void requirePositive(int value, String name) {
    if (value <= 0) {
      throw new IllegalArgumentException("expected " + name + " > 0, was " + value);
    }
  }
}
