package io.github.signalhub.jdkserver;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A short answer to GET and HEAD, which nobody may keep. Immutable. */
record PlainAnswer(int status, String contentType, String body) {
  private static final String ALLOWED = "GET, HEAD";

  /** Answers with 405 if the method is another one. Returns whether it did. */
  static boolean refusesMethod(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    if (method.equals("GET") || method.equals("HEAD")) {
      return false;
    }
    exchange.getResponseHeaders().set("Allow", ALLOWED);
    exchange.sendResponseHeaders(405, -1);
    return true;
  }

  /** Sends the answer, without its body in answer to HEAD. */
  void send(HttpExchange exchange) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", contentType);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(bytes.length));
      exchange.sendResponseHeaders(status, -1);
    } else {
      exchange.sendResponseHeaders(status, bytes.length);
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }
}
