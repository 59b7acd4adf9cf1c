package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.jdkserver.SignalServerBuilder;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The code of docs/publish-from-outside.md. */
@Timeout(60)
class PublishFromOutsideGuideIT {
  private static final String TOKEN = "a-secret-of-the-shop";
  private static final String ORDER =
      "{\"topic\":\"orders\",\"type\":\"ORDER\",\"payload\":{\"number\":7}}";

  private final HttpClient http = HttpClient.newHttpClient();
  private Hub hub = Hub.create();
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Test
  void aPostIsPublishedAndAnsweredWithItsId() throws Exception {
    start();

    HttpResponse<String> response = post(ORDER);

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).isEqualTo("{\"id\":\"" + hub.lastId() + "\"}");
    assertThat(published()).containsExactly("ORDER {number=7}");
  }

  @Test
  void withoutTheTokenNothingIsPublished() throws Exception {
    start();

    HttpResponse<String> response =
        send(request(ORDER).setHeader("Authorization", "Bearer guessed"));

    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.headers().firstValue("WWW-Authenticate")).contains("Bearer");
    assertThat(published()).isEmpty();
  }

  @Test
  void aRepeatOfAKeyIsAnsweredWithTheFirstIdAndPublishedOnce() throws Exception {
    start();

    List<CompletableFuture<HttpResponse<String>>> responses =
        IntStream.range(0, 20)
            .mapToObj(i -> http.sendAsync(request(ORDER, "key-1").build(), BodyHandlers.ofString()))
            .toList();

    assertThat(responses)
        .allSatisfy(
            response -> {
              assertThat(response.get().statusCode()).isEqualTo(200);
              assertThat(response.get().body()).contains(hub.lastId());
            });
    assertThat(published()).hasSize(1);
    assertThat(send(request(ORDER, "key-2")).statusCode()).isEqualTo(200);
    assertThat(published()).hasSize(2);
  }

  @Test
  void aKeyOfSomethingElseIsRefused() throws Exception {
    start();
    send(request(ORDER, "key-1"));

    HttpResponse<String> response = send(request(ORDER.replace("7", "8"), "key-1"));

    assertThat(response.statusCode()).isEqualTo(422);
    assertThat(published()).hasSize(1);
  }

  @Test
  void aRefusedPublicationIsTriedAgainWithItsKey() throws Exception {
    hub =
        Hub.builder()
            .topic(
                "orders",
                TopicOptions.DEFAULT.compactBy(m -> m.payload().toString()).withMaxKeys(1))
            .build();
    start();
    hub.topic("orders").publish("ORDER", Map.of("number", 1));

    HttpResponse<String> refused = send(request(ORDER, "key-1"));
    hub.topic("orders").clear();
    HttpResponse<String> accepted = send(request(ORDER, "key-1"));

    assertThat(refused.statusCode()).isEqualTo(429);
    assertThat(refused.headers().firstValue("Retry-After")).contains("1");
    assertThat(accepted.statusCode()).isEqualTo(200);
  }

  @Test
  void aClosedHubIs503() throws Exception {
    start();
    Hub closed = Hub.create();
    closed.close(Duration.ZERO);
    server.context("/publish/closed", new PublishHandler(closed));

    HttpResponse<String> response = send(at("/publish/closed", ORDER));

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).contains("1");
  }

  @Test
  void whatIsLongerThanAMessageMayBeIs413() throws Exception {
    hub = Hub.builder().maxPublishedBytes(10_000).build();
    start();

    assertThat(post(ORDER.replace("7", "\"" + "x".repeat(20_000) + "\"")).statusCode())
        .isEqualTo(413);
    assertThat(post(ORDER.replace("7", "\"" + "x".repeat(90_000) + "\"")).statusCode())
        .isEqualTo(413);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "{\"topic\":\"orders\",\"payload\":1}",
        "{\"topic\":\"$broadcast\",\"type\":\"ORDER\",\"payload\":1}",
        "{\"topic\":\"orders\",\"type\":\"$hello\",\"payload\":1}",
        "{\"topic\":\"orders\",\"type\":7,\"payload\":1}"
      })
  void whatIsNoPublicationIs400AndSaysWhy(String body) throws Exception {
    start();

    HttpResponse<String> response = post(body);

    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).startsWith("{\"error\":\"");
    assertThat(published()).isEmpty();
  }

  @Test
  void otherMethodsAre405AndLongKeysAre400() throws Exception {
    start();

    HttpResponse<String> response = send(request("").GET());

    assertThat(response.statusCode()).isEqualTo(405);
    assertThat(response.headers().firstValue("Allow")).contains("POST");
    assertThat(send(request(ORDER, "k".repeat(129))).statusCode()).isEqualTo(400);
  }

  private void start() throws Exception {
    SignalServerBuilder builder =
        SignalServer.builder(hub).bindAddress(InetAddress.getLoopbackAddress()).port(0);
    String token = TOKEN;

    builder.context(
        "/publish",
        new PublishHandler(hub),
        context -> context.setAuthenticator(new PublishTokens(token)));
    builder.maxRequestBodyBytes(64 * 1024);

    server = builder.start();
  }

  private List<String> published() {
    return hub.topic("orders").history(100).messages().stream()
        .map(message -> message.message().type() + " " + message.message().payload())
        .toList();
  }

  private HttpResponse<String> post(String body) throws Exception {
    return send(request(body));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String body) {
    return at("/publish", body);
  }

  private HttpRequest.Builder at(String path, String body) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
        .header("Authorization", "Bearer " + TOKEN)
        .POST(BodyPublishers.ofString(body));
  }

  private HttpRequest.Builder request(String body, String key) {
    return request(body).header("Idempotency-Key", key);
  }
}
