package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.RawClient.Answer;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The rules by which handlers get threads, and the peers that may have to wait for one. */
@Timeout(90)
class HandlersIT {
  private static final String ATTACKER = "127.0.0.2";
  private static final String OTHER = "127.0.0.3";
  private static final int BODY = 1_000_000;

  private final Hub hub = Hub.create();
  private final AtomicInteger ran = new AtomicInteger();
  private final HttpHandler count =
      exchange -> {
        ran.incrementAndGet();
        byte[] body = exchange.getRequestBody().readAllBytes();
        answer(exchange, Integer.toString(body.length).getBytes(ISO_8859_1));
      };
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Nested
  class Bodies {
    @Test
    void ofUpTo64KibAreCompleteBeforeTheirHandlerRuns() throws Exception {
      start(builder().context("/", count));

      try (RawClient client = connect()) {
        client.send(post(64 << 10));
        client.send(new byte[(64 << 10) - 1]);
        get(connect()); // by now the server had time to read the first client

        assertThat(ran).hasValue(1);
        client.send(new byte[1]);
        assertThat(client.readAnswer().body()).isEqualTo("65536");
      }
    }

    @Test
    void inChunksAreCompleteToo() throws Exception {
      start(builder().context("/", count));

      try (RawClient client = connect()) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n10000\r\n");
        client.send(new byte[64 << 10]);
        client.send("\r\n");
        get(connect());

        assertThat(ran).hasValue(1);
        client.send("0\r\n\r\n");
        assertThat(client.readAnswer().body()).isEqualTo("65536");
      }
    }

    @Test
    void areReadWhileTheyComeWhereNothingIsCollected() throws Exception {
      CountDownLatch running = new CountDownLatch(1);
      start(
          builder()
              .bufferedRequestBytes(0)
              .context(
                  "/",
                  exchange -> {
                    assertThat(exchange.getRequestBody().read()).isEqualTo('a');
                    running.countDown();
                    count.handle(exchange);
                  }));

      try (RawClient client = connect()) {
        client.send(post(2) + "a");
        await(running);
        client.send("b");

        assertThat(client.readAnswer().body()).isEqualTo("1");
      }
    }

    @Test
    void thatComeTooSlowlyAre408BeforeTheirHandlerRuns() throws Exception {
      start(builder().minRequestBodyBytesPerSecond(1 << 20).context("/", count));

      try (RawClient client = connect()) {
        client.send(post(2) + "a");

        assertThat(client.readAnswer().status()).isEqualTo(408); // after ten seconds
        client.assertEnds();
      }
      assertThat(ran).hasValue(0);
    }

    @Test
    void thatAreBrokenAre400BeforeTheirHandlerRuns() throws Exception {
      start(builder().context("/", count));

      try (RawClient client = connect()) {
        client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab");

        assertThat(client.readAnswer().status()).isEqualTo(400);
        client.assertEnds();
      }
      assertThat(ran).hasValue(0);
    }

    @Test
    void ofAnAddressWithoutMemoryAre503AndThoseOfOthersAreServed() throws Exception {
      start(builder().maxBufferedBytes(640 << 10).context("/", count));
      List<RawClient> attackers = new ArrayList<>();
      for (int i = 0; i < 12; i++) { // 64 KiB each; three quarters of the memory are 480 KiB
        RawClient attacker = RawClient.from(ATTACKER, server.port());
        attackers.add(attacker);
        attacker.send(post(60_000));
        attacker.send(new byte[59_999]);
      }
      CompletableFuture<Answer> refusal = new CompletableFuture<>();
      for (RawClient attacker : attackers) {
        answerOf(attacker).thenAccept(refusal::complete);
      }

      assertThat(refusal.get(30, TimeUnit.SECONDS).status()).isEqualTo(503);
      assertThat(refusal.get().header("Retry-After")).isEqualTo("1");
      try (RawClient other = RawClient.from(OTHER, server.port())) {
        other.send(post(60_000));
        other.send(new byte[60_000]);
        assertThat(other.readAnswer().body()).isEqualTo("60000");
      }
      for (RawClient attacker : attackers) {
        attacker.close();
      }
    }

    @Test
    void beyondThoseThatMayBeSlowAre503() throws Exception {
      start(builder().maxSlowPeers(1).context("/", count));
      BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        RawClient client = connect();
        clients.add(client);
        client.send(post(BODY));
        client.send(new byte[BODY - 1]);
        answerOf(client).thenAccept(answers::add);
      }

      Answer refused = answers.poll(30, TimeUnit.SECONDS);
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.header("Retry-After")).isEqualTo("1");
      for (RawClient client : clients) {
        sends(client, new byte[1]);
      }
      assertThat(answers.poll(30, TimeUnit.SECONDS).body()).isEqualTo("1000000");
      for (RawClient client : clients) {
        client.close();
      }
    }
  }

  @Nested
  class Responses {
    @Test
    void thatFitGiveTheThreadBackThoughNobodyReads() throws Exception {
      CountDownLatch done = new CountDownLatch(1);
      byte[] large = new byte[24 << 20]; // more than the kernels buffer
      start(
          builder()
              .bufferedResponseBytes(32 << 20)
              .maxBufferedBytes(256 << 20)
              .context(
                  "/",
                  exchange -> {
                    answer(exchange, large);
                    done.countDown();
                  }));

      try (RawClient client = new RawClient(server.port(), 16 << 10)) {
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");

        await(done);
        assertThat(client.readAnswer().body()).hasSize(large.length);
      }
    }

    @Test
    void thatNobodyReadsAreCutBeyondThoseThatMayBeSlow() throws Exception {
      BlockingQueue<IOException> failures = new LinkedBlockingQueue<>();
      byte[] large = new byte[24 << 20];
      start(
          builder()
              .maxSlowPeers(1)
              .context(
                  "/",
                  exchange -> {
                    try {
                      answer(exchange, large);
                    } catch (IOException e) {
                      failures.add(e);
                      throw e;
                    }
                  }));
      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        RawClient client = new RawClient(server.port(), 16 << 10);
        clients.add(client);
        client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      }

      assertThat(failures.poll(30, TimeUnit.SECONDS)).hasMessageContaining("read slowly");
      AtomicInteger whole = new AtomicInteger();
      for (RawClient client : clients) {
        try (client) {
          whole.addAndGet(client.readAnswer().body().length() == large.length ? 1 : 0);
        } catch (IOException e) {
          // this client was cut
        }
      }
      assertThat(whole).hasValue(1);
    }
  }

  @Nested
  class Threads {
    @Test
    void ofHandlersAreNotNeededForTlsAndHooks() throws Exception {
      start(
          Carrier.TLS
              .secure(builder())
              .handlerExecutor(task -> {}) // no thread is ever free
              .handshake(request -> HandshakeDecision.accept()));

      try (RawClient client = new RawClient(Carrier.TLS.connect(server.port()))) {
        client.openWebSocket("/ws");
      }
    }

    @Test
    void thatSomeHoldAreWaitedForUntilTheHandshakeTimeout() throws Exception {
      ExecutorService one = Executors.newFixedThreadPool(1);
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      start(
          builder()
              .handlerExecutor(one)
              .handshakeTimeout(Duration.ofSeconds(3))
              .context(
                  "/",
                  exchange -> {
                    running.countDown();
                    await(release);
                    count.handle(exchange);
                  }));

      try (RawClient first = connect();
          RawClient second = connect()) {
        first.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        await(running);
        second.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        Answer answer = second.readAnswer();

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        release.countDown();
        assertThat(first.readAnswer().status()).isEqualTo(200);
      } finally {
        one.shutdown();
      }
      assertThat(ran).hasValue(1);
    }

    @Test
    void ofHooksAreWaitedForUntilTheHandshakeTimeout() throws Exception {
      ExecutorService one = Executors.newFixedThreadPool(1);
      CountDownLatch running = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      start(
          builder()
              .handshakeExecutor(one)
              .handshakeTimeout(Duration.ofSeconds(3))
              .handshake(
                  request -> {
                    running.countDown();
                    await(release);
                    return HandshakeDecision.accept();
                  }));

      try (RawClient first = connect();
          RawClient second = connect()) {
        first.send(RawClient.handshake("/ws"));
        await(running);
        second.send(RawClient.handshake("/ws"));

        assertThat(second.readAnswer().status()).isEqualTo(503);
      } finally {
        release.countDown();
        one.shutdown();
      }
    }

    @Test
    void thatAreTheLoopServeHandlersThatDoNotWaitAndFailThoseThatDo() throws Exception {
      byte[] large = new byte[24 << 20];
      start(
          builder()
              .loops(1)
              .handlerExecutor(Runnable::run)
              .context(
                  "/",
                  exchange -> {
                    count.handle(exchange);
                    Thread.currentThread().interrupt();
                  })
              .context("/large", exchange -> answer(exchange, large)));

      for (int i = 0; i < 3; i++) {
        assertThat(get(connect()).status()).isEqualTo(200);
      }
      try (RawClient client = connect()) {
        client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
        client.readToEnd();
      } catch (IOException e) {
        // cut
      }
      assertThat(get(connect()).status()).isEqualTo(200);
    }
  }

  private SignalServerBuilder builder() {
    return SignalServer.builder(hub).port(0);
  }

  private void start(SignalServerBuilder builder) throws IOException {
    server = builder.start();
  }

  private RawClient connect() throws IOException {
    return new RawClient(server.port());
  }

  private static String post(int length) {
    return "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n";
  }

  private static Answer get(RawClient connected) throws IOException {
    try (RawClient client = connected) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      return client.readAnswer();
    }
  }

  /** Reads an answer in the background. The future stays incomplete if reading fails. */
  private static CompletableFuture<Answer> answerOf(RawClient client) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Thread reader =
        new Thread(
            () -> {
              try {
                answer.complete(client.readAnswer());
              } catch (IOException e) {
                answer.completeExceptionally(e);
              }
            });
    reader.setDaemon(true);
    reader.start();
    return answer;
  }

  private static void sends(RawClient client, byte[] bytes) {
    try {
      client.send(bytes);
    } catch (IOException e) {
      // the server refused the request earlier
    }
  }

  private static void answer(HttpExchange exchange, byte[] body) throws IOException {
    exchange.sendResponseHeaders(200, body.length);
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
