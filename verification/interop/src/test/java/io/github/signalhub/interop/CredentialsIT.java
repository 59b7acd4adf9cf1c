package io.github.signalhub.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.Hub;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The hook with tokens that end. The checks are in {@code interop/test/credentials.test.js}. */
@Timeout(120)
class CredentialsIT {
  /** Short for a test that sees several ends; a page that is late fetches another token. */
  private static final Duration LIFETIME = Duration.ofSeconds(2);

  @TempDir private Path folder;

  private final Map<String, Instant> tokens = new ConcurrentHashMap<>();

  @Test
  void thatEndAreReplacedByThePageWithoutAGap() throws Exception {
    File output = folder.resolve("output").toFile();
    AtomicLong count = new AtomicLong();
    ScheduledExecutorService publisher = Executors.newSingleThreadScheduledExecutor();
    try (Hub hub = Hub.create();
        SignalServer server =
            SignalServer.builder(hub)
                .bindAddress(InetAddress.getLoopbackAddress())
                .port(0)
                .handshake(this::decide)
                .secretParameters("token")
                .context("/api/token", this::issue)
                .start()) {
      publisher.scheduleWithFixedDelay(
          () -> hub.broadcast("N", count.getAndIncrement()), 0, 10, TimeUnit.MILLISECONDS);
      ProcessBuilder node =
          new ProcessBuilder("node", "--test", "--test-reporter=spec", "test/credentials.test.js")
              .redirectErrorStream(true)
              .redirectOutput(output);
      node.environment().put("HUB_PORT", Integer.toString(server.port()));

      Process process = node.start();

      boolean ended = process.waitFor(90, TimeUnit.SECONDS);
      process.destroyForcibly();
      assertThat(ended ? process.exitValue() : -1).as(() -> read(output.toPath())).isZero();
    } finally {
      publisher.shutdownNow();
    }
  }

  private HandshakeDecision decide(ConnectRequest request) {
    Optional<Instant> end = request.parameter("token").map(tokens::get);
    return end.map(HandshakeDecision.accept()::expiresAt).orElse(HandshakeDecision.refuse(401));
  }

  private void issue(HttpExchange exchange) throws IOException {
    String token = UUID.randomUUID().toString();
    tokens.put(token, Instant.now().plus(LIFETIME));
    byte[] body = token.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
