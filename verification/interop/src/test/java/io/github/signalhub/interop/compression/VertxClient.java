package io.github.signalhub.interop.compression;

import io.github.signalhub.jdkserver.Carrier;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.net.URI;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Vert.x, with its option for compression. */
final class VertxClient extends CompressingClient {
  private final Vertx vertx = Vertx.vertx();
  private volatile WebSocket socket;

  @Override
  String connect(URI uri, Carrier carrier) throws Exception {
    var extensions = new CompletableFuture<String>();
    // Vert.x reuses the headers after the callback, so the callback's thread sets up the client.
    vertx.runOnContext(
        start ->
            vertx
                .createWebSocketClient(
                    new WebSocketClientOptions()
                        .setTryUsePerMessageCompression(true)
                        .setTrustAll(true) // trust in certificates is not tested here
                        .setVerifyHost(false))
                .connect(
                    new WebSocketConnectOptions()
                        .setHost(uri.getHost())
                        .setPort(uri.getPort())
                        .setURI(uri.getPath())
                        .setSsl(carrier == Carrier.TLS))
                .map(this::listen)
                .onComplete(extensions::complete, extensions::completeExceptionally));
    return extensions.get(SECONDS, TimeUnit.SECONDS);
  }

  private String listen(WebSocket connected) {
    connected.textMessageHandler(this::received);
    connected.exceptionHandler(cause -> received(cause.toString()));
    connected.closeHandler(end -> received("closed " + connected.closeStatusCode()));
    socket = connected;
    return connected.headers().get("Sec-WebSocket-Extensions");
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
