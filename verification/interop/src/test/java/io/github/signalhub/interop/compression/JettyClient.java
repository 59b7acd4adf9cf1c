package io.github.signalhub.interop.compression;

import io.github.signalhub.jdkserver.Carrier;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.transport.HttpClientTransportDynamic;
import org.eclipse.jetty.io.ClientConnector;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.websocket.api.Callback;
import org.eclipse.jetty.websocket.api.Session;
import org.eclipse.jetty.websocket.client.ClientUpgradeRequest;
import org.eclipse.jetty.websocket.client.WebSocketClient;

/** Jetty's client, with its extension for compression. */
final class JettyClient extends CompressingClient {
  private WebSocketClient client;
  private Session session;

  @Override
  String connect(URI uri, Carrier carrier) throws Exception {
    SslContextFactory.Client tls = new SslContextFactory.Client();
    tls.setSslContext(Carrier.trusting());
    ClientConnector connector = new ClientConnector();
    connector.setSslContextFactory(tls);
    client = new WebSocketClient(new HttpClient(new HttpClientTransportDynamic(connector)));
    client.start();
    ClientUpgradeRequest request = new ClientUpgradeRequest();
    request.addExtensions("permessage-deflate");
    session = client.connect(new Messages(), uri, request).get(SECONDS, TimeUnit.SECONDS);
    return session.getUpgradeResponse().getHeader("Sec-WebSocket-Extensions");
  }

  @Override
  void send(String text) {
    session.sendText(text, Callback.NOOP);
  }

  @Override
  void end() throws Exception {
    client.stop();
  }

  /** Public, as Jetty requires. */
  public final class Messages implements Session.Listener.AutoDemanding {
    @Override
    public void onWebSocketText(String message) {
      received(message);
    }

    @Override
    public void onWebSocketClose(int code, String reason) {
      received("closed " + code);
    }

    @Override
    public void onWebSocketError(Throwable cause) {
      received(cause.toString());
    }
  }
}
