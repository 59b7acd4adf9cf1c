package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.BasicAuthenticator;
import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.github.signalhub.Hub;
import io.github.signalhub.jdkserver.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Exchanges that outlast their handler, unread bodies, and contexts that are added and removed. */
@Timeout(60)
class ExchangeIT {
  private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  private static final HttpHandler PATH = exchange -> reply(exchange, 200, path(exchange));

  private final Hub hub = Hub.create();
  private final BlockingQueue<HttpExchange> kept = new LinkedBlockingQueue<>();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private Carrier carrier = Carrier.TCP;
  private SignalServer server;

  @AfterEach
  void stop() {
    timer.shutdownNow();
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  private SignalServerBuilder builder() {
    return SignalServer.builder(hub).port(0);
  }

  private void start(SignalServerBuilder builder) throws IOException {
    server = carrier.secure(builder).start();
  }

  private RawClient connect() throws IOException {
    return new RawClient(carrier.connect(server.port()));
  }

  private HttpExchange next() throws InterruptedException {
    HttpExchange exchange = kept.poll(30, TimeUnit.SECONDS);
    assertThat(exchange).as("an exchange that a handler was given").isNotNull();
    return exchange;
  }

  private static String path(HttpExchange exchange) {
    return exchange.getRequestURI().toString();
  }

  private static void reply(HttpExchange exchange, int status, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void replyUnchecked(HttpExchange exchange, String text) {
    try {
      reply(exchange, 200, text);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Nested
  class HandedOver {
    @Test
    void areAnsweredLaterOnTheSameConnectionInOrder() throws Exception {
      start(builder().context("/", kept::add));

      try (RawClient client = connect()) {
        client.send(GET + "GET /b HTTP/1.1\r\nHost: a\r\n\r\n");
        for (String expected : List.of("/", "/b")) {
          HttpExchange exchange = next();
          reply(exchange, 200, path(exchange));
          assertThat(client.readAnswer().body()).isEqualTo(expected);
        }
      }
    }

    @Test
    void takeNoPlaceOfOthersWhileTheyWait() throws Exception {
      Semaphore returned = new Semaphore(0);
      start(
          builder()
              .maxConcurrentExchanges(4)
              .handlerExecutor(
                  task ->
                      timer.execute(
                          () -> {
                            task.run();
                            returned.release();
                          }))
              .context("/", kept::add)
              .context("/now", PATH));
      List<RawClient> polls = new ArrayList<>();

      for (int i = 0; i < 20; i++) {
        polls.add(connect());
        polls.get(i).send(GET);
        assertThat(returned.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
      }
      assertThat(kept).hasSize(20);
      try (RawClient client = connect()) {
        client.send("GET /now HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().body()).isEqualTo("/now");
      }

      for (RawClient each : polls) {
        each.close();
      }
    }

    @Test
    void mayBeFutures() throws Exception {
      CompletableFuture<String> answer = new CompletableFuture<>();
      start(
          builder()
              .context("/", exchange -> answer.thenAccept(text -> replyUnchecked(exchange, text))));

      try (RawClient client = connect()) {
        client.send(GET);
        answer.complete("from a future");

        assertThat(client.readAnswer().body()).isEqualTo("from a future");
      }
    }

    @Test
    void mayBeStreamsThatOutlastTheTimeoutWhileTheyMove() throws Exception {
      start(
          builder()
              .exchangeTimeout(Duration.ofSeconds(3))
              .context(
                  "/",
                  exchange -> {
                    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
                    exchange.sendResponseHeaders(200, 0);
                    timer.scheduleAtFixedRate(() -> event(exchange), 0, 100, TimeUnit.MILLISECONDS);
                  }));

      try (RawClient client = connect()) {
        client.send(GET);
        assertThat(client.readAnswer().header("Content-Type")).isEqualTo("text/event-stream");

        for (int i = 0; i < 50; i++) { // five seconds
          assertThat(client.readBytes(16)).asString().isEqualTo("b\r\ndata: tick\n\r\n");
        }
      }
    }

    private void event(HttpExchange exchange) {
      try {
        exchange.getResponseBody().write("data: tick\n".getBytes(UTF_8));
        exchange.getResponseBody().flush();
      } catch (IOException e) {
        throw new IllegalStateException(e); // ends the schedule
      }
    }

    @Test
    void areEndedWith503IfNobodyAnswers() throws Exception {
      start(builder().exchangeTimeout(Duration.ofMillis(200)).context("/", kept::add));

      try (RawClient client = connect()) {
        client.send(GET);
        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Connection")).isEqualTo("close");
        client.assertEnds();
      }
      HttpExchange late = next();
      assertThatThrownBy(() -> reply(late, 200, "late")).isInstanceOf(IOException.class);
    }

    @Test
    void areResetIfNobodyFinishesTheAnswer() throws Exception {
      start(
          builder()
              .exchangeTimeout(Duration.ofSeconds(3))
              .context(
                  "/",
                  exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write('x');
                    exchange.getResponseBody().flush();
                  }));

      try (RawClient client = connect()) {
        client.send(GET);
        assertThat(client.readAnswer().status()).isEqualTo(200);
        assertThat(client.readBytes(6)).asString().isEqualTo("1\r\nx\r\n");

        assertThatThrownBy(client::readToEnd).hasMessageContaining("reset");
      }
    }

    /** Repeated, because threads race here. */
    @RepeatedTest(20)
    void keepWhatWasFlushedBeforeTheirHandlerFailed() throws Exception {
      byte[] flushed = "x".repeat(100_000).getBytes(UTF_8);
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write(flushed);
                    exchange.getResponseBody().flush();
                    throw new IllegalStateException("on purpose");
                  }));

      try (RawClient client = connect()) {
        client.send("GET / HTTP/1.0\r\n\r\n"); // the body has no length, and no chunks
        assertThat(client.readAnswer().status()).isEqualTo(200);
        assertThat(client.readBytes(flushed.length)).isEqualTo(flushed);
        assertThatThrownBy(client::readToEnd).hasMessageContaining("reset");
      }
    }

    @Test
    void failTheirThreadsOnceTheClientIsGone() throws Exception {
      start(builder().context("/", kept::add));
      RawClient client = connect();
      client.send(GET);
      HttpExchange exchange = next();
      exchange.sendResponseHeaders(200, 0);

      client.reset();

      assertThatThrownBy(() -> writeForEver(exchange)).isInstanceOf(IOException.class);
      exchange.close();
    }

    @Test
    void failTheirThreadsOnceTheServerHasStopped() throws Exception {
      start(builder().context("/", kept::add));
      try (RawClient client = connect()) {
        client.send(GET);
        HttpExchange exchange = next();

        server.stop(Duration.ZERO);

        assertThatThrownBy(() -> reply(exchange, 200, "late")).isInstanceOf(IOException.class);
        exchange.close();
      }
    }

    @Test
    void holdNoMemoryOnceTheClientIsGone() throws Exception {
      start(builder().loops(1).maxBufferedBytes(640 << 10).context("/", kept::add));
      String post = post(60_000); // one address may have eight of these

      for (int i = 0; i < 40; i++) {
        RawClient client = connect();
        client.send(post);
        next();
        client.reset();
      }
    }
  }

  private static String post(int length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
        + length
        + "\r\n\r\n"
        + "x".repeat(length);
  }

  private static void writeForEver(HttpExchange exchange) throws IOException {
    while (true) {
      exchange.getResponseBody().write(new byte[10_000]);
    }
  }

  /** The end of the connection ends these bodies, so a failure must not look regular. */
  @Nested
  class BodiesThatEndWithTheConnection {
    private static final String OLD_GET = "GET / HTTP/1.0\r\n\r\n";

    @ParameterizedTest
    @EnumSource
    void areResetIfTheServerStopsInTheMiddle(Carrier each) throws Exception {
      carrier = each;
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    exchange.getResponseBody().write('x');
                    exchange.getResponseBody().flush();
                  }));

      try (RawClient client = connect()) {
        client.send(OLD_GET);
        assertThat(client.readAnswer().status()).isEqualTo(200);
        assertThat(client.readBytes(1)).asString().isEqualTo("x");
        server.stop(Duration.ZERO);

        assertThatThrownBy(client::readToEnd).hasMessageContaining("reset");
      }
    }

    @ParameterizedTest
    @EnumSource
    void areResetIfTheirClientReadsNoMore(Carrier each) throws Exception {
      carrier = each;
      CompletableFuture<Void> failed = new CompletableFuture<>();
      start(
          builder()
              .writeTimeout(Duration.ofMillis(500))
              .context(
                  "/",
                  exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    try {
                      writeForEver(exchange);
                    } finally {
                      failed.complete(null);
                    }
                  }));

      try (RawClient client = connect()) {
        client.send(OLD_GET);
        failed.get(30, TimeUnit.SECONDS);

        assertThatThrownBy(client::readToEnd).hasMessageContaining("reset");
      }
    }
  }

  /** A handler answers a request whose body it does not read. */
  @Nested
  class UnreadBodies {
    private static final int TRIES = 30;

    private String postInChunks(int length) {
      return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
          + (Integer.toHexString(1_000) + "\r\n" + "x".repeat(1_000) + "\r\n")
              .repeat(length / 1_000)
          + "0\r\n\r\n";
    }

    @ParameterizedTest
    @EnumSource
    void thatAreLongEndTheirConnectionWhichTheHeadSays(Carrier each) throws Exception {
      carrier = each;
      start(builder().context("/", exchange -> exchange.sendResponseHeaders(401, -1)));

      for (int i = 0; i < TRIES; i++) {
        assertEndsAfter401(post(1_000_000));
        assertEndsAfter401(postInChunks(1_000_000));
        assertEndsAfter401(post(100_000));
      }
    }

    /** Sends everything before it reads, so that a reset would destroy the answer. */
    private void assertEndsAfter401(String request) throws IOException {
      try (RawClient client = connect()) {
        client.send(request);
        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("Connection")).isEqualTo("close");
        assertThat(client.readToEnd()).isEmpty(); // and no reset
      }
    }

    @ParameterizedTest
    @EnumSource
    void thatAreShortAreFollowedByTheNextRequest(Carrier each) throws Exception {
      carrier = each;
      start(builder().context("/", exchange -> exchange.sendResponseHeaders(401, -1)));

      try (RawClient client = connect()) {
        for (int i = 0; i < TRIES; i++) {
          for (String request : List.of(post(65_536), postInChunks(60_000), GET)) {
            client.send(request);
            Answer answer = client.readAnswer();
            assertThat(answer.status()).isEqualTo(401);
            assertThat(answer.header("Connection")).isNull();
          }
        }
      }
    }

    @Test
    void whoseRestComesAfterTheAnswerAreFollowedByTheNextRequest() throws Exception {
      start(
          builder()
              .bufferedRequestBytes(0)
              .context("/", exchange -> exchange.sendResponseHeaders(401, -1)));
      String request = post(60_000);

      try (RawClient client = connect()) {
        for (int i = 0; i < TRIES; i++) {
          client.send(request.substring(0, 1_000));
          assertThat(client.readAnswer().status()).isEqualTo(401);
          client.send(request.substring(1_000) + GET);
          assertThat(client.readAnswer().status()).isEqualTo(401);
        }
      }
    }

    @Test
    void whoseRestNeverComesEndTheConnection() throws Exception {
      start(
          builder()
              .bufferedRequestBytes(0)
              .handshakeTimeout(Duration.ofSeconds(3))
              .context("/", exchange -> exchange.sendResponseHeaders(401, -1)));

      try (RawClient client = connect()) {
        client.send(post(60_000).substring(0, 1_000));
        assertThat(client.readAnswer().status()).isEqualTo(401);
        client.assertEnds();
      }
    }

    @Test
    void whoseRestIsBrokenStillHaveTheirAnswer() throws Exception {
      start(
          builder()
              .bufferedRequestBytes(0)
              .context("/", exchange -> exchange.sendResponseHeaders(401, -1)));

      try (RawClient client = connect()) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        client.send("1\r\nx\r\nbroken");
        assertThat(client.readAnswer().status()).isEqualTo(401);
        client.assertEnds();
      }
    }

    @Test
    void areDroppedForAsLongAsTheyCome() throws Exception {
      start(builder().context("/", exchange -> exchange.sendResponseHeaders(401, -1)));
      String request = post(1_000_000);

      try (RawClient client = connect()) {
        client.send(request.substring(0, 100_000));
        for (int i = 1; i < 10; i++) { // longer than the allowed silence
          timer.schedule(() -> {}, 300, TimeUnit.MILLISECONDS).get();
          client.send(request.substring(i * 100_000, (i + 1) * 100_000));
        }
        assertThat(client.readAnswer().status()).isEqualTo(401);
        assertThat(client.readToEnd()).isEmpty();
      }
    }

    @Test
    void ofAnExchangeThatAnotherThreadAnswersAreDroppedToo() throws Exception {
      start(builder().context("/", kept::add));

      try (RawClient client = connect()) {
        client.send(post(500_000));
        reply(next(), 401, "no");

        assertThat(client.readAnswer().header("Connection")).isEqualTo("close");
        assertThat(client.readToEnd()).isEmpty();
      }
    }
  }

  @Nested
  class Contexts {
    @Test
    void comeAndGoWhileTheServerRuns() throws Exception {
      start(builder().context("/", PATH));

      try (RawClient client = connect()) {
        HttpContext context =
            server.context("/a", exchange -> reply(exchange, 200, "added " + path(exchange)));
        assertThat(bodyOf("/a/x", client)).isEqualTo("added /a/x");
        assertThat(context.getServer().getAddress()).isEqualTo(server.address());
        context
            .getFilters()
            .add(Filter.beforeHandler("sets", e -> e.getResponseHeaders().set("X", "y")));
        client.send("GET /a HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().header("X")).isEqualTo("y");
        assertThatIllegalArgumentException().isThrownBy(() -> server.context("/a", PATH));

        server.removeContext("/a");

        assertThat(bodyOf("/a/x", client)).isEqualTo("/a/x");
        assertThatIllegalArgumentException().isThrownBy(() -> server.removeContext("/a"));
      }
    }

    @Test
    void atThePathOfTheWebSocketComeAndGoToo() throws Exception {
      start(builder());

      server.context("/ws", PATH);
      try (RawClient client = connect()) {
        assertThat(bodyOf("/ws", client)).isEqualTo("/ws");
        client.send(RawClient.handshake("/ws"));
        assertThat(client.readAnswer().status()).isEqualTo(101);
      }

      server.removeContext("/ws");
      try (RawClient client = connect()) {
        client.send("GET /ws HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(426);
      }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void haveTheirAuthenticatorBeforeTheirFirstRequest(boolean byBuilder) throws Exception {
      if (byBuilder) {
        start(builder().context("/", PATH, this::requirePassword));
      } else {
        start(builder());
        server.context("/", PATH, this::requirePassword);
      }

      try (RawClient client = connect()) {
        client.send(GET);
        assertThat(client.readAnswer().status()).isEqualTo(401);
        client.send(GET.replace("\r\n\r\n", "\r\nAuthorization: Basic %%%\r\n\r\n"));
        assertThat(client.readAnswer().status()).isEqualTo(401);
        client.send(GET.replace("\r\n\r\n", "\r\nAuthorization: Basic YWRhOnB3\r\n\r\n"));
        assertThat(client.readAnswer().status()).isEqualTo(200);
      }
    }

    private void requirePassword(HttpContext context) {
      context.setAuthenticator(
          new BasicAuthenticator("realm") {
            @Override
            public boolean checkCredentials(String user, String password) {
              return user.equals("ada") && password.equals("pw");
            }
          });
    }

    @Test
    void doNotServePathsThatBeginWithTwoSlashes() throws Exception {
      start(builder().context("/", PATH).context("/admin", PATH));

      try (RawClient client = connect()) {
        for (String target :
            List.of("//admin", "///admin", "//ws", "//h/admin", "http://h//admin")) {
          client.send("GET " + target + " HTTP/1.1\r\nHost: h\r\n\r\n");
          assertThat(client.readAnswer().status()).as(target).isEqualTo(404);
        }
      }
    }

    @Test
    void ofTheRootGetOptionsOfTheServer() throws Exception {
      start(builder().context("/", PATH));

      try (RawClient client = connect()) {
        client.send("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().body()).isEqualTo("*");
      }
    }

    private String bodyOf(String target, RawClient client) throws IOException {
      client.send("GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n");
      return client.readAnswer().body();
    }
  }

  @Nested
  class OverTls {
    @Test
    void haveTheirSession() throws Exception {
      carrier = Carrier.TLS;
      start(
          builder()
              .context(
                  "/",
                  exchange -> {
                    HttpsExchange secure = (HttpsExchange) exchange;
                    HttpsServer seen = (HttpsServer) exchange.getHttpContext().getServer();
                    assertThat(seen.getHttpsConfigurator().getSSLContext()).isNotNull();
                    assertThat(seen.getAddress()).isEqualTo(server.address());
                    reply(exchange, 200, secure.getSSLSession().getProtocol());
                  }));

      try (RawClient client = connect()) {
        client.send(GET);
        assertThat(client.readAnswer().body()).isEqualTo("TLSv1.3");
      }
    }

    @Test
    void areAnsweredInPlaceOfTheirHandlersToo() throws Exception {
      carrier = Carrier.TLS;
      start(builder());

      try (RawClient client = connect()) {
        client.send("GET /nowhere HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.readAnswer().status()).isEqualTo(404);
      }
    }
  }

  @Test
  void withoutTlsAreNoHttpsExchanges() throws Exception {
    start(builder().context("/", kept::add));

    try (RawClient client = connect()) {
      client.send(GET);
      HttpExchange exchange = next();
      assertThat(exchange).isNotInstanceOf(HttpsExchange.class);
      assertThat(exchange.getHttpContext().getServer()).isNotInstanceOf(HttpsServer.class);
      reply(exchange, 200, "x");
      assertThat(client.readAnswer().body()).isEqualTo("x");
    }
  }
}
