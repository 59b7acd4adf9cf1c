package io.github.signalhub.guides;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.json.Json;
import io.github.signalhub.json.RawJson;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/** Publishes what other programs post. Remembers the newest idempotency keys. Thread-safe. */
final class PublishHandler implements HttpHandler {
  record Publication(String topic, String type, RawJson payload) {}

  private record Sent(Publication publication, CompletionStage<PublishResult> result) {}

  private static final int MAX_KEYS = 10_000;
  private static final int MAX_KEY_LENGTH = 128;

  private final Hub hub;
  private final Map<String, Sent> sentByKey =
      Collections.synchronizedMap(
          new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<String, Sent> eldest) {
              return size() > MAX_KEYS;
            }
          });

  PublishHandler(Hub hub) {
    this.hub = hub;
  }

  @Override
  public void handle(HttpExchange exchange) throws IOException {
    String key = exchange.getRequestHeaders().getFirst("Idempotency-Key");
    String body = new String(exchange.getRequestBody().readAllBytes(), UTF_8);
    if (!exchange.getRequestMethod().equals("POST")) {
      exchange.getResponseHeaders().set("Allow", "POST");
      answer(exchange, 405, "expected POST");
    } else if (key != null && key.length() > MAX_KEY_LENGTH) {
      answer(exchange, 400, "expected a key of at most " + MAX_KEY_LENGTH + " characters");
    } else {
      try {
        publish(exchange, key, Json.read(body, Publication.class));
      } catch (IllegalArgumentException e) { // no JSON, a member is missing, or a bad name
        answer(exchange, 400, e.getMessage());
      }
    }
  }

  private void publish(HttpExchange exchange, String key, Publication wanted) {
    Sent sent = key == null ? send(wanted) : sentByKey.computeIfAbsent(key, first -> send(wanted));
    if (!sent.publication().equals(wanted)) {
      answer(exchange, 422, "expected what this Idempotency-Key published before");
      return;
    }
    sent.result() // known at once, unless the hub has several nodes
        .thenAcceptAsync(
            result -> {
              if (!result.isAccepted()) {
                sentByKey.remove(key, sent); // so a repeat publishes
              }
              answer(exchange, result);
            });
  }

  private Sent send(Publication wanted) {
    Message message = Message.of(wanted.type(), wanted.payload());
    return new Sent(wanted, hub.topic(wanted.topic()).publish(message).settled());
  }

  private static void answer(HttpExchange exchange, PublishResult result) {
    int status =
        switch (result.status()) {
          case ACCEPTED -> 200;
          case TOO_LARGE -> 413;
          case OVERLOADED, TOO_MANY_KEYS, TABLES_FULL -> 429;
          case UNCONFIRMED -> 504; // it may have been published
          default -> 503; // the hub is closed, or cannot reach the other nodes
        };
    if (result.isRetryable() || status == 503) {
      exchange.getResponseHeaders().set("Retry-After", "1");
    }
    answer(exchange, status, result.id().orElse(result.status().name()));
  }

  private static void answer(HttpExchange exchange, int status, String text) {
    byte[] body = Json.writeBytes(Map.of(status == 200 ? "id" : "error", text));
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
