package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.Capacity;
import io.github.signalhub.jdkserver.internal.capacity.ConnectionPermits;
import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
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
