package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.Hub;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Two threads answer each request at the same time, in different ways, and some handlers fail
 * meanwhile. A client sees exactly one response, or the beginning of one and then a reset. Each
 * build plays some connections; {@code -Draces.connections=100000} plays more.
 */
class ExchangeRacesIT {
  private static final int CONNECTIONS = Integer.getInteger("races.connections", 2_000);
  private static final int CLIENTS = 8;
  private static final Pattern HEAD =
      Pattern.compile("HTTP/1\\.1 (200|500) [A-Za-z ]+\r\n([A-Za-z0-9-]+: [^\r\n]*\r\n)+\r\n");
  private static final List<String> BODIES =
      List.of("first", "7\r\nsecond!\r\n0\r\n\r\n", "Internal Server Error\n");

  /** Each failing handler logs a warning, on purpose. */
  private static final Logger LOG =
      Logger.getLogger("io.github.signalhub.jdkserver.internal.exchange.HubHttpServer");

  private final ExecutorService answering = Executors.newCachedThreadPool();
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicInteger complete = new AtomicInteger();
  private final AtomicInteger cut = new AtomicInteger();

  @Test
  void endInOneResponse() throws Exception {
    LOG.setLevel(Level.OFF);
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    Hub hub = Hub.create();
    SignalServer server =
        SignalServer.builder(hub)
            .bindAddress(InetAddress.getLoopbackAddress())
            .port(0)
            .context("/polite", exchange -> answerTwice(exchange, false))
            .context("/rude", exchange -> answerTwice(exchange, true))
            .context("/failing", this::answerTwiceAndFail)
            .start();
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        all.add(clients.submit(() -> connectAll(server.port())));
      }
      for (Future<?> each : all) {
        each.get();
      }
    } finally {
      LOG.setLevel(null);
      clients.shutdownNow();
      answering.shutdownNow();
      server.stop(Duration.ZERO);
      hub.close(Duration.ZERO);
    }
    System.out.println(complete + " responses were complete, " + cut + " were cut");
    assertThat(complete.get()).isPositive();
  }

  private void answerTwice(HttpExchange exchange, boolean loserCloses) {
    answering.execute(() -> answer(exchange, 5, "first", loserCloses));
    answering.execute(() -> answer(exchange, 0, "second!", loserCloses));
  }

  private void answerTwiceAndFail(HttpExchange exchange) {
    answerTwice(exchange, false);
    throw new IllegalStateException("on purpose, while others answer");
  }

  private static void answer(HttpExchange exchange, int length, String text, boolean loserCloses) {
    try {
      exchange.getResponseHeaders().set("X-" + text.length(), text);
      exchange.sendResponseHeaders(200, length);
      exchange.getResponseBody().write(text.getBytes(US_ASCII));
      exchange.close();
    } catch (IOException e) { // the other thread was first
      if (loserCloses) {
        exchange.close();
      }
    }
  }

  private Void connectAll(int port) throws IOException {
    for (int i = next.getAndIncrement(); i < CONNECTIONS; i = next.getAndIncrement()) {
      String path = List.of("/polite", "/rude", "/failing", "/polite").get(i % 4);
      connect(port, path, !path.equals("/failing"));
    }
    return null;
  }

  private void connect(int port, String path, boolean mustBeComplete) throws IOException {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    boolean reset = false;
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(30_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      InputStream in = socket.getInputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        received.write(c);
      }
    } catch (SocketException e) {
      reset = true;
    }
    check(received.toString(ISO_8859_1), reset, mustBeComplete);
  }

  private void check(String response, boolean reset, boolean mustBeComplete) {
    int end = response.indexOf("\r\n\r\n");
    String head = end < 0 ? response : response.substring(0, end + 4);
    String body = response.substring(head.length());
    if (!reset) {
      assertThat(head).as(response).matches(HEAD);
      assertThat(body).as(response).isIn(BODIES);
      assertThat(head.contains("chunked")).as(response).isEqualTo(body.startsWith("7\r\n"));
      complete.incrementAndGet();
    } else {
      assertThat(mustBeComplete).as("reset after " + response).isFalse();
      assertThat(BODIES).as(response).anyMatch(whole -> whole.startsWith(body));
      cut.incrementAndGet();
    }
  }
}
