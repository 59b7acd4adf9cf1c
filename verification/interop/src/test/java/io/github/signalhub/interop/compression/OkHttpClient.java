package io.github.signalhub.interop.compression;

import io.github.signalhub.jdkserver.Carrier;
import java.net.URI;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.X509TrustManager;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;

/** OkHttp, which offers compression by default and uses it from 1 KiB on. */
final class OkHttpClient extends CompressingClient {
  private final okhttp3.OkHttpClient client =
      new okhttp3.OkHttpClient.Builder()
          .sslSocketFactory(Carrier.trusting().getSocketFactory(), new Anybody())
          .build();
  private WebSocket socket;

  @Override
  String connect(URI uri, Carrier carrier) throws Exception {
    CompletableFuture<String> agreed = new CompletableFuture<>();
    socket =
        client.newWebSocket(
            new Request.Builder().url(uri.toString()).build(),
            new WebSocketListener() {
              @Override
              public void onOpen(WebSocket opened, Response response) {
                agreed.complete(response.header("Sec-WebSocket-Extensions", ""));
              }

              @Override
              public void onMessage(WebSocket from, String text) {
                received(text);
              }

              @Override
              public void onClosing(WebSocket from, int code, String reason) {
                received("closed " + code);
              }

              @Override
              public void onFailure(WebSocket from, Throwable cause, Response response) {
                agreed.completeExceptionally(cause);
                received(cause.toString());
              }
            });
    return agreed.get(SECONDS, TimeUnit.SECONDS);
  }

  @Override
  void send(String text) {
    socket.send(text);
  }

  @Override
  void end() {
    socket.cancel();
    client.dispatcher().executorService().shutdownNow();
    client.connectionPool().evictAll();
  }

  /** OkHttp uses it only to order certificates. The SSL context decides about trust. */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
