package io.github.signalhub.benchmarks.servers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import org.java_websocket.WebSocket;
import org.java_websocket.handshake.ClientHandshake;
import org.java_websocket.server.DefaultSSLWebSocketServerFactory;
import org.java_websocket.server.WebSocketServer;

/** Java-WebSocket with its defaults and TCP_NODELAY. */
public final class JavaWebSocketServer extends WebSocketServer {
  private JavaWebSocketServer() {
    super(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    setReuseAddr(true);
    setTcpNoDelay(true);
  }

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) throws IOException, GeneralSecurityException {
    JavaWebSocketServer server = new JavaWebSocketServer();
    Tls tls = Tls.of(args);
    if (tls.isOn()) {
      server.setWebSocketFactory(new DefaultSSLWebSocketServerFactory(tls.context()));
    }
    server.start();
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
