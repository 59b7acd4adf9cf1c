package io.github.signalhub.benchmarks.servers;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.server.WebSocketUpgradeHandler;

/** Jetty with its defaults, which include TCP_NODELAY. */
public final class JettyServer {
  private static final Set<Session> ALL = ConcurrentHashMap.newKeySet();

  private JettyServer() {}

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) throws Exception {
    Server server = new Server();
    Tls tls = Tls.of(args);
    SslContextFactory.Server encryption = null; // null means plain
    if (tls.isOn()) {
      encryption = new SslContextFactory.Server();
      encryption.setSslContext(tls.context());
    }
    ServerConnector connector = new ServerConnector(server, encryption);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    server.setHandler(
        WebSocketUpgradeHandler.from(
            server,
            container ->
                container.addMapping("/ws", (request, response, callback) -> new Broadcaster())));
    server.start();
    System.out.println("port " + connector.getLocalPort());
  }

  /** The endpoint of one client. Public, because Jetty calls it by reflection. */
  public static final class Broadcaster extends Session.Listener.Abstract {
    @Override
    public void onWebSocketOpen(Session session) {
      super.onWebSocketOpen(session);
      ALL.add(session);
      session.demand();
    }

    @Override
    public void onWebSocketText(String text) {
      for (Session each : ALL) {
        each.sendText(text, Callback.NOOP);
      }
      getSession().demand();
    }

    @Override
    public void onWebSocketClose(int code, String reason, Callback callback) {
      ALL.remove(getSession());
      callback.succeed();
    }
  }
}
