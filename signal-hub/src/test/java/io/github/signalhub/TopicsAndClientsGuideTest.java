package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The Java code of docs/topics-and-clients.md behaves as the guide says. */
class TopicsAndClientsGuideTest {
  private final MemoryTransport transport = new MemoryTransport();

  @Test
  void aHookSaysWhoMayFollowWhat() throws IOException {
    Hub hub =
        Hub.builder()
            .authorizeJoins(
                (client, topic) -> client.user().isPresent() && topic.startsWith("flow:"))
            .maxTopicsPerClient(200)
            .build();
    MemoryLink link = connect(hub, Handshake.builder().controlMessages(true).user("ann"));
    Client client = hub.client(link.clientId()).orElseThrow();
    String lastSeenId = hub.lastId();

    client.join("ledger"); // false if it follows as many as it may
    client.join("flow:42", lastSeenId); // the messages after this id come first
    client.leave("ledger");

    assertThat(client.topics()).containsExactly("flow:42");
  }

  @Test
  void anApplicationTakesBack() throws IOException {
    Hub hub = Hub.builder().build();
    MemoryLink link =
        connect(hub, Handshake.builder().controlMessages(true).user("ann").topic("flow:42"));

    hub.user("ann").leave("flow:42"); // all her clients leave it
    hub.user("ann").disconnect(new DisconnectReason(4003, "banned")); // all her clients are closed
    transport.run();

    assertThat(link.closeReason()).contains(new DisconnectReason(4003, "banned"));
  }

  @Test
  void aListenerRefuses() throws IOException {
    interface Seats {
      boolean take(Object payload);
    }
    Seats seats = payload -> false;
    Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
    hub.onMessage(
        (client, message) -> {
          if (!seats.take(message.payload())) {
            throw new RefusedException("sold_out", "no seats are left");
          }
        });
    MemoryLink link = connect(hub, Handshake.builder().controlMessages(true));

    link.send("{\"type\":\"ORDER\",\"ref\":1}");
    transport.run();

    assertThat(link.received().get(1)).contains("$error", "sold_out");
  }

  @Test
  void aRoomTellsWhoComesAndGoes() throws IOException {
    Hub hub =
        Hub.builder()
            .topic("room:*", TopicOptions.DEFAULT.withPresence(Duration.ofSeconds(20)))
            .build();
    hub.addListener(
        new HubListener() {
          @Override
          public void onPresent(String topic, String user) {
            hub.topic(topic).publish("ARRIVED", user);
          }

          @Override
          public void onAbsent(String topic, String user) {
            hub.topic(topic).publish("LEFT", user);
          }
        });
    connect(hub, Handshake.builder().user("ann").topic("room:7"));

    assertThat(hub.topic("room:7").presence()).containsExactly("ann");
  }

  @Test
  void aClientHasLimits() throws IOException {
    Hub hub =
        Hub.builder()
            .maxClientMessageBytes(16 * 1024) // more: closed with 1009
            .maxClientMessagesPerSecond(50) // more: closed with 4101
            .build();
    MemoryLink link = connect(hub, Handshake.builder());

    link.send(" ".repeat(16 * 1024 + 1));
    transport.run();

    assertThat(link.closeReason().orElseThrow().code()).isEqualTo(1009);
  }

  private MemoryLink connect(Hub hub, Handshake.Builder handshake) throws IOException {
    hub.attach(transport);
    return transport.connect(handshake.build());
  }
}
