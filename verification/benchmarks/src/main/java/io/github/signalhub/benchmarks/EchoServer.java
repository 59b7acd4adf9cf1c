package io.github.signalhub.benchmarks;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.jdkserver.SignalServerBuilder;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Registrar;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/**
 * Sends every message back to its sender, on {@code /} and {@code /ws}, without a hub. It is the
 * real transport with its default limits, for tools that test the protocol. Any page may connect,
 * by any host name.
 */
final class EchoServer implements Registrar {
  private final int maxMessageBytes;

  private EchoServer(int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
  }

  @Override
  public int maxClientMessageBytes() {
    return maxMessageBytes;
  }

  /**
   * Starts a server.
   *
   * @param address the address to listen on
   * @param port the port; 0 picks one
   * @param maxMessageBytes the longest message
   * @param tls the encryption of connections; empty: none
   */
  static SignalServer start(
      InetAddress address, int port, int maxMessageBytes, Optional<SSLContext> tls)
      throws IOException {
    SignalServerBuilder builder =
        SignalServer.builder(new EchoServer(maxMessageBytes))
            .bindAddress(address)
            .port(port)
            .paths("/", "/ws")
            .allowAnyOrigin()
            .allowAnyHost();
    tls.ifPresent(builder::tls);
    return builder.start();
  }

  @Override
  public Inbound register(Connection connection, Handshake handshake) {
    return new EchoLink(connection);
  }

  @Override
  public void unregister(Inbound inbound, DisconnectReason reason) {}
}
