package io.github.signalhub.interop.compression;

import io.github.signalhub.jdkserver.Carrier;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.util.concurrent.TimeUnit;

/** Vert.x, with its option for compression. */
final class VertxClient extends CompressingClient {
  private final Vertx vertx = Vertx.vertx();
  private WebSocket socket;

  @Override
  String connect(URI uri, Carrier carrier) throws Exception {
    socket =
        vertx
            .createWebSocketClient(
                new WebSocketClientOptions()
                    .setTryUsePerMessageCompression(true)
                    .setTrustAll(true) // which certificates it trusts is not what is tried here
                    .setVerifyHost(false))
            .connect(
                new WebSocketConnectOptions()
                    .setHost(uri.getHost())
                    .setPort(uri.getPort())
                    .setURI(uri.getPath())
                    .setSsl(carrier == Carrier.TLS))
            .toCompletionStage()
            .toCompletableFuture()
            .get(SECONDS, TimeUnit.SECONDS);
    socket.textMessageHandler(this::received);
    socket.exceptionHandler(cause -> received(cause.toString()));
    socket.closeHandler(end -> received("closed " + socket.closeStatusCode()));
    return socket.headers().get("Sec-WebSocket-Extensions");
  }

  @Override
  void send(String text) {
    socket.writeTextMessage(text);
  }

  @Override
  void end() throws Exception {
    vertx.close().toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }
}
