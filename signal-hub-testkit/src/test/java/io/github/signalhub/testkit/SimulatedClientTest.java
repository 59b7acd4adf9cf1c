package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.DisconnectReason;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatedClientTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final SimulatedNetwork network = new SimulatedNetwork(3);
  private final Hub hub =
      network.open(
          Hub.builder()
              .retentionGrace(Duration.ZERO)
              .topicDefaults(TopicOptions.DEFAULT.withMessages(2)));

  @Nested
  class ComingBack {
    @Test
    void goesOnBehindTheResumePoint() {
      SimulatedClient client = network.client().topic("a").connect();
      network.settle();
      hub.topic("a").publish("N", 1);
      network.settle();

      client.cut();
      hub.topic("a").publish("N", 2);
      network.runFor(MINUTE);

      assertThat(payloads(client)).containsExactly(1L, 2L);
      assertThat(client.resumePoint()).contains(hub.lastId());
    }

    @Test
    void isToldOfWhatIsGone() {
      SimulatedClient client = network.client().topic("a").staysAway().connect();
      network.settle();
      String last = client.resumePoint().orElseThrow();
      client.cut();
      for (int n = 0; n < 5; n++) {
        hub.topic("a").publish("N", n);
        network.runFor(MINUTE);
      }

      client.connect();
      network.settle();

      assertThat(payloads(client)).containsExactly(3L, 4L);
      assertThat(client.controls("$gap")).hasSize(1);
      assertThat(client.controls("$gap").get(0).member("after")).contains(last);
    }

    @ParameterizedTest
    @ValueSource(ints = {1001, 1011, 1012, 4001, 4100, 4199, 4200, 4299})
    void happensAfterEndingsThatAllowIt(int code) {
      assertThat(connectionsAfter(code)).isEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(ints = {1000, 1002, 1003, 1007, 1008, 1009, 4000, 4002, 4099, 4300})
    void doesNotHappenAfterTheOthers(int code) {
      assertThat(connectionsAfter(code)).isEqualTo(1);
    }

    @Test
    void happensAtOnceWhenACredentialEndsAndNothingIsMissed() {
      SimulatedClient client = network.client().expiresIn(Duration.ofSeconds(30)).connect();
      network.settle();

      for (int n = 0; n < 200; n++) {
        hub.broadcast("N", n);
        network.runFor(Duration.ofSeconds(1));
      }

      assertThat(client.connections()).isEqualTo(7);
      assertThat(client.endings()).hasSize(6).containsOnly(DisconnectReason.CREDENTIAL_EXPIRED);
      assertThat(payloads(client)).hasSize(200);
    }

    @Test
    void isDoneLessAndLessOftenIfEachCredentialHasEndedAlready() {
      SimulatedClient client = network.client().expiresIn(Duration.ZERO).connect();

      network.runFor(Duration.ofSeconds(3));
      int early = client.connections();
      network.runFor(MINUTE);

      assertThat(early).isBetween(4, 8);
      assertThat(client.connections() - early).isBetween(4, 12);
    }

    @Test
    void waitsLongerEachTime() {
      SimulatedClient client = network.client().build();
      hub.close(Duration.ZERO);
      client.connect();

      network.runFor(Duration.ofSeconds(3));
      int early = client.connections();
      network.runFor(MINUTE);

      assertThat(early).isBetween(4, 6);
      assertThat(client.connections() - early).isBetween(4, 12);
    }

    @Test
    void isUpToTheTestWhereItSaysSo() {
      SimulatedClient client = network.client().staysAway().connect();
      network.settle();

      client.cut();
      network.runFor(MINUTE);

      assertThat(client.isConnected()).isFalse();
      client.connect();
      assertThatExceptionOfType(IllegalStateException.class).isThrownBy(client::connect);
    }

    private int connectionsAfter(int code) {
      SimulatedClient client = network.client().connect();
      network.settle();

      hub.clients().iterator().next().close(new DisconnectReason(code, ""));
      network.runFor(MINUTE);

      assertThat(client.endings()).extracting(DisconnectReason::code).containsExactly(code);
      return client.connections();
    }
  }

  @Nested
  class Leaving {
    @Test
    void isHeardByTheHub() {
      SimulatedClient client = network.client().connect();
      network.settle();

      client.close();
      network.runFor(MINUTE);

      assertThat(hub.clients()).isEmpty();
      assertThat(client.endings()).containsExactly(DisconnectReason.NORMAL);
      assertThat(client.connections()).isEqualTo(1);
      assertThat(client.send("N", 1)).isFalse();
    }
  }

  @Test
  void showsTheHubWhatTheTestSays() {
    AttributeKey<Integer> level = AttributeKey.of("level", Integer.class);
    SimulatedClient.Builder builder =
        network.client().path("/a").query("room=b").header("User-Agent", "c").attribute(level, 3);

    builder.connect();
    network.settle();

    Client client = hub.clients().iterator().next();
    assertThat(client.path()).isEqualTo("/a");
    assertThat(client.parameter("room")).contains("b");
    assertThat(client.header("User-Agent")).contains("c");
    assertThat(client.attribute(level)).contains(3);
    assertThatIllegalArgumentException().isThrownBy(() -> builder.query("a=%"));
  }

  @Test
  void plainClientSaysNothingButWhatItHas() {
    SimulatedClient client = network.client().plain().connect();
    network.settle();
    hub.broadcast("N", 1);
    network.settle();

    client.cut();
    hub.broadcast("N", 2);
    network.runFor(MINUTE);

    assertThat(client.arrivals()).noneMatch(Arrival::isControl);
    assertThat(payloads(client)).containsExactly(1L, 2L);
  }

  @Test
  void stallOutlastsTheConnection() {
    SimulatedClient client = network.client().connect();
    network.settle();
    client.stall();

    client.cut();
    hub.broadcast("N", 1);
    network.runFor(MINUTE);
    assertThat(client.connections()).isEqualTo(2);
    assertThat(payloads(client)).isEmpty();
    client.resume();
    network.settle();

    assertThat(payloads(client)).containsExactly(1L);
  }

  private static List<Object> payloads(SimulatedClient client) {
    return client.messages().stream().map(Arrival::payload).toList();
  }
}
