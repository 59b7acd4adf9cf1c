package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Ordinary handlers on the port of the WebSocket. */
@Timeout(60)
class HttpIT {
  private static final HttpHandler ECHO =
      exchange -> answer(exchange, 200, exchange.getRequestBody().readAllBytes());
  private static final HttpHandler PATH =
      exchange -> answer(exchange, 200, exchange.getRequestURI().toString().getBytes(UTF_8));

  private final Hub hub = Hub.create();
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Nested
  class Requests {
    @Test
    void runThroughFilterAndHandler() throws Exception {
      Filter poweredBy = Filter.beforeHandler("adds", e -> e.getResponseHeaders().set("X-A", "b"));
      start(builder().context("/api/", PATH, poweredBy));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /api/x?y=1 HTTP/1.1\r\nHost: a\r\n\r\n");
        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("X-A")).isEqualTo("b");
        assertThat(answer.body()).isEqualTo("/api/x?y=1");
      }
    }

    @Test
    void withoutAContextAre404() throws Exception {
      start(builder());

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(client.readAnswer().status()).isEqualTo(404);
      }
    }

    @Test
    void forTheWebSocketsPathAre426() throws Exception {
      start(builder().context("/", PATH));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n");
        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(426);
        assertThat(answer.header("Upgrade")).isEqualTo("websocket");
        assertThat(answer.header("Connection")).contains("Upgrade");
        client.assertEnds();
      }
    }

    @Test
    void forTheWebSocketsPathReachAContextThere() throws Exception {
      start(builder().context("/ws", PATH));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n" + RawClient.handshake("/ws"));

        assertThat(client.readAnswer().body()).isEqualTo("/ws");
        assertThat(client.readAnswer().status()).isEqualTo(101);
      }
    }

    @Test
    void ofHttp10ReachAContextAtTheWebSocketsPathWhateverTheyUpgradeTo() throws Exception {
      start(builder().context("/ws", PATH));

      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws").replace("HTTP/1.1", "HTTP/1.0")); // RFC 9110 §7.8

        assertThat(client.readAnswer().body()).isEqualTo("/ws");
        client.assertEnds();
      }
    }

    @Test
    void seeTheAddressOfTheirClient() throws Exception {
      BlockingQueue<String> seen = new LinkedBlockingQueue<>();
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    seen.add(exchange.getRemoteAddress().getAddress().getHostAddress());
                    seen.add(exchange.getHttpContext().getServer().getAddress().getPort() + "");
                    exchange.sendResponseHeaders(204, -1);
                  }));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(204);
      }
      assertThat(seen).containsExactly("127.0.0.1", Integer.toString(server.port()));
    }
  }

  @Nested
  class Connections {
    @Test
    void serveOneRequestAfterTheOther() throws Exception {
      start(builder().context("/", PATH));

      try (RawClient client = new RawClient(server.port())) {
        for (int i = 0; i < 5; i++) {
          client.send("GET /" + i + " HTTP/1.1\r\nHost: a\r\n\r\n");
          assertThat(client.readAnswer().body()).isEqualTo("/" + i);
        }
        client.send("GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        assertThat(client.readAnswer().header("Connection")).isEqualTo("close");
        client.assertEnds();
      }
    }

    @Test
    void answerPipelinedRequestsInTheirOrder() throws Exception {
      CountDownLatch release = new CountDownLatch(1);
      start(
          builder()
              .context("/", PATH)
              .context(
                  "/slow",
                  exchange -> {
                    await(release);
                    PATH.handle(exchange);
                  }));

      try (RawClient client = new RawClient(server.port())) {
        client.send(
            "GET /slow HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /b HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nxyz"
                + "GET /c HTTP/1.1\r\nHost: a\r\n\r\n");
        release.countDown();

        assertThat(client.readAnswer().body()).isEqualTo("/slow");
        assertThat(client.readAnswer().body()).isEqualTo("/b");
        assertThat(client.readAnswer().body()).isEqualTo("/c");
      }
    }

    @Test
    void thatSendNothingMoreStillGetTheirAnswer() throws Exception {
      CountDownLatch release = new CountDownLatch(1);
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    await(release);
                    ECHO.handle(exchange);
                  }));

      try (RawClient client = new RawClient(server.port())) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi");
        client.shutdownOutput();
        release.countDown();

        assertThat(client.readAnswer().body()).isEqualTo("hi");
        client.assertEnds();
      }
    }

    @Test
    void thatAreIdleAreClosedAtTheKeepAliveTimeout() throws Exception {
      start(builder().context("/", PATH).keepAliveTimeout(Duration.ofMillis(200)));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(200);

        client.assertEnds();
      }
    }

    @Test
    void becomeAWebSocketAfterRequests() throws Exception {
      start(builder().context("/", PATH));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n" + RawClient.handshake("/ws"));
        assertThat(client.readAnswer().body()).isEqualTo("/a");
        assertThat(client.readAnswer().status()).isEqualTo(101);
        client.send(RawClient.frame(0x89, new byte[] {5}));

        assertThat(client.readFrame().opcode()).isEqualTo(0xA);
      }
    }
  }

  @Nested
  class Bodies {
    @Test
    void comeInChunks() throws Exception {
      start(builder().context("/", ECHO));

      try (RawClient client = new RawClient(server.port())) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("5\r\nhello\r\n");
        client.send("6\r\n world\r\n0\r\n\r\n");

        assertThat(client.readAnswer().body()).isEqualTo("hello world");
      }
    }

    @Test
    void waitForAHandlerThatReadsLate() throws Exception {
      CountDownLatch release = new CountDownLatch(1);
      start(
          builder()
              .maxRequestBodyBytes(8 << 20)
              .context(
                  "/",
                  exchange -> {
                    await(release);
                    ECHO.handle(exchange);
                  }));
      String body = "0123456789abcdef".repeat(1 << 18); // 4 MiB, far more than the server buffers

      try (RawClient client = new RawClient(server.port())) {
        Thread sender =
            new Thread(
                () -> {
                  try {
                    client.send(
                        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
                            + body.length()
                            + "\r\n\r\n"
                            + body);
                  } catch (IOException e) {
                    throw new IllegalStateException(e);
                  }
                });
        sender.start();
        release.countDown();

        assertThat(client.readAnswer().body()).isEqualTo(body);
        sender.join();
      }
    }

    @Test
    void areAskedForWhereTheClientWaits() throws Exception {
      start(builder().context("/", ECHO));

      try (RawClient client = new RawClient(server.port())) {
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(100);
        client.send("ok");

        assertThat(client.readAnswer().body()).isEqualTo("ok");
      }
    }

    @Test
    void thatAreTooLongAre413() throws Exception {
      start(builder().maxRequestBodyBytes(10).context("/", ECHO));

      try (RawClient client = new RawClient(server.port())) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n12345678901");

        assertThat(client.readAnswer().status()).isEqualTo(413);
        client.assertEnds();
      }
      try (RawClient client = new RawClient(server.port())) {
        client.send(
            "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n");

        assertThat(client.readAnswer().status()).isEqualTo(413);
        client.assertEnds();
      }
    }

    @Test
    void thatEndTooEarlyFailTheHandler() throws Exception {
      BlockingQueue<String> failures = new LinkedBlockingQueue<>();
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    try {
                      ECHO.handle(exchange);
                    } catch (IOException e) {
                      failures.add(e.getMessage());
                      throw e;
                    }
                  }));

      try (RawClient client = new RawClient(server.port())) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n");
        client.send(new byte[99_999]); // more than the server collects before the handler runs
        client.shutdownOutput();

        assertThat(failures.poll(30, TimeUnit.SECONDS)).contains("too early");
        assertThat(client.readAnswer().status()).isEqualTo(400);
        client.assertEnds();
      }
    }

    @Test
    void thatEndTooEarlyAre400BeforeTheirHandlerRuns() throws Exception {
      AtomicInteger ran = new AtomicInteger();
      start(builder().context("/", exchange -> ran.incrementAndGet()));

      try (RawClient client = new RawClient(server.port())) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n123");
        client.shutdownOutput();

        assertThat(client.readAnswer().status()).isEqualTo(400);
        client.assertEnds();
      }
      assertThat(ran).hasValue(0);
    }
  }

  @Nested
  class Responses {
    @Test
    void waitForAClientThatReadsLate() throws Exception {
      byte[] megabyte = new byte[1 << 20];
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    exchange.sendResponseHeaders(200, 20L * megabyte.length);
                    for (int i = 0; i < 20; i++) {
                      exchange.getResponseBody().write(megabyte);
                    }
                    exchange.close();
                  }));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(client.readAnswer().body()).hasSize(20 * megabyte.length);
      }
    }

    @Test
    void failForAHandlerWhoseClientIsGone() throws Exception {
      BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    try {
                      while (true) {
                        exchange.getResponseBody().write(new byte[10_000]);
                      }
                    } catch (IOException e) {
                      failures.add(e);
                      throw e;
                    }
                  }));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        client.readAnswer();
      }

      assertThat(failures.poll(30, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
    }

    @Test
    void ofAFailedHandlerAre500() throws Exception {
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    throw new IllegalStateException("on purpose");
                  }));

      try (RawClient client = new RawClient(server.port())) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(client.readAnswer().status()).isEqualTo(500);
      }
    }

    @Test
    void are503BeyondTheMostExchanges() throws Exception {
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      start(
          builder()
              .maxConcurrentExchanges(1)
              .context(
                  "/",
                  exchange -> {
                    entered.countDown();
                    await(release);
                    PATH.handle(exchange);
                  }));

      try (RawClient first = new RawClient(server.port());
          RawClient second = new RawClient(server.port())) {
        first.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        await(entered);
        second.send("GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
        Answer answer = second.readAnswer();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        second.assertEnds();
        release.countDown();
        assertThat(first.readAnswer().body()).isEqualTo("/a");
      }
    }
  }

  @Nested
  class HandlerThreads {
    @Test
    void thatCannotBeMadeAre503AndTakeNoPlaceOfLaterRequests() throws Exception {
      AtomicInteger missing = new AtomicInteger(2);
      start(
          builder()
              .maxConcurrentExchanges(1)
              .handlerExecutor(
                  task -> {
                    if (missing.getAndDecrement() > 0) {
                      throw new OutOfMemoryError("unable to create native thread, on purpose");
                    }
                    new Thread(task).start();
                  })
              .context("/", PATH));

      for (int i = 0; i < 2; i++) {
        try (RawClient client = new RawClient(server.port())) {
          client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
          assertThat(client.readAnswer().status()).isEqualTo(503);
        }
      }
      try (RawClient client = new RawClient(server.port())) {
        client.send("GET /c HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().body()).isEqualTo("/c");
      }
    }
  }

  @Nested
  class UnacceptableHeads {
    @Test
    void areAnsweredAndTheConnectionEnds() throws Exception {
      start(builder().maxRequestHeadBytes(1024));

      assertRefused(400, "GET / HTTP/1.1\r\n\r\n");
      assertRefused(400, "GET / HTTP/1.1\r\nHost : a\r\n\r\n");
      assertRefused(414, "GET /" + "x".repeat(600) + " HTTP/1.1\r\n");
      assertRefused(431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(600) + "\r\n");
      assertRefused(505, "GET / HTTP/3.0\r\nHost: a\r\n\r\n");
    }

    @Test
    void areAnsweredToAClientThatGoesOnSending() throws Exception {
      start(builder().maxRequestHeadBytes(1024));

      assertRefused(431, "GET / HTTP/1.1\r\nHost: a\r\nX: " + "x".repeat(1 << 20));
    }

    @Test
    void thatTrickleAre408AtTheDeadline() throws Exception {
      start(builder().handshakeTimeout(Duration.ofSeconds(3))); // the half comes first

      assertRefused(408, "GET / HTTP/1.1\r\nHost: a\r\n");
    }

    @Test
    void thatNeverComeAreCutAtTheDeadline() throws Exception {
      start(builder().handshakeTimeout(Duration.ofMillis(300)));

      try (RawClient client = new RawClient(server.port())) {
        client.assertEnds();
      }
    }

    private void assertRefused(int status, String request) throws IOException {
      try (RawClient client = new RawClient(server.port())) {
        client.send(request);

        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Connection")).isEqualTo("close");
        client.assertEnds();
      }
    }
  }

  private SignalServerBuilder builder() {
    return SignalServer.builder(hub).port(0);
  }

  private void start(SignalServerBuilder builder) throws IOException {
    server = builder.start();
  }

  private static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
