package io.github.signalhub.benchmarks.servers;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.WebSocketServer;

/** Java-WebSocket with its defaults and TCP_NODELAY. */
public final class JavaWebSocketServer extends WebSocketServer {
  private JavaWebSocketServer() {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    setReuseAddr(true);
    setTcpNoDelay(true);
  }

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) {
    new JavaWebSocketServer().start();
  }

  @Override
  public void onStart() {
    System.out.println("port " + getPort());
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
    error.printStackTrace();
  }
}
