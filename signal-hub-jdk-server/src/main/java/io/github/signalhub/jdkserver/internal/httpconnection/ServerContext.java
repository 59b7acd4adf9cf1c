package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.Capacity;
import io.github.signalhub.jdkserver.internal.capacity.ConnectionPermits;
import io.github.signalhub.jdkserver.internal.capacity.Limit;
import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.link.LinkContext;
import io.github.signalhub.jdkserver.internal.socket.SocketConnection;
import io.github.signalhub.spi.Transport;
import java.net.InetAddress;

/**
 * The things that all connections of a server share. Thread-safe.
 *
 * @param options of HTTP connections
 * @param http the contexts of handlers
 * @param transport tells whether handshakes are accepted
 * @param capacity threads, places and memory
 * @param permits count the connections
 * @param clock for Date fields
 * @param links the things that all WebSocket links share
 */
public record ServerContext(
    HttpOptions options,
    HubHttpServer http,
    Transport transport,
    Capacity capacity,
    ConnectionPermits permits,
    HttpClock clock,
    LinkContext links) {
  /** Counts that a limit was reached. */
  void hit(Limit limit) {
    capacity.counts().limits().count(limit);
  }

  /** Counts the limit that a request was beyond, if it was refused for that. */
  void hitLimitOf(HttpException refused) {
    refused
        .limit()
        .ifPresent(
            kind ->
                hit(
                    switch (kind) {
                      case HEAD_BYTES -> Limit.MAX_REQUEST_HEAD_BYTES;
                      case BODY_BYTES -> Limit.MAX_REQUEST_BODY_BYTES;
                    }));
  }

  /**
   * Counts a connection for a client that a proxy named, until the connection ends.
   *
   * @return {@code false} if this client has too many connections
   */
  public boolean tryCount(SocketConnection connection, InetAddress client) {
    boolean counts = permits.tryTakeFor(client);
    if (counts) {
      connection.atEnd(() -> permits.giveBackFor(client));
    }
    return counts;
  }
}
