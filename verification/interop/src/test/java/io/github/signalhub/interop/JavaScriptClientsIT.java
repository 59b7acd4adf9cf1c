package io.github.signalhub.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs {@code ws}, {@code undici} and a browser. The checks are in {@code interop/test}. */
@Timeout(120)
class JavaScriptClientsIT {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"ws, TCP", "undici, TCP", "chromium, TCP", "ws, TLS", "undici, TLS", "chromium, TLS"})
  void exchangeAllKindsOfMessages(String client, Carrier carrier) throws Exception {
    File output = folder.resolve("output").toFile();
    try (EchoServer server =
        EchoServer.start(
            carrier,
            options ->
                options
                    .allowAnyOrigin()
                    .context("/", exchange -> answerPage(exchange, "<!doctype html>")))) {
      ProcessBuilder node =
          new ProcessBuilder(
                  "node", "--test", "--test-reporter=spec", "test/" + client + ".test.js")
              .redirectErrorStream(true)
              .redirectOutput(output);
      node.environment().put("ECHO_SCHEME", carrier.scheme());
      node.environment().put("ECHO_PORT", Integer.toString(server.port()));
      if (carrier == Carrier.TLS) { // trust in certificates is not tested here
        node.environment().put("NODE_TLS_REJECT_UNAUTHORIZED", "0");
      }

      Process process = node.start();

      boolean ended = process.waitFor(90, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended ? process.exitValue() : -1)
          .as(() -> client + " says: " + read(output.toPath()))
          .isZero();
    }
  }

  private static void answerPage(com.sun.net.httpserver.HttpExchange exchange, String html)
      throws java.io.IOException {
    byte[] body = html.getBytes(UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/html");
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (java.io.IOException e) {
      return e.toString();
    }
  }
}
