package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.DisconnectReason;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedNetworkTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SimulatedNetwork network = new SimulatedNetwork(1);
  private final Hub hub = network.open(Hub.builder());

  @Nested
  class Faultless {
    @Test
    void everythingArrivesAtOnceWhenTheTestSaysSo() {
      SimulatedClient client = network.client().topic("a").connect();
      network.settle();

      hub.topic("a").publish("N", 1);
      hub.broadcast("N", 2);
      hub.topic("b").publish("N", 3);

      assertThat(payloads(client)).isEmpty();
      network.settle();
      assertThat(payloads(client)).containsExactly(1L, 2L);
      assertThat(network.clock().elapsed()).isEqualTo(Duration.ZERO);
    }

    @Test
    void listenersHearClientsInStepsOfTheNetwork() {
      hub.onMessage((client, message) -> hub.broadcast(message));
      SimulatedClient client = network.client().connect();

      client.send("N", 7);

      network.settle();
      assertThat(payloads(client)).containsExactly(7L);
    }

    @Test
    void timersOfTheTestRunInVirtualTime() {
      List<Instant> called = new ArrayList<>();
      network.schedule(() -> called.add(network.clock().instant()), MINUTE);

      network.runFor(Duration.ofSeconds(59));
      assertThat(called).isEmpty();
      network.runFor(SECOND);

      assertThat(called).containsExactly(Instant.parse("2026-01-01T00:01:00Z"));
    }

    @Test
    void whatNeverRestsIsReported() {
      SimulatedNetwork restless = new SimulatedNetwork(42);
      Runnable[] again = new Runnable[1];
      again[0] = () -> restless.schedule(again[0], Duration.ZERO);
      again[0].run();

      assertThatExceptionOfType(IllegalStateException.class)
          .isThrownBy(restless::settle)
          .withMessageContaining("seed 42");
    }

    @Test
    void timeEndsWhenAConditionHolds() {
      network.schedule(() -> hub.broadcast("N", 1), SECOND);
      SimulatedClient client = network.client().connect();

      assertThat(network.runUntil(() -> !client.messages().isEmpty(), MINUTE)).isTrue();
      assertThat(network.clock().elapsed()).isEqualTo(SECOND);
      assertThat(network.runUntil(() -> client.messages().size() > 1, MINUTE)).isFalse();
      assertThat(network.clock().elapsed()).isEqualTo(Duration.ofSeconds(61));
    }
  }

  @Nested
  class Links {
    @Test
    void delaysHoldInBothDirections() {
      List<Duration> heard = new ArrayList<>();
      hub.onMessage((client, message) -> heard.add(network.clock().elapsed()));
      SimulatedClient client = network.client().connect();
      network.settle();
      network.inject(Faults.builder().delay(Duration.ofMillis(20), Duration.ofMillis(20)).build());

      hub.broadcast("N", 1);
      client.send("N", 2);
      network.runFor(SECOND);

      assertThat(client.messages().get(0).at()).isEqualTo(Duration.ofMillis(20));
      assertThat(heard).containsExactly(Duration.ofMillis(20));
    }

    @Test
    void stalledClientReadsOnWhenItResumes() {
      SimulatedClient client = network.client().connect();
      network.settle();

      client.stall();
      hub.broadcast("N", 1);
      network.runFor(MINUTE);
      assertThat(payloads(client)).isEmpty();
      client.resume();
      network.settle();

      assertThat(payloads(client)).containsExactly(1L);
    }

    @Test
    void messageThatIsSplitArrivesWhenItsEndDoes() {
      SimulatedClient client = network.client().connect();
      network.settle();

      client.read(10);
      hub.broadcast("N", 1);
      network.settle();
      assertThat(payloads(client)).isEmpty();
      client.resume();
      network.settle();

      assertThat(payloads(client)).containsExactly(1L);
    }

    @Test
    void cutIsLearntOfByBothEndsAndWhatWasUnderWayIsSentAgain() {
      SimulatedClient client = network.client().connect();
      network.settle();
      network.inject(Faults.builder().delay(SECOND, SECOND).build());
      hub.broadcast("N", 1);
      network.settle();

      client.cut();
      assertThat(hub.clients()).isEmpty();
      network.runFor(MINUTE);

      assertThat(client.endings()).containsExactly(DisconnectReason.ABNORMAL);
      assertThat(client.connections()).isEqualTo(2);
      assertThat(payloads(client)).containsExactly(1L);
    }

    @Test
    void silentLinkSwallowsWhatIsSentUntilEachEndMissesTheOther() {
      SimulatedClient client = network.client().connect();
      network.settle();

      client.goSilent();
      hub.broadcast("N", 1);
      client.send("N", 2);
      network.runFor(Duration.ofSeconds(29));
      assertThat(hub.clients()).hasSize(1);
      assertThat(payloads(client)).isEmpty();
      assertThat(hub.stats().received()).isZero();
      network.runFor(MINUTE);

      assertThat(payloads(client)).containsExactly(1L);
      assertThat(client.connections()).isEqualTo(2);
      assertThat(hub.clients()).hasSize(1);
    }

    @Test
    void silentLinkSwallowsNoMoreThanIsBoundedSoThatTheHubSeesAStall() {
      Hub small = hub;
      SimulatedClient client = network.client().connect();
      network.settle();

      client.goSilent();
      for (int n = 0; n < 30; n++) {
        small.broadcast("N", "x".repeat(10_000));
      }
      network.runFor(MINUTE);

      assertThat(client.messages()).hasSize(30);
    }

    @Test
    void refusedClientTriesAgain() {
      hub.close(Duration.ZERO);
      SimulatedClient client = network.client().connect();
      network.runFor(SECOND);
      assertThat(client.isConnected()).isFalse();

      Hub next = network.open(Hub.builder());
      network.runFor(MINUTE);

      assertThat(client.isConnected()).isTrue();
      assertThat(next.clients()).hasSize(1);
    }
  }

  @Nested
  class Seeds {
    @Test
    void sameSeedGivesTheSameRun() {
      assertThat(trace(5)).isEqualTo(trace(5)).isNotEqualTo(trace(6));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void theGuaranteeHoldsOnABadDay(long seed) {
      Run run = new Run(seed);

      run.network.heal();
      run.network.runFor(Duration.ofMinutes(2));

      run.clients.forEach(run.guarantee::checkComplete);
      assertThat(run.clients.stream().mapToInt(c -> c.endings().size()).sum()).isPositive();
    }

    private List<String> trace(long seed) {
      Run run = new Run(seed);
      List<String> trace = new ArrayList<>();
      for (SimulatedClient client : run.clients) {
        client.arrivals().forEach(a -> trace.add(a.at() + " " + a.connection() + " " + a.type()));
      }
      return trace;
    }
  }

  /** A minute of traffic for ten clients with all kinds of faults. */
  private static final class Run {
    final SimulatedNetwork network;
    final Guarantee guarantee;
    final List<SimulatedClient> clients = new ArrayList<>();

    Run(long seed) {
      network = new SimulatedNetwork(seed);
      guarantee = new Guarantee(network);
      Hub hub = network.open(Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(50)));
      for (int i = 0; i < 10; i++) {
        clients.add(network.client().topic("t" + i % 3).user("u" + i % 2).connect());
      }
      network.settle();
      network.inject(Faults.ROUGH);
      for (int n = 0; n < 600; n++) {
        String topic = "t" + n % 3;
        guarantee.published(topic, hub.topic(topic).publish("N", n));
        if (n % 5 == 0) {
          guarantee.broadcast(hub.broadcast("N", n));
          PublishResult result = hub.user("u1").send("N", n);
          guarantee.sentToUser("u1", result);
        }
        network.runFor(Duration.ofMillis(100));
      }
    }
  }

  private static List<Object> payloads(SimulatedClient client) {
    return client.messages().stream().map(Arrival::payload).toList();
  }
}
