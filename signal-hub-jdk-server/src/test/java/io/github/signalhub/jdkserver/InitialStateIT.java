package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.json.Json;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** States that are sent at a join, over real sockets, while other threads publish. */
@Timeout(120)
class InitialStateIT {
  private static final int CLIENTS = 50;
  private static final int MESSAGES = 2_000;

  /** Numbers that are counted up: each is stored before it is published. */
  private final AtomicInteger stored = new AtomicInteger();

  @ParameterizedTest
  @ValueSource(strings = {"/ws?topic=t", "/ws?topic=t&signal-hub=1"})
  void aStateAndTheMessagesAfterItLeaveNothingOut(String target) throws Exception {
    TopicOptions all = TopicOptions.DEFAULT.withMessages(2 * MESSAGES);
    try (Hub hub = Hub.builder().topicDefaults(all).broadcasts(all).build();
        SignalServer server =
            SignalServer.builder(hub)
                .port(0)
                .handshake(request -> HandshakeDecision.accept().topics("t"))
                .start()) {
      hub.onJoin("t", (client, join) -> client.send("STATE", stored.get()).orThrow());
      Thread publisher = new Thread(() -> publish(hub));
      publisher.start();

      List<RawClient> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(RawClient.webSocket(server.port(), target));
      }

      for (RawClient client : clients) {
        assertThat(client).satisfies(InitialStateIT::hasAll);
        client.close();
      }
      publisher.join();
      server.stop(Duration.ofSeconds(10));
    }
  }

  @Test
  void longStatesOfManyTopicsAreSentOneAfterTheOther() throws Exception {
    String[] topics = IntStream.range(0, 20).mapToObj(n -> "t" + n).toArray(String[]::new);
    String state = "x".repeat(300_000);
    try (Hub hub = Hub.create();
        SignalServer server =
            SignalServer.builder(hub)
                .port(0)
                .handshake(request -> HandshakeDecision.accept().topics(topics))
                .start()) {
      hub.onJoin("*", (client, join) -> client.send(join.topic(), state).orThrow());

      for (int i = 0; i < 10; i++) {
        try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
          List<Object> types = new ArrayList<>();
          for (String ignored : topics) {
            types.add(((Map<?, ?>) Json.parse(client.readFrame().text())).get("type"));
          }
          assertThat(types).containsExactlyInAnyOrder((Object[]) topics);
        }
      }
      server.stop(Duration.ofSeconds(10));
    }
  }

  private void publish(Hub hub) {
    for (int n = 1; n <= MESSAGES; n++) {
      stored.set(n);
      hub.topic("t").publish("N", n).orThrow();
      hub.broadcast("OTHER", n).orThrow();
    }
  }

  /** Reads up to the last number, and checks the order. */
  private static void hasAll(RawClient client) throws IOException {
    int state = -1;
    int last = 0;
    Set<Integer> numbers = new HashSet<>();
    while (last < MESSAGES) {
      Map<?, ?> message = (Map<?, ?>) Json.parse(client.readFrame().text());
      if (message.get("type").equals("STATE")) {
        assertThat(state).as("the state comes once").isEqualTo(-1);
        state = ((Number) message.get("payload")).intValue();
        last = state;
      } else if (message.get("type").equals("N")) {
        assertThat(state).as("the state comes first").isNotEqualTo(-1);
        int number = ((Number) message.get("payload")).intValue();
        assertThat(numbers.add(number)).as("%s comes once", number).isTrue();
        assertThat(number).as("nothing is left out").isLessThanOrEqualTo(last + 1);
        last = Math.max(last, number);
      }
    }
  }
}
