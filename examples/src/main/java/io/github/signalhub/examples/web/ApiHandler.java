package io.github.signalhub.examples.web;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.json.Json;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What all endpoints have in common: JSON in and out, errors as {@code {"error": {"code",
 * "message"}}}, a limit on bodies, no caching. Thread-safe if the subclass is.
 */
abstract class ApiHandler implements HttpHandler {
  /** A larger request body is answered with 413. */
  static final int MAX_BODY_BYTES = 4096;

  private static final System.Logger LOG = System.getLogger(ApiHandler.class.getName());

  /** An answer: status and the value that becomes its JSON body. */
  record Answer(int status, Object body) {}

  /** Answers a request; the exchange's response is not touched. */
  abstract Answer answer(HttpExchange exchange) throws IOException, HttpError;

  @Override
  public final void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      Answer answer;
      try {
        answer = answer(exchange);
      } catch (HttpError e) {
        answer = new Answer(e.status(), error(e.code(), e.getMessage()));
      } catch (RuntimeException e) {
        LOG.log(Level.WARNING, "A request could not be answered", e);
        answer = new Answer(500, error("internal", "The request could not be answered."));
      }
      send(exchange, answer);
    }
  }

  /**
   * Refuses all methods but {@code method}; a HEAD passes for a GET.
   *
   * @throws HttpError 405, with the header {@code Allow} set
   */
  static void allow(HttpExchange exchange, String method) throws HttpError {
    String allowed = method.equals("GET") ? "GET, HEAD" : method;
    if (!allowed.contains(exchange.getRequestMethod())) {
      exchange.getResponseHeaders().set("Allow", allowed);
      throw new HttpError(405, "method_not_allowed", "This path takes " + allowed + " only.");
    }
  }

  /** The answer to a path that no endpoint has. */
  static HttpError notFound() {
    return new HttpError(404, "not_found", "There is nothing at this path.");
  }

  /**
   * Reads a body that must be empty or a JSON object.
   *
   * @throws HttpError 413 if it is too large, 400 if it is anything else
   */
  static Map<?, ?> readObject(HttpExchange exchange) throws IOException, HttpError {
    byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES + 1);
    if (body.length > MAX_BODY_BYTES) {
      throw new HttpError(
          413, "too_large", "Expected a body of at most " + MAX_BODY_BYTES + " bytes.");
    }
    if (body.length == 0) {
      return Map.of();
    }
    try {
      String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
      if (Json.parse(text) instanceof Map<?, ?> object) {
        return object;
      }
    } catch (CharacterCodingException | IllegalArgumentException e) {
      LOG.log(Level.DEBUG, "malformed request body of " + body.length + " bytes");
    }
    throw new HttpError(400, "malformed", "Expected an empty body or a JSON object.");
  }

  private static Map<String, Object> error(String code, String message) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("code", code);
    error.put("message", message);
    return Map.of("error", error);
  }

  private static void send(HttpExchange exchange, Answer answer) throws IOException {
    byte[] body = Json.write(answer.body()).getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.sendResponseHeaders(answer.status(), -1);
    } else {
      exchange.sendResponseHeaders(answer.status(), body.length);
      exchange.getResponseBody().write(body);
    }
  }
}
