package io.github.signalhub.interop.compression;

import io.github.signalhub.jdkserver.Carrier;
import jakarta.websocket.ClientEndpointConfig;
import jakarta.websocket.CloseReason;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.HandshakeResponse;
import jakarta.websocket.MessageHandler;
import jakarta.websocket.Session;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.glassfish.tyrus.client.ClientManager;
import org.glassfish.tyrus.client.ClientProperties;
import org.glassfish.tyrus.client.SslEngineConfigurator;
import org.glassfish.tyrus.ext.extension.deflate.PerMessageDeflateExtension;

/** Tyrus, the Jakarta client, with its extension for compression. */
final class TyrusClient extends CompressingClient {
  private final ClientManager client = ClientManager.createClient();
  private Session session;

  @Override
  String connect(URI uri, Carrier carrier) throws Exception {
    if (carrier == Carrier.TLS) {
      client
          .getProperties()
          .put(
              ClientProperties.SSL_ENGINE_CONFIGURATOR,
              new SslEngineConfigurator(Carrier.trusting(), true, false, false));
    }
    CompletableFuture<String> agreed = new CompletableFuture<>();
    ClientEndpointConfig config =
        ClientEndpointConfig.Builder.create()
            .extensions(List.of(new PerMessageDeflateExtension()))
            .configurator(
                new ClientEndpointConfig.Configurator() {
                  @Override
                  public void afterResponse(HandshakeResponse response) {
                    agreed.complete(
                        String.join(", ", response.getHeaders().get("Sec-WebSocket-Extensions")));
                  }
                })
            .build();
    session =
        client.asyncConnectToServer(new Messages(), config, uri).get(SECONDS, TimeUnit.SECONDS);
    return agreed.get(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  void send(String text) throws Exception {
    session.getBasicRemote().sendText(text);
  }

  @Override
  void end() throws Exception {
    session.close();
    client.shutdown();
  }

  private final class Messages extends Endpoint {
    @Override
    public void onOpen(Session opened, EndpointConfig config) {
      opened.addMessageHandler(
          new MessageHandler.Whole<String>() {
            @Override
            public void onMessage(String message) {
              received(message);
            }
          });
    }

    @Override
    public void onClose(Session closed, CloseReason reason) {
      received("closed " + reason.getCloseCode().getCode());
    }

    @Override
    public void onError(Session failed, Throwable cause) {
      received(cause.toString());
    }
  }
}
