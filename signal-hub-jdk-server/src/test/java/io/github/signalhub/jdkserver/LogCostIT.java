package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.RefusedException;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.connection.DisconnectReason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Measures the cost of peers that repeat a failure, in bytes of log at INFO for each byte that they
 * send. Prints the figures.
 */
@Timeout(120)
class LogCostIT {
  private static final int MESSAGES = 2_000;
  private static final int CONNECTIONS = 200;

  private final RecordedLog log = new RecordedLog(Level.INFO);
  private final AtomicInteger done = new AtomicInteger();
  private final Hub hub =
      Hub.builder()
          .maxTopicsPerClient(2)
          .authorizeJoins(
              (client, topic) -> {
                done.incrementAndGet();
                return Integer.parseInt(topic.substring("room:".length())) > 0;
              })
          .build();
  private SignalServer server;

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
    log.close();
  }

  @Nested
  class OneConnection {
    @Test
    void whoseTopicsAreNoNumbers() throws Exception {
      cost("join hook", "{\"type\":\"$join\",\"payload\":{\"topic\":\"room:x\"}}");
    }

    @Test
    void whoseMessagesFailAListener() throws Exception {
      cost("listener", "{\"type\":\"T\"}");
    }

    @Test
    void whoseTextsFailAListener() throws Exception {
      cost("listener of texts", "x");
    }

    private void cost(String what, String text) throws Exception {
      start();
      byte[] message = RawClient.text(text);
      byte[][] all = IntStream.range(0, MESSAGES).mapToObj(i -> message).toArray(byte[][]::new);
      try (RawClient client = RawClient.webSocket(server.port(), "/ws?signal-hub=1")) {
        client.send(RawClient.join(all));
        await(MESSAGES);
      }
      assertCost(what, (long) MESSAGES * message.length, 0.5);
      assertThat(log.count("more like this since")).as("told repetitions").isEqualTo(3);
    }
  }

  @Nested
  class ManyConnections {
    @Test
    void whoseUserIsNone() throws Exception {
      assertThat(refused("bad user", "/ws?user=", 400)).isZero();
    }

    @Test
    void whoseTopicsAreTooMany() throws Exception {
      assertThat(refused("too many topics", "/ws?topic=a&topic=b&topic=c", 400)).isZero();
    }

    @Test
    void whoseHandshakesFailTheHook() throws Exception {
      refused("handshake hook", "/ws?fail", 500);
    }

    @Test
    void whoseRequestsFailAHandler() throws Exception {
      long sent = 0;
      start();
      for (int i = 0; i < CONNECTIONS; i++) {
        String request = "GET /fail HTTP/1.1\r\nHost: localhost\r\n\r\n";
        try (RawClient client = new RawClient(server.port())) {
          client.send(request);
          assertThat(client.readAnswer().status()).isEqualTo(500);
        }
        sent += request.length();
      }
      assertCost("handler", sent, 1);
    }

    /** Each client has two lines by promise. The number of connections limits them. */
    @Test
    void thatComeAndGoCostTwoShortLinesEach() throws Exception {
      start();
      String handshake = RawClient.handshake("/ws");
      byte[] close = RawClient.close(4000, "\u0001".repeat(123));
      for (int i = 0; i < CONNECTIONS; i++) {
        try (RawClient client = new RawClient(server.port())) {
          client.send(handshake);
          client.readAnswer();
          client.send(close);
          client.readToClose();
        }
      }
      log.awaitCount("Client disconnected", CONNECTIONS);
      assertThat(log.bytes() / CONNECTIONS).as("bytes of log for a connection").isLessThan(800);
      assertCost("connections", (long) CONNECTIONS * (handshake.length() + close.length), 3);
    }

    private long refused(String what, String target, int status) throws Exception {
      start();
      String handshake = RawClient.handshake(target);
      for (int i = 0; i < CONNECTIONS; i++) {
        try (RawClient client = new RawClient(server.port())) {
          client.send(handshake);
          assertThat(client.readAnswer().status()).isEqualTo(status);
        }
      }
      assertCost(what, (long) CONNECTIONS * handshake.length(), 0.5);
      return log.entries().stream().filter(e -> !e.contains("istening on")).count();
    }
  }

  private void start() throws IOException {
    hub.addListener(
        new HubListener() {
          @Override
          public void onMessage(Client client, Message message) throws RefusedException {
            done.incrementAndGet();
            Integer.parseInt(message.type());
          }

          @Override
          public void onText(Client client, String text) {
            done.incrementAndGet();
            Integer.parseInt(text);
          }

          @Override
          public void onDisconnect(Client client, DisconnectReason reason) {}
        });
    server =
        SignalServer.builder(hub)
            .port(0)
            .handshake(
                request -> {
                  if (request.parameter("fail").isPresent()) {
                    Integer.parseInt("x");
                  }
                  HandshakeDecision decision = HandshakeDecision.accept().topics(request.topics());
                  return request.parameter("user").isPresent()
                      ? decision.user(request.parameter("user").get())
                      : decision;
                })
            .context(
                "/fail",
                exchange -> {
                  Integer.parseInt("x");
                })
            .start();
  }

  private void await(int count) throws InterruptedException {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (done.get() < count && System.nanoTime() < deadline) {
      Thread.sleep(5); // between two checks
    }
    assertThat(done).hasValueGreaterThanOrEqualTo(count);
  }

  private void assertCost(String what, long sent, double most) {
    double cost = (double) log.bytes() / sent;
    System.out.printf(
        "%s: %d bytes of log for %d bytes sent: %.2f%n", what, log.bytes(), sent, cost);
    assertThat(cost).as("bytes of log for each byte of: " + what).isLessThan(most);
  }
}
