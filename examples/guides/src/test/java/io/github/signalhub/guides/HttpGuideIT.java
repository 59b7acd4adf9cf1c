package io.github.signalhub.guides;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.jdkserver.SignalServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The code of docs/http.md. */
@Timeout(60)
class HttpGuideIT {
  private final Hub hub = Hub.create();
  private final SignalServerBuilder builder =
      SignalServer.builder(hub).bindAddress(InetAddress.getLoopbackAddress()).port(0);
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Test
  void aHandlerReturnsAndAnotherThreadAnswers() throws Exception {
    CompletableFuture<String> next = new CompletableFuture<>();

    // The handler returns at once, and another thread answers.
    builder.context("/next", exchange -> next.thenAccept(text -> answer(exchange, text)));

    server = builder.start();
    CompletableFuture<HttpResponse<String>> response = get("/next");
    next.completeAsync(() -> "a message");
    assertThat(response.get().body()).isEqualTo("a message");
  }

  @Test
  void aContextIsSetUpBeforeItsFirstRequest() throws Exception {
    HttpHandler handler = exchange -> answer(exchange, "for admins");
    BasicAuthenticator passwords =
        new BasicAuthenticator("admins") {
          @Override
          public boolean checkCredentials(String name, String password) {
            return false;
          }
        };

    builder.context("/admin", handler, context -> context.setAuthenticator(passwords));

    server = builder.start();
    assertThat(get("/admin").get().statusCode()).isEqualTo(401);
  }

  private CompletableFuture<HttpResponse<String>> get(String path) {
    URI uri = URI.create("http://localhost:" + server.port() + path);
    return HttpClient.newHttpClient()
        .sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
  }

  private static void answer(HttpExchange exchange, String text) {
    byte[] body = text.getBytes(UTF_8);
    try (exchange) {
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
