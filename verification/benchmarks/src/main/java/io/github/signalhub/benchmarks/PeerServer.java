package io.github.signalhub.benchmarks;

import java.net.InetSocketAddress;
import java.util.concurrent.CompletableFuture;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** The same server on Java-WebSocket with its defaults: broadcasts each text of a client to all. */
final class PeerServer extends WebSocketServer {
  private final CompletableFuture<Integer> port = new CompletableFuture<>();

  private PeerServer() {
    super(new InetSocketAddress("127.0.0.1", 0));
    setReuseAddr(true);
    setTcpNoDelay(true);
  }

  /** Starts a server and returns its port. */
  static int startAny() {
    PeerServer server = new PeerServer();
    server.start();
    return server.port.join();
  }

  @Override
  public void onStart() {
    port.complete(getPort());
  }

  @Override
  public void onMessage(WebSocket connection, String message) {
    broadcast(message);
  }

  @Override
  public void onOpen(WebSocket connection, ClientHandshake handshake) {}

  @Override
  public void onClose(WebSocket connection, int code, String reason, boolean remote) {}

  @Override
  public void onError(WebSocket connection, Exception error) {
    port.completeExceptionally(error);
  }
}
