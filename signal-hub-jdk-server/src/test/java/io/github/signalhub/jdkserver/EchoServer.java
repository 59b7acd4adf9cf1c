package io.github.signalhub.jdkserver;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.internal.capacity.ServerThreads;
import io.github.signalhub.jdkserver.internal.server.NioTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;

/**
 * The real transport with the smallest application, an echo of each message. It shows the wire
 * without a hub's envelopes, and answers on the loop at once.
 */
public final class EchoServer implements AutoCloseable {
  private final NioTransport transport;
  private final ExecutorService executor = Executors.newCachedThreadPool();
  private final ServerThreads threads =
      new ServerThreads(Optional.of(executor), Optional.of(executor));
  private final EchoRegistrar echo;
  private final Carrier carrier;

  private EchoServer(
      Carrier carrier, EchoRegistrar echo, UnaryOperator<SignalServerBuilder> options)
      throws IOException {
    this.carrier = carrier;
    this.echo = echo;
    SignalServerBuilder builder = carrier.secure(SignalServer.builder(echo).port(0));
    transport = options.apply(builder).transport(threads);
    transport.start(echo);
  }

  public static EchoServer start() throws IOException {
    return start(options -> options);
  }

  /** Starts on a free port with these options, the WebSocket at {@code /ws}. */
  public static EchoServer start(UnaryOperator<SignalServerBuilder> options) throws IOException {
    return start(Carrier.TCP, options);
  }

  public static EchoServer start(Carrier carrier) throws IOException {
    return start(carrier, options -> options);
  }

  /** Starts as {@link #start(UnaryOperator)}, with or without TLS. */
  public static EchoServer start(Carrier carrier, UnaryOperator<SignalServerBuilder> options)
      throws IOException {
    return new EchoServer(carrier, new EchoRegistrar(1 << 20), options);
  }

  /** Starts with a limit of a client's message. */
  public static EchoServer start(Carrier carrier, int maxMessageBytes) throws IOException {
    return new EchoServer(carrier, new EchoRegistrar(maxMessageBytes), options -> options);
  }

  /** Returns a connected client, after the TLS handshake if there is one. */
  public RawClient connect() throws IOException {
    return new RawClient(carrier.connect(port()));
  }

  /** Returns a client after the handshake at {@code /ws}. */
  public RawClient openWebSocket() throws IOException {
    return connect().openWebSocket("/ws");
  }

  public int port() {
    return transport.address().getPort();
  }

  /** Waits for the next connection to end, and returns the reason. */
  public DisconnectReason end() throws InterruptedException {
    return echo.end();
  }

  /** Drains all clients. */
  public void drain(Duration atMost) throws InterruptedException {
    transport.drain(atMost);
  }

  @Override
  public void close() {
    transport.stop();
    threads.close();
    executor.shutdownNow();
  }
}
