package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * RFC 9112 §9, RFC 9110 §9.3.2, §10.1.1 and §15: many requests on a connection, and their answers.
 */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class Rfc9112ConnectionsIT {
  @Parameter private Carrier carrier;

  private static final List<String> served = new CopyOnWriteArrayList<>();
  private static CountDownLatch slowMayEnd;
  private static EchoServer server;

  @BeforeParameterizedClassInvocation
  static void start(Carrier carrier) throws IOException {
    slowMayEnd = new CountDownLatch(1);
    server =
        EchoServer.start(carrier, options -> options.context("/", Rfc9112ConnectionsIT::answer));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
  }

  private static void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    served.add(path);
    byte[] body = (path + exchange.getRequestBody().readAllBytes().length).getBytes(ISO_8859_1);
    switch (path) {
      case "/slow" -> await(slowMayEnd);
      case "/none" -> {
        exchange.sendResponseHeaders(204, -1);
        exchange.close();
        return;
      }
      default -> {}
    }
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.getResponseHeaders().set("X-Path", path);
    exchange.sendResponseHeaders(200, head ? -1 : body.length);
    if (!head) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  @Nested
  class Pipelines {
    @Test
    void areAnsweredInOrderAndTheWebSocketAtTheirEnd() throws Exception {
      try (RawClient client = server.connect()) {
        byte[] requests =
            (get("/slow")
                    + "POST /b HTTP/1.1\r\nHost: h\r\nContent-Length: 4\r\n\r\nbody"
                    + "HEAD /c HTTP/1.1\r\nHost: h\r\n\r\n"
                    + get("/none")
                    + RawClient.handshake("/ws"))
                .getBytes(ISO_8859_1);
        client.send(RawClient.join(requests, RawClient.text("last")));
        assertThat(client.awaitsNothing(100)).isTrue();
        slowMayEnd.countDown();

        assertThat(client.readAnswer().body()).isEqualTo("/slow0");
        assertThat(client.readAnswer().body()).isEqualTo("/b4");
        assertThat(client.readAnswerTo("HEAD").header("X-Path")).isEqualTo("/c");
        assertThat(client.readAnswer().status()).isEqualTo(204);
        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertThat(client.readFrame().text()).isEqualTo("last");
      }
    }

    @Test
    void endAtTheRequestThatIsRefused() throws Exception {
      served.clear();
      try (RawClient client = server.connect()) {
        client.send(get("/1") + "GET /bad HTTP/1.1\r\nHost : h\r\n\r\n" + get("/2"));

        assertThat(client.readAnswer().status()).isEqualTo(200);
        assertThat(client.readAnswer().status()).isEqualTo(400);
        client.assertEnds();
        assertThat(served).containsExactly("/1");
      }
    }

    @Test
    void endAtTheRequestThatClosesTheConnection() throws Exception {
      served.clear();
      try (RawClient client = server.connect()) {
        client.send(
            get("/1") + "GET /2 HTTP/1.1\r\nHost: h\r\nConnection: x, CLOSE\r\n\r\n" + get("/3"));

        assertThat(client.readAnswer().header("Connection")).isNull();
        assertThat(client.readAnswer().header("Connection")).isEqualTo("close");
        client.assertEnds();
        assertThat(served).containsExactly("/1", "/2");
      }
    }

    @Test
    void of200RequestsAreServedAll() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(get("/p").repeat(200));

        for (int i = 0; i < 200; i++) {
          assertThat(client.readAnswer().status()).isEqualTo(200);
        }
      }
    }
  }

  @Nested
  class Persistence {
    @ParameterizedTest
    @CsvSource({"HTTP/1.1, '', true", "HTTP/1.0, '', false", "HTTP/1.1, close, false"})
    void isAsTheVersionAndTheFieldSay(String version, String connection, boolean persists)
        throws Exception {
      try (RawClient client = server.connect()) {
        String field = connection.isEmpty() ? "" : "Connection: " + connection + "\r\n";
        client.send("GET /a " + version + "\r\nHost: h\r\n" + field + "\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(200);

        if (persists) {
          client.send(get("/b"));
          assertThat(client.readAnswer().body()).isEqualTo("/b0");
        } else {
          client.assertEnds();
        }
      }
    }

    @Test
    void becomesAWebSocketAfterRequests() throws Exception {
      try (RawClient client = server.connect()) {
        for (int i = 0; i < 3; i++) {
          client.send(get("/a"));
          assertThat(client.readAnswer().status()).isEqualTo(200);
        }
        client.send(RawClient.handshake("/ws"));
        assertThat(client.readAnswer().status()).isEqualTo(101);
        client.send(RawClient.text("x"));
        assertThat(client.readFrame().text()).isEqualTo("x");
      }
    }
  }

  @Nested
  class Answers {
    @Test
    void haveADateAndNoBodyWhereTheMethodOrStatusHasNone() throws Exception {
      try (RawClient client = server.connect()) {
        client.send("HEAD /a HTTP/1.1\r\nHost: h\r\n\r\n" + get("/none") + get("/b"));

        Answer head = client.readAnswerTo("HEAD");
        assertThat(head.header("Date"))
            .matches("\\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT");
        Answer none = client.readAnswer();
        assertThat(none.status()).isEqualTo(204);
        assertThat(none.headers()).doesNotContainKeys("Content-Length", "Transfer-Encoding");
        assertThat(client.readAnswer().body()).isEqualTo("/b0");
      }
    }

    @ParameterizedTest
    @CsvSource({
      "GET, 426",
      "HEAD, 426",
      "POST, 405",
      "OPTIONS, 405",
      "TRACE, 405",
      "PATCH, 405",
      "get, 501",
      "BREW, 501",
    })
    void toOtherRequestsAtTheWebSocketDependOnTheMethod(String method, int status)
        throws Exception {
      try (RawClient client = server.connect()) {
        client.send(method + " /ws HTTP/1.1\r\nHost: h\r\n\r\n");

        Answer answer = client.readAnswerTo(method);

        assertThat(answer.status()).isEqualTo(status);
        assertThat(answer.header("Upgrade")).isEqualTo(status == 426 ? "websocket" : null);
        assertThat(answer.header("Allow")).isEqualTo(status == 405 ? "GET, HEAD" : null);
        client.assertEnds();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/a", "/ws"})
    void toHeadHaveNoBodyEvenIfItIsRefused(String path) throws Exception {
      try (RawClient client = server.connect()) {
        client.send("HEAD " + path + " HTTP/1.1\r\nHost: h\r\nContent-Length: x\r\n\r\n");

        assertThat(client.readAnswerTo("HEAD").status()).isEqualTo(400);
        client.assertEnds();
      }
    }

    @Test
    void say100WhereTheClientWaitsAndOnlyThere() throws Exception {
      String head = "POST /e HTTP/1.1\r\nHost: h\r\nExpect: 100-Continue\r\n";
      try (RawClient client = server.connect()) {
        client.send(head + "Content-Length: 4\r\n\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(100);
        client.send("body");
        assertThat(client.readAnswer().body()).isEqualTo("/e4");

        client.send(head + "Content-Length: 0\r\n\r\n");
        assertThat(client.readAnswer().body()).isEqualTo("/e0");
      }
      try (RawClient old = server.connect()) {
        old.send(head.replace("1.1", "1.0") + "Content-Length: 4\r\n\r\nbody");
        assertThat(old.readAnswer().body()).isEqualTo("/e4");
      }
    }
  }

  @Nested
  class Deadlines {
    private EchoServer impatient;

    @BeforeEach
    void start() throws IOException {
      impatient =
          EchoServer.start(
              carrier,
              options ->
                  options
                      .context("/", Rfc9112ConnectionsIT::answer)
                      .handshakeTimeout(Duration.ofSeconds(3)) // the begun part arrives before it
                      .keepAliveTimeout(Duration.ofMillis(500)));
    }

    @AfterEach
    void stop() {
      impatient.close();
    }

    @Test
    void areAbsoluteWhateverTricklesIn() throws Exception {
      try (RawClient client = impatient.connect()) {
        long start = System.nanoTime();
        byte[] head =
            (get("/t") + "x".repeat(10_000)).replace("\r\n\r\n", "\r\nX: ").getBytes(ISO_8859_1);
        int sent = 0;
        while (client.awaitsNothing(20) && sent < head.length) {
          client.send(new byte[] {head[sent++]});
          assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(30));
        }

        assertThat(client.readAnswer().status()).isEqualTo(408);
        client.assertEnds();
      }
    }

    @Test
    void cutWhoSaysNothing() throws Exception {
      try (RawClient silent = impatient.connect()) {
        silent.assertEnds();
      }
      try (RawClient idle = impatient.connect()) {
        idle.send(get("/a"));
        assertThat(idle.readAnswer().status()).isEqualTo(200);
        idle.assertEnds();
      }
    }
  }

  private static String get(String path) {
    return "GET " + path + " HTTP/1.1\r\nHost: h\r\n\r\n";
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
