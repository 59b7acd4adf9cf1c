package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.RawClient.Answer;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.backbone.MemoryEngine;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The answers to health checks, over real sockets. */
@Timeout(60)
class HealthHandlerIT {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final Hub hub = Hub.create();
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Test
  void isReadyAndLiveAfterTheStart() throws Exception {
    start(SignalServer.builder(hub), hub);

    Answer ready = ask("/ready");
    assertThat(ready.status()).isEqualTo(200);
    assertThat(ready.body()).isEqualTo("{\"status\":\"ready\"}");
    assertThat(ready.header("Content-Type")).isEqualTo("application/json");
    assertThat(ready.header("Cache-Control")).isEqualTo("no-store");
    Answer live = ask("/live");
    assertThat(live.status()).isEqualTo(200);
    assertThat(live.body()).isEqualTo("{\"status\":\"live\"}");
    assertThat(server.isDraining()).isFalse();
  }

  @Test
  void isNotReadyWhileTheServerDrainsAndItsClientsFinish() throws Exception {
    start(SignalServer.builder(hub), hub);

    assertDrains(() -> server.stop(LONG));
  }

  @Test
  void isNotReadyWhileTheHubDrainsAndItsClientsFinish() throws Exception {
    start(SignalServer.builder(hub), hub);

    assertDrains(() -> hub.close(LONG));
  }

  private void assertDrains(Runnable stop) throws Exception {
    try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
      hub.broadcast("BEFORE", null);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(stop);
      assertThat(client.readFrame().text()).contains("BEFORE");
      assertThat(client.readFrame().closeCode()).isEqualTo(1001);

      Answer answer = ask("/ready");
      assertThat(answer.status()).isEqualTo(503);
      assertThat(answer.body())
          .isEqualTo("{\"status\":\"unavailable\",\"reasons\":[\"draining\"]}");
      assertThat(ask("/live").status()).isEqualTo(200);
      assertThat(server.isDraining()).isTrue();

      client.send(RawClient.close(1001, ""));
      client.assertEnds();
      stopped.get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void isNotReadyWhileHandshakesAreRefusedForLong() throws Exception {
    start(
        SignalServer.builder(hub)
            .handshake(request -> HandshakeDecision.accept())
            .handshakeExecutor(
                task -> {
                  throw new RejectedExecutionException();
                }),
        hub);
    assertThat(ask("/ready").status()).isEqualTo(200);

    String body = "";
    while (!body.contains("unavailable")) {
      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws"));
        assertThat(client.readAnswer().status()).isEqualTo(503);
      }
      body = ask("/ready").body();
    }

    assertThat(body).isEqualTo("{\"status\":\"unavailable\",\"reasons\":[\"overloaded\"]}");
    assertThat(ask("/patient").status()).isEqualTo(200);
    assertThat(server.overloadedFor()).isPositive();
  }

  @Test
  void isNotReadyWhileTheHubRefusesMessagesForLong() throws Exception {
    AtomicLong now = new AtomicLong();
    try (Hub small = Hub.builder().maxLogBytes(64_000).nanoClock(now::get).build()) {
      start(SignalServer.builder(small), small);
      try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        while (small.broadcast("N", "x".repeat(20_000)).isAccepted()) {
          // until the event loop has not offered all of them to the client
        }
        assertThat(ask("/ready").status()).isEqualTo(200);

        now.addAndGet(TimeUnit.SECONDS.toNanos(1));

        assertThat(ask("/ready").body()).contains("[\"overloaded\"]");
        assertThat(ask("/patient").status()).isEqualTo(200);
        client.reset();
      }
      server.stop(Duration.ZERO);
    }
  }

  @Test
  void isNotReadyWhileTheOtherNodesCannotBeReached() throws Exception {
    SimulatedNetwork network = new SimulatedNetwork(1);
    MemoryEngine engine = new MemoryEngine(network);
    Hub node = network.open(Hub.builder().backbone(engine.backbone("one")));
    network.settle();
    start(SignalServer.builder(node), node);
    assertThat(ask("/ready").status()).isEqualTo(200);

    engine.stop();
    network.runFor(Duration.ofSeconds(20));

    Answer answer = ask("/ready");
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.body()).isEqualTo("{\"status\":\"unavailable\",\"reasons\":[\"backbone\"]}");
    server.stop(Duration.ZERO);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/live", "/ready"})
  void isToldToGetAndHeadAlone(String path) throws Exception {
    start(SignalServer.builder(hub), hub);

    try (RawClient client = new RawClient(server.port())) {
      client.send("HEAD " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(client.readAnswerTo("HEAD").status()).isEqualTo(200);
      client.send("POST " + path + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n");
      Answer refused = client.readAnswer();
      assertThat(refused.status()).isEqualTo(405);
      assertThat(refused.header("Allow")).isEqualTo("GET, HEAD");
    }
  }

  @Test
  void needsATimeThatIsOne() throws Exception {
    start(SignalServer.builder(hub), hub);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> HealthHandler.ready(hub, server, Duration.ZERO))
        .withMessageContaining("overloadedAfter");
  }

  private void start(SignalServerBuilder builder, Hub of) throws IOException {
    server = builder.port(OwnPort.next()).start();
    server.context("/live", HealthHandler.live());
    server.context("/ready", HealthHandler.ready(of, server, Duration.ofMillis(50)));
    server.context("/patient", HealthHandler.ready(of, server));
  }

  private Answer ask(String path) throws IOException {
    try (RawClient client = new RawClient(server.port())) {
      client.send("GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
      return client.readAnswer();
    }
  }
}
