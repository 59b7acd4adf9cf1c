package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.connection.DisconnectReason;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests over sockets that are cut before the answer is sent. */
@Timeout(120)
class RequestsIT {
  private static final String PATH = "/ws?signal-hub=1&session=" + "a".repeat(32);
  private static final String REQUEST = "{\"type\":\"BOOK\",\"payload\":{},\"ref\":\"b-1\"}";
  private static final String ANSWER =
      "{\"type\":\"$ack\",\"payload\":{\"ref\":\"b-1\",\"answer\":\"booking 1\"}}";

  private final Hub hub = Hub.create();
  private final AtomicInteger bookings = new AtomicInteger();
  private final CountDownLatch gone = new CountDownLatch(1);
  private SignalServer server;

  @BeforeEach
  void start() throws Exception {
    server = SignalServer.start(hub, 0);
    hub.addListener(
        new HubListener() {
          @Override
          public void onDisconnect(Client client, DisconnectReason reason) {
            gone.countDown();
          }
        });
  }

  @AfterEach
  void stop() {
    server.close();
    hub.close(Duration.ZERO);
  }

  @Test
  void requestRunsOnceAndItsRepeatGetsTheAnswerThoughTheLinkWasCutBeforeIt() throws Exception {
    BlockingQueue<RawClient> links = new LinkedBlockingQueue<>();
    hub.onRequest(
        "BOOK",
        Object.class,
        (client, any) -> {
          String answer = "booking " + bookings.incrementAndGet();
          RawClient link = links.poll();
          if (link != null) {
            cut(link); // between the handler and the answer
          }
          return answer;
        });
    RawClient first = connect();
    links.add(first);
    first.send(RawClient.text(REQUEST));
    assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();

    assertThat(repeat()).isEqualTo(ANSWER);
    assertThat(bookings).hasValue(1);
  }

  @Test
  void answerThatIsReadyWhileNobodyIsConnectedIsTheAnswerToTheRepeat() throws Exception {
    BlockingQueue<CompletableFuture<String>> stages = new LinkedBlockingQueue<>();
    hub.onRequest(
        "BOOK",
        Object.class,
        (client, any) -> {
          CompletableFuture<String> stage = new CompletableFuture<>();
          stages.add(stage);
          return stage;
        });
    RawClient first = connect();
    first.send(RawClient.text(REQUEST));
    CompletableFuture<String> stage = stages.poll(30, TimeUnit.SECONDS);
    cut(first);
    assertThat(gone.await(30, TimeUnit.SECONDS)).isTrue();
    stage.complete("booking 1");

    assertThat(repeat()).isEqualTo(ANSWER);
    assertThat(stages).isEmpty();
  }

  private RawClient connect() throws Exception {
    RawClient client = RawClient.webSocket(server.port(), PATH);
    assertThat(client.readFrame().text()).contains("$hello");
    return client;
  }

  private String repeat() throws Exception {
    try (RawClient second = connect()) {
      second.send(RawClient.text(REQUEST));
      return second.readFrame().text();
    }
  }

  private static void cut(RawClient client) {
    try {
      client.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
