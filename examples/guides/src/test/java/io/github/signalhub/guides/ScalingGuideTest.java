package io.github.signalhub.guides;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.HubBuilder;
import io.github.signalhub.HubListener;
import io.github.signalhub.PublishResult;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.redis.RedisBackbone;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.testkit.Arrival;
import io.github.signalhub.testkit.SimulatedClient;
import io.github.signalhub.testkit.SimulatedNetwork;
import io.github.signalhub.testkit.backbone.MemoryEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The code of docs/scaling.md, and of the section on several nodes in docs/testing.md. */
class ScalingGuideTest {
  private static final TopicOptions TABLE =
      TopicOptions.DEFAULT.compactBy(message -> ((Machine) message.payload()).name());

  record Machine(String name, String state) {}

  private final List<Object> unsent = new ArrayList<>();
  private final List<Object> doubtful = new ArrayList<>();
  private final List<Machine> machines = List.of(new Machine("press", "stopped"));

  private static Hub overOneRedis() {
    Hub hub = Hub.builder().backbone(RedisBackbone.of("redis://10.0.0.5:6379", "orders")).build();
    return hub;
  }

  private static Backbone overSentinels(String password) {
    Backbone backbone =
        RedisBackbone.builder()
            .hub("orders")
            .sentinels("mymaster", "10.0.0.5", "10.0.0.6", "10.0.0.7")
            .credentials("hub", password)
            .tls()
            .build();
    return backbone;
  }

  private void broadcast(Hub hub, Object order) {
    hub.broadcast("ORDER", order)
        .settled()
        .thenAccept(
            result -> {
              if (result.status() == PublishResult.Status.UNCONFIRMED) {
                doubtful.add(order); // clients may have it or not
              } else if (result.isRetryable()) {
                unsent.add(order); // no client has it
              }
            });
  }

  private void publishAfterALoss(Hub hub) {
    hub.addListener(
        new HubListener() {
          @Override
          public void onRestart(String id, boolean isFirst) {
            if (isFirst) { // one node is enough
              machines.forEach(machine -> hub.topic("machines").publish("MACHINE", machine));
            }
          }
        });
  }

  @Test
  void aPublisherLearnsTheOutcomeLater() {
    SimulatedNetwork network = new SimulatedNetwork(1);
    MemoryEngine engine = new MemoryEngine(network);
    Hub hub = network.open(Hub.builder().backbone(engine.backbone("one")));
    broadcast(hub, 1);
    network.settle();

    engine.stop();
    broadcast(hub, 2);
    network.runFor(Duration.ofSeconds(15));

    assertThat(unsent.size() + doubtful.size()).isEqualTo(1);
    assertThat(hub.stats().published()).isEqualTo(1);
  }

  @Test
  void tablesArePublishedAgainAfterALoss() {
    SimulatedNetwork network = new SimulatedNetwork(1);
    MemoryEngine engine = new MemoryEngine(network);
    Hub hub = network.open(withTable(engine.backbone("one")));
    publishAfterALoss(hub);
    SimulatedClient browser = network.client().topic("machines").connect();
    network.settle();

    engine.flush();
    network.runFor(Duration.ofSeconds(5));

    assertThat(browser.messages()).extracting(Arrival::type).containsExactly("MACHINE");
  }

  @Test
  void aClientGoesOnAtAnotherNode() {
    SimulatedNetwork network = new SimulatedNetwork(1);
    MemoryEngine engine = new MemoryEngine(network);
    Hub one = network.open(Hub.builder().backbone(engine.backbone("one")));
    SimulatedClient browser = network.client().topic("flows").connect();
    network.settle();
    Hub two = network.open(Hub.builder().backbone(engine.backbone("two")));
    one.topic("flows").publish("STATUS", "RUNS");
    network.settle();

    network.kill(one);
    two.topic("flows").publish("STATUS", "DONE");
    network.runFor(Duration.ofMinutes(1));

    assertThat(browser.messages()).extracting(Arrival::payload).containsExactly("RUNS", "DONE");
    assertThat(browser.arrivals()).extracting(Arrival::type).doesNotContain("$gap");
  }

  @Test
  void aLostEngineIsToldToClients() {
    SimulatedNetwork network = new SimulatedNetwork(1);
    MemoryEngine engine = new MemoryEngine(network);
    Hub hub = network.open(Hub.builder().backbone(engine.backbone("one")));
    SimulatedClient browser = network.client().topic("flows").connect();
    network.settle();

    engine.flush();
    network.runFor(Duration.ofSeconds(5));

    assertThat(browser.arrivals()).extracting(Arrival::type).contains("$gap");
    assertThat(hub.clients()).hasSize(1); // it is told in its place
  }

  private static HubBuilder withTable(Backbone backbone) {
    return Hub.builder().topic("machines", TABLE).backbone(backbone);
  }

  @Test
  void aBackboneConnectsWhenItsHubIsBuilt() {
    try (Backbone backbone = overSentinels("secret")) {
      assertThat(backbone).isNotNull();
    }
  }

  @Test
  void aNodeThatReachesTheOthersIsHealthy() {
    try (Hub hub = Hub.builder().backbone(new MemoryEngine().backbone("one")).build()) {
      assertThat(hub.isAvailable()).isTrue();
    }
  }
}
