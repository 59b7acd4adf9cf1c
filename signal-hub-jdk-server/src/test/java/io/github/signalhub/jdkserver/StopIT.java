package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.admission.HandshakeHook;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The start and the stop of a server. */
@Timeout(60)
class StopIT {
  private final Hub hub = Hub.create();

  @AfterEach
  void close() {
    hub.close(Duration.ZERO);
  }

  @Test
  void whatWasPublishedIsSentBeforeTheGoodbye() throws Exception {
    SignalServer server = SignalServer.start(hub, OwnPort.next());
    List<RawClient> clients = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      clients.add(RawClient.webSocket(server.port(), "/ws"));
    }
    String text = "x".repeat(50_000);
    for (int i = 0; i < 50; i++) {
      hub.broadcast("N" + i, text);
    }

    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(() -> server.stop(Duration.ofSeconds(60)));

    for (RawClient client : clients) {
      for (int i = 0; i < 50; i++) {
        assertThat(client.readFrame().text()).startsWith("{\"type\":\"N" + i + "\"");
      }
      assertThat(client.readFrame().closeCode()).isEqualTo(1001);
      client.send(RawClient.hex("88 82 00 00 00 00 03 e9"));
      client.assertEnds();
      client.close();
    }
    stopped.get(30, TimeUnit.SECONDS);
    assertThat(hub.clients()).isEmpty();
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new RawClient(server.port()));
  }

  @Nested
  class UntilTheLastClientIsGone {
    private SignalServer server;
    private RawClient last;
    private CompletableFuture<Void> stopped;

    @Test
    void handshakesAreAnsweredWith503AndWhenToComeBack() throws Exception {
      begin(SignalServer.builder(hub), () -> server.stop(Duration.ofMillis(60_500)));

      try (RawClient late = new RawClient(server.port())) {
        late.send(RawClient.handshake("/ws"));

        RawClient.Answer answer = late.readAnswer();
        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.header("retry-after")).isEqualTo("61");
        assertThat(answer.header("connection")).isEqualTo("close");
        late.assertEnds();
      }
      end();
    }

    @Test
    void theSameHappensWhenTheHubIsClosed() throws Exception {
      begin(SignalServer.builder(hub), () -> hub.close(Duration.ofSeconds(60)));

      try (RawClient late = new RawClient(server.port())) {
        late.send(RawClient.handshake("/ws"));

        assertThat(late.readAnswer().status()).isEqualTo(503);
      }
      end();
    }

    @Test
    void theSameHappensWithoutAHub() throws Exception {
      begin(
          SignalServer.builder(new EchoRegistrar(1 << 20)),
          () -> server.stop(Duration.ofSeconds(60)));

      try (RawClient late = new RawClient(server.port())) {
        late.send(RawClient.handshake("/ws"));

        assertThat(late.readAnswer().status()).isEqualTo(503);
      }
      end();
    }

    @Test
    void aHandshakeThatIsBeingDecidedIsRefusedToo() throws Exception {
      CountDownLatch entered = new CountDownLatch(2);
      CountDownLatch release = new CountDownLatch(1);
      HandshakeHook hook =
          request -> {
            entered.countDown();
            if (entered.getCount() == 0) {
              release.await();
            }
            return HandshakeDecision.accept();
          };
      server = SignalServer.builder(hub).port(OwnPort.next()).handshake(hook).start();
      last = RawClient.webSocket(server.port(), "/ws");
      try (RawClient late = new RawClient(server.port())) {
        late.send(RawClient.handshake("/ws"));
        entered.await();

        stop(() -> server.stop(Duration.ofSeconds(60)));
        release.countDown();

        assertThat(late.readAnswer().status()).isEqualTo(503);
      }
      end();
    }

    @Test
    void requestsAreAnsweredAndSaidToBeTheLastOfTheirConnection() throws Exception {
      SignalServerBuilder options =
          SignalServer.builder(hub)
              .context(
                  "/health",
                  exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                  });
      server = options.port(OwnPort.next()).start();
      last = RawClient.webSocket(server.port(), "/ws");
      try (RawClient kept = new RawClient(server.port())) {
        kept.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(kept.readAnswer().header("connection")).isNull();

        stop(() -> server.stop(Duration.ofSeconds(60)));

        for (RawClient client : List.of(kept, new RawClient(server.port()))) {
          client.send("GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
          RawClient.Answer answer = client.readAnswer();
          assertThat(answer.status()).isEqualTo(204);
          assertThat(answer.header("connection")).isEqualTo("close");
          client.assertEnds();
          client.close();
        }
      }
      end();
    }

    private void begin(SignalServerBuilder options, Runnable stop) throws Exception {
      server = options.port(OwnPort.next()).start();
      last = RawClient.webSocket(server.port(), "/ws");
      stop(stop);
    }

    /** Stops in the background. Returns when the last client has its close, unanswered. */
    private void stop(Runnable stop) throws Exception {
      stopped = CompletableFuture.runAsync(stop);
      assertThat(last.readFrame().closeCode()).isEqualTo(1001);
    }

    private void end() throws Exception {
      assertThat(stopped).isNotDone();
      last.send(RawClient.close(1001, ""));
      last.assertEnds();
      last.close();
      stopped.get(30, TimeUnit.SECONDS);
      assertThatExceptionOfType(ConnectException.class)
          .isThrownBy(() -> new RawClient(server.port()));
      server.close();
    }
  }

  @Test
  void clientsOfTheHubAreToldWhenToComeBackAndThoseOfAnotherServerAreNot() throws Exception {
    SignalServer server = SignalServer.start(hub, 0);
    try (SignalServer other = SignalServer.start(hub, 0);
        RawClient stays = RawClient.webSocket(other.port(), "/ws?signal-hub=1");
        RawClient leaves = RawClient.webSocket(server.port(), "/ws?signal-hub=1")) {
      hub.broadcast("A", 1);
      assertThat(stays.readFrame().text()).contains("$hello");
      assertThat(stays.readFrame().text()).startsWith("{\"type\":\"A\"");

      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(
              () -> server.stop(Duration.ofSeconds(60), Duration.ofSeconds(6)));

      assertThat(leaves.readFrame().text()).contains("$hello");
      assertThat(leaves.readFrame().text()).startsWith("{\"type\":\"A\"");
      assertThat(leaves.readFrame().text())
          .isEqualTo(
              "{\"type\":\"$bye\",\"payload\":{\"reason\":\"shutdown\",\"retryAfterMs\":3000}}");
      assertThat(leaves.readFrame().closeCode()).isEqualTo(1001);
      leaves.send(RawClient.close(1001, ""));
      stopped.get(30, TimeUnit.SECONDS);
      hub.broadcast("B", 1);
      assertThat(stays.readFrame().text()).startsWith("{\"type\":\"B\"");
    }
  }

  @Test
  void anExchangeInProgressIsFinished() throws Exception {
    CountDownLatch entered = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    SignalServer server =
        SignalServer.builder(hub)
            .port(0)
            .context(
                "/",
                exchange -> {
                  entered.countDown();
                  try {
                    release.await();
                  } catch (InterruptedException e) {
                    throw new IOException(e);
                  }
                  exchange.sendResponseHeaders(204, -1);
                })
            .start();

    try (RawClient client = new RawClient(server.port());
        RawClient idle = new RawClient(server.port())) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
      entered.await();
      CompletableFuture<Void> stopped =
          CompletableFuture.runAsync(() -> server.stop(Duration.ofSeconds(60)));
      idle.assertEnds();
      release.countDown();

      assertThat(client.readAnswer().status()).isEqualTo(204);
      client.assertEnds();
      stopped.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void theDeadlineIsKept() throws Exception {
    SignalServer server = SignalServer.start(hub, 0);

    try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
      server.stop(Duration.ofSeconds(3)); // enough for the close, which the client does not answer

      assertThat(client.readFrame().closeCode()).isEqualTo(1001);
      client.assertEnds();
    }
    assertThat(hub.clients()).isEmpty();
  }

  @Test
  void thePortIsFreeAgainAfterwards() throws Exception {
    SignalServer first = SignalServer.start(hub, OwnPort.next());
    RawClient client = RawClient.webSocket(first.port(), "/ws");
    first.stop(Duration.ofMillis(100));
    first.close();

    try (SignalServer second = SignalServer.start(hub, first.port());
        RawClient another = RawClient.webSocket(second.port(), "/ws")) {
      hub.broadcast("A", 1);

      assertThat(another.readFrame().text()).startsWith("{\"type\":\"A\"");
    } finally {
      client.close();
    }
  }

  @Test
  void aPortInUseIsTold() throws Exception {
    try (SignalServer first = SignalServer.start(hub, 0)) {
      assertThatExceptionOfType(BindException.class)
          .isThrownBy(() -> SignalServer.start(hub, first.port()));

      try (RawClient client = RawClient.webSocket(first.port(), "/ws")) {
        hub.broadcast("A", 1);
        assertThat(client.readFrame().text()).startsWith("{\"type\":\"A\"");
      }
    }
  }

  @Test
  void closingTheHubStopsTheServer() throws Exception {
    SignalServer server = SignalServer.start(hub, OwnPort.next());
    RawClient client = RawClient.webSocket(server.port(), "/ws");
    hub.broadcast("A", 1);

    CompletableFuture<Void> closed =
        CompletableFuture.runAsync(() -> hub.close(Duration.ofSeconds(60)));

    assertThat(client.readFrame().text()).startsWith("{\"type\":\"A\"");
    assertThat(client.readFrame().closeCode()).isEqualTo(1001);
    client.close();
    closed.get(30, TimeUnit.SECONDS);
    assertThatExceptionOfType(ConnectException.class)
        .isThrownBy(() -> new RawClient(server.port()));
    server.close();
  }

  @Test
  void optionsOutOfRangeAreTold() throws Exception {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignalServer.builder(hub).loops(0).start())
        .withMessage("expected loops of 1 to 1024, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignalServer.builder(hub).path("ws").start());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignalServer.builder(hub).pingInterval(Duration.ZERO).start())
        .withMessage("expected pingInterval of 1 ms to 1 d, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> SignalServer.builder(hub).port(65_536).start());
    try (SignalServer server = SignalServer.builder(hub).port(0).start()) {
      assertThatIllegalArgumentException().isThrownBy(() -> server.stop(Duration.ofMillis(-1)));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> server.stop(Duration.ZERO, Duration.ofMillis(-1)));
    }
  }

  @Test
  void anAddressCanBeChosen() throws Exception {
    try (SignalServer server =
        SignalServer.builder(hub).port(0).bindAddress(InetAddress.getLoopbackAddress()).start()) {
      assertThat(server.address().getAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    }
  }
}
