package io.github.signalhub.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.Message;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.testkit.SimulatedClient;
import io.github.signalhub.testkit.SimulatedNetwork;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Stories that once broke the guarantee. */
class FoundStoryTest {
  private final SimulatedNetwork network = new SimulatedNetwork(1);

  @Test
  void tableOfARestartedHubIsResetAlsoForWhoWasCutBetweenHelloAndGap() {
    Hub first = network.open(options());
    SimulatedClient client = network.client().topic("table").staysAway().build();
    client.connect();
    network.settle();
    first.topic("table").publish(Message.of("k", 1));
    network.settle();
    first.close(Duration.ZERO);
    Hub second = network.open(options());
    second.topic("table").publish(Message.of("other", 2));
    network.settle();

    client.stall();
    client.connect();
    network.settle();
    while (client.controls("$hello").size() < 2) {
      client.read(1);
      network.settle();
    }
    client.cut();
    network.settle();
    client.resume();
    client.connect();
    network.settle();

    assertThat(client.controls("$gap")).anyMatch(gap -> gap.member("reset").isPresent());
  }

  @Test
  void leaveEndsACatchUpAlsoIfTheTopicWasJoinedAgainMeanwhile() {
    Hub hub = network.open(Hub.builder().authorizeJoins((client, topic) -> true));
    SimulatedClient client = network.client().connect();
    network.settle();
    String start = hub.lastId();
    for (int n = 0; n < 900; n++) {
      hub.topic("stream").publish("N", n);
    }
    client.read(60_000);
    client.join("stream", start);
    network.settle();
    client.join("stream", start);
    network.settle();
    int before = client.messages().size();

    hub.clients().forEach(leaving -> leaving.leave("stream"));
    client.resume();
    network.settle();

    assertThat(before).isBetween(1, 899);
    assertThat(client.messages()).hasSizeBetween(before, before + 1); // one was in transit
    assertThat(client.topics()).isEmpty();
  }

  private static HubBuilder options() {
    return Hub.builder().topic("table", TopicOptions.DEFAULT.compactBy(Message::type));
  }
}
