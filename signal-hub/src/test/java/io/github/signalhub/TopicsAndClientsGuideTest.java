package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  void anApplicationLooks() throws IOException {
    Hub hub = Hub.create();
    connect(hub, Handshake.builder().user("ann").topic("flow:42"));
    connect(hub, Handshake.builder().user("bob"));

    int watching = hub.topic("flow:42").subscribers().size(); // connections; presence() has users
    boolean isOnline = !hub.user("ann").clients().isEmpty();
    Set<String> names = hub.topics(); // of topics that have messages or subscribers

    assertThat(watching).isEqualTo(1);
    assertThat(isOnline).isTrue();
    assertThat(names).containsExactly("flow:42");
  }

  @Test
  void anApplicationActs() throws IOException {
    Hub hub = Hub.create();
    MemoryLink link = connect(hub, Handshake.builder().user("ann"));
    Client client = hub.client(link.clientId()).orElseThrow();

    hub.user("ann").send("MAIL", Map.of("unread", 3)); // also to clients that come back later
    List<Client> joined = hub.user("ann").join("flow:42"); // the others follow as many as they may
    hub.topic("flow:42").clear(); // its messages leave, and clients are told of the gap
    client.close(); // after what it was sent
    hub.user("ann").disconnect(); // at once, with 4000: clients of this project stay away

    assertThat(joined).containsExactly(client);
  }

  @Test
  void anApplicationReadsHistory() {
    record Step(String node) {}
    Hub hub = Hub.create();
    String lastSeenId = hub.lastId();
    hub.topic("flow:42").publish("STEP", new Step("extract"));
    hub.topic("flow:42").publish("STEP", new Step("load"));
    List<String> lines = new ArrayList<>();

    TopicHistory history = hub.topic("flow:42").history(lastSeenId, 100);
    if (history.gap() != TopicHistory.Gap.NONE) {
      lines.add("Older steps are gone");
    }
    for (RetainedMessage step : history.messages()) {
      lines.add(step.id() + " " + step.message().payloadAs(Step.class).node());
    }

    assertThat(lines).hasSize(2);
    assertThat(lines.get(1)).isEqualTo(hub.lastId() + " load");
  }

  @Test
  void aHandlerSendsAStateAtTheJoin() throws IOException {
    Map<String, String> flows = Map.of("flow:42", "runs");
    Set<String> viewers = new HashSet<>();
    Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
    hub.onJoin("flow:*", (client, join) -> client.send("FLOW", flows.get(join.topic())));
    hub.onLeave("flow:*", (client, topic) -> viewers.remove(client.id()));
    MemoryLink link = connect(hub, Handshake.builder().topic("flow:42"));
    viewers.add(link.clientId());

    link.cut();
    transport.run();

    assertThat(link.received().get(0)).contains("FLOW", "runs");
    assertThat(viewers).isEmpty();
  }

  @Test
  void aPageThatShowsItsOwnChangeIsNotSentIt() throws IOException {
    record Edit(int line, String text) {}
    Hub hub = Hub.builder().callbackExecutor(Runnable::run).build();
    hub.onMessage(
        "EDIT",
        Edit.class,
        (client, edit) -> hub.topic("doc:7").publishExcept(client, "EDIT", edit));
    MemoryLink sender = connect(hub, Handshake.builder().topic("doc:7"));
    MemoryLink other = connect(hub, Handshake.builder().topic("doc:7"));

    sender.send("{\"type\":\"EDIT\",\"payload\":{\"line\":3,\"text\":\"tea\"}}");
    transport.run();

    assertThat(other.received()).hasSize(1);
    assertThat(other.received().get(0)).contains("\"line\":3");
    assertThat(sender.received()).isEmpty();
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
