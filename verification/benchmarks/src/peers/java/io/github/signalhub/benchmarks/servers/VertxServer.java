package io.github.signalhub.benchmarks.servers;

import io.github.signalhub.benchmarks.SelfSigned;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.PfxOptions;
import java.util.LinkedHashSet;
import java.util.Set;

/** Vert.x on the native epoll of Netty, with its defaults, which include TCP_NODELAY. */
public final class VertxServer {
  private VertxServer() {}

  /** Starts the server. It runs until the process is ended. */
  public static void main(String[] args) throws Exception {
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    Set<ServerWebSocket> all = new LinkedHashSet<>(); // confined to the server's event loop
    HttpServerOptions options = new HttpServerOptions().setTcpNoDelay(true);
    Tls tls = Tls.of(args);
    if (tls.isOn()) {
      options
          .setSsl(true)
          .setKeyCertOptions(
              new PfxOptions().setPath(tls.file().toString()).setPassword(SelfSigned.PASSWORD));
    }
    HttpServer server =
        vertx
            .createHttpServer(options)
            .webSocketHandler(
                socket -> {
                  all.add(socket);
                  socket.closeHandler(ignored -> all.remove(socket));
                  socket.textMessageHandler(
                      text -> {
                        for (ServerWebSocket each : all) {
                          each.writeTextMessage(text);
                        }
                      });
                });
    server.listen(0, "127.0.0.1").toCompletionStage().toCompletableFuture().get();
    System.out.println(
        "port " + server.actualPort() + (vertx.isNativeTransportEnabled() ? "" : " no epoll"));
  }
}
