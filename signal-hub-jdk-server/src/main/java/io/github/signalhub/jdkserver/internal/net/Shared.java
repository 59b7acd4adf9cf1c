package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.exchange.HubHttpServer;
import io.github.signalhub.jdkserver.internal.ws.MessageMemory;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake;
import io.github.signalhub.spi.Registrar;
import io.github.signalhub.spi.Transport;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;

/**
 * What all connections of a server have in common. Thread-safe.
 *
 * @param options what the server was configured to be
 * @param registrar where links are registered
 * @param http the contexts for everything that is no WebSocket
 * @param handshake the rules of a handshake
 * @param transport whether it takes handshakes
 * @param capacity threads, places and memory, which all connections share
 * @param clock for Date fields
 * @param compression what the links share to write their messages
 * @param memory for the messages that they have not received to the end
 * @param census how many connections there are
 */
record Shared(
    NetOptions options,
    Registrar registrar,
    HubHttpServer http,
    WebSocketHandshake handshake,
    Transport transport,
    Capacity capacity,
    HttpClock clock,
    Compression compression,
    MessageMemory memory,
    Census census) {

  /**
   * Returns where a connection has something computed.
   *
   * @throws IOException if the channel is not connected any more
   */
  Executor computing(SocketChannel channel) throws IOException {
    InetSocketAddress remote = (InetSocketAddress) channel.getRemoteAddress();
    if (remote == null) {
      throw new IOException("expected a connected channel");
    }
    long address = Census.key(remote.getAddress());
    return task -> capacity.computing().submit(address, task);
  }
}
