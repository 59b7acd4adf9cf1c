package io.github.signalhub.testkit.nodes;

import static io.github.signalhub.testkit.nodes.TwoNodes.payload;
import static io.github.signalhub.testkit.nodes.TwoNodes.received;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import io.github.signalhub.PublishResult.Status;
import io.github.signalhub.TopicHistory;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What the clients and the application of a hub with several nodes rely on. */
class NodesTest {
  private static final TopicOptions TABLE = TopicOptions.DEFAULT.compactBy(Message::type);

  @Nested
  class Publications {
    private final TwoNodes nodes = new TwoNodes();

    @Test
    void reachTheClientsOfAllNodesWithTheSameIds() {
      MemoryLink first = nodes.one.connect("t");
      MemoryLink second = nodes.two.connect("t");

      nodes.one.hub.topic("t").publish("A", 1);
      nodes.settle();
      nodes.two.hub.topic("t").publish("B", 2);
      nodes.one.hub.broadcast("C", 3);
      nodes.settle();

      assertThat(messages(first)).hasSize(3).isEqualTo(messages(second));
    }

    @Test
    void settleWithTheIdThatClientsAreSent() {
      MemoryLink other = nodes.two.connect("t");

      PublishResult result = nodes.one.hub.topic("t").publish("A", 1);

      assertThat(result.status()).isEqualTo(Status.PENDING);
      PublishResult settled = nodes.settled(result);
      assertThat(settled.status()).isEqualTo(Status.ACCEPTED);
      assertThat(received(other, "A").get(0)).containsEntry("id", settled.id().orElseThrow());
    }

    @Test
    void ofUsersReachTheUserOnEveryNode() {
      MemoryLink first = nodes.one.connect(Handshake.builder().user("ann"));
      MemoryLink second = nodes.two.connect(Handshake.builder().user("ann"));
      MemoryLink other = nodes.two.connect(Handshake.builder().user("bob"));

      nodes.one.hub.user("ann").send("MAIL", 1);
      nodes.settle();

      assertThat(received(first, "MAIL")).hasSize(1);
      assertThat(received(second, "MAIL")).hasSize(1);
      assertThat(received(other, "MAIL")).isEmpty();
    }

    @Test
    void areNotSentToTheirSenderAlsoIfItIsAtAnotherNodeNow() {
      Handshake.Builder ann = Handshake.builder().topic("t").session("0123456789abcdef0123456789");
      MemoryLink link = nodes.one.connect(ann);
      String before = nodes.one.hub.lastId();
      Client sender = nodes.one.hub.client(link.clientId()).orElseThrow();
      MemoryLink other = nodes.two.connect("t");

      nodes.one.hub.topic("t").publishExcept(sender, "A", 1);
      nodes.settle();
      link.cut();
      MemoryLink back = nodes.two.connect(ann.after(before));

      assertThat(received(other, "A")).hasSize(1);
      assertThat(received(link, "A")).isEmpty();
      assertThat(received(back, "A")).isEmpty();
    }

    @Test
    void areRefusedAtOnceIfTheyAreTooLarge() {
      TwoNodes small = new TwoNodes(options -> options.maxPublishedBytes(100));

      assertThat(small.one.hub.broadcast("A", "x".repeat(100)).status())
          .isEqualTo(Status.TOO_LARGE);
    }

    @Test
    void areRefusedByAClosedHub() {
      nodes.one.hub.close(Duration.ZERO);

      assertThat(nodes.one.hub.broadcast("A", 1).status()).isEqualTo(Status.CLOSED);
    }

    @Test
    void thatWereHandedOverBeforeACloseReachTheOtherNodes() {
      MemoryLink other = nodes.two.connect();

      PublishResult result = nodes.one.hub.broadcast("A", 1);
      nodes.one.hub.close(Duration.ofSeconds(4));
      nodes.settle();

      assertThat(result.settled().toCompletableFuture().join().status()).isEqualTo(Status.ACCEPTED);
      assertThat(received(other, "A")).hasSize(1);
    }
  }

  @Nested
  class ClientsThatMove {
    private final TwoNodes nodes = new TwoNodes();

    @Test
    void goOnAtAnotherNodeWithTheIdThatTheyHave() {
      MemoryLink link = nodes.one.connect("t");
      nodes.one.hub.topic("t").publish("A", 1);
      nodes.settle();
      String last = (String) received(link, "A").get(0).get("id");
      link.cut();
      nodes.one.hub.topic("t").publish("A", 2);
      nodes.settle();

      MemoryLink back = nodes.two.connect(Handshake.builder().topic("t").after(last));
      nodes.one.hub.topic("t").publish("A", 3);
      nodes.settle();

      assertThat(payload(received(back, "$hello").get(0), "resumed")).isEqualTo(true);
      assertThat(received(back, "A"))
          .extracting(message -> message.get("payload"))
          .asString()
          .isEqualTo("[2, 3]");
      assertThat(received(back, "$gap")).isEmpty();
    }

    @Test
    void areToldOfAGapIfNoNodeKnowsTheirId() {
      String unknown = "0123456789abcdef-0000000000000001";

      MemoryLink link = nodes.two.connect(Handshake.builder().topic("t").after(unknown));

      assertThat(received(link).get(0)).containsEntry("type", "$hello");
      assertThat(received(link, "$gap")).isNotEmpty();
    }

    @Test
    void mayJoinTopicsWithAnIdOfAnotherNode() {
      PublishResult first = nodes.settled(nodes.one.hub.topic("t").publish("A", 1));
      nodes.settled(nodes.one.hub.topic("t").publish("A", 2));
      MemoryLink link = nodes.two.connect();

      nodes.two.hub.client(link.clientId()).orElseThrow().join("t", first.id().orElseThrow());
      nodes.settle();

      assertThat(received(link, "A")).hasSize(1);
      assertThat(received(link, "$gap")).isEmpty();
    }

    @Test
    void sendNothingThatGetsLostWhileTheirIdIsLookedUp() {
      List<Object> heard = new ArrayList<>();
      nodes.two.hub.onMessage((client, message) -> heard.add(message.payload()));
      Handshake unknown =
          Handshake.builder()
              .after("0123456789abcdef-0000000000000001")
              .controlMessages(true)
              .build();

      MemoryLink link = nodes.two.transport.connect(unknown);
      nodes.two.transport.run();
      assertThat(received(link)).isEmpty();
      link.send("{\"type\":\"SAY\",\"payload\":1}");
      nodes.settle();
      link.send("{\"type\":\"SAY\",\"payload\":2}");
      nodes.settle();

      assertThat(heard).asString().isEqualTo("[1, 2]");
    }

    @Test
    void areForgottenIfTheyLeaveWhileTheirIdIsLookedUp() {
      Handshake unknown =
          Handshake.builder()
              .after("0123456789abcdef-0000000000000001")
              .controlMessages(true)
              .build();

      MemoryLink link = nodes.two.transport.connect(unknown);
      nodes.two.transport.run();
      link.cut();
      nodes.settle();

      assertThat(nodes.two.hub.clients()).isEmpty();
      assertThat(nodes.two.hub.stats().clients()).isZero();
      nodes.two.hub.close(Duration.ofSeconds(5));
    }
  }

  @Nested
  class Tables {
    private final TwoNodes nodes = new TwoNodes(options -> options.topic("c", TABLE));

    @Test
    void areThereForClientsOfALateNode() {
      nodes.engine.retain(2);
      nodes.one.hub.topic("c").publish("k1", "old");
      nodes.one.hub.topic("c").publish("k1", "new");
      nodes.one.hub.topic("c").publish("k2", 2);
      for (int i = 0; i < 10; i++) {
        nodes.one.hub.topic("s").publish("S", i);
      }
      nodes.settle();

      MemoryLink link = nodes.late().connect("c");

      assertThat(rows(link)).isEqualTo("[k1=new, k2=2]");
      assertThat(received(link, "$gap")).isEmpty();
    }

    @Test
    void areClearedOnEveryNode() {
      nodes.settled(nodes.one.hub.topic("c").publish("k1", 1));
      MemoryLink link = nodes.two.connect("c");

      assertThat(nodes.one.hub.topic("c").clear()).isTrue();
      nodes.settle();

      assertThat(received(link, "$gap")).hasSize(1);
      assertThat(payload(received(link, "$gap").get(0), "reset")).isEqualTo(true);
      assertThat(nodes.two.hub.topic("c").history(10).messages()).isEmpty();
      assertThat(rows(nodes.late().connect("c"))).isEqualTo("[]");
    }

    @Test
    void loseKeysThatAreTooOldOnEveryNodeAtOneOffset() {
      TwoNodes aging =
          new TwoNodes(options -> options.topic("c", TABLE.withKeyAge(Duration.ofSeconds(10))));
      aging.settled(aging.one.hub.topic("c").publish("k1", 1));
      MemoryLink first = aging.one.connect("c");
      MemoryLink second = aging.two.connect("c");
      aging.runFor(Duration.ofSeconds(13));

      aging.settled(aging.two.hub.topic("c").publish("k2", 2));
      aging.settled(aging.two.hub.topic("s").publish("S", 2));

      assertThat(history(aging.one.hub)).isEqualTo(history(aging.two.hub)).isEqualTo("[k2]");
      assertThat(received(first, "$gap")).hasSize(1).isEqualTo(received(second, "$gap"));
      assertThat(rows(aging.late().connect("c"))).isEqualTo("[k2=2]");
    }

    @Test
    void refuseAKeyTooMany() {
      TwoNodes small = new TwoNodes(options -> options.topic("c", TABLE.withMaxKeys(1)));
      small.settled(small.one.hub.topic("c").publish("k1", 1));

      assertThat(small.two.hub.topic("c").publish("k2", 1).status())
          .isEqualTo(Status.TOO_MANY_KEYS);
      assertThat(small.settled(small.two.hub.topic("c").publish("k1", 2)).status())
          .isEqualTo(Status.ACCEPTED);
    }

    @Test
    void sendRowsToTheirSenderToo() {
      MemoryLink link = nodes.one.connect("c");
      Client sender = nodes.one.hub.client(link.clientId()).orElseThrow();

      nodes.settled(nodes.one.hub.topic("c").publishExcept(sender, "k1", 1));

      assertThat(rows(link)).isEqualTo("[k1=1]");
    }

    private String history(Hub hub) {
      TopicHistory history = hub.topic("c").history(100);
      return history.messages().stream()
          .map(message -> message.message().type())
          .toList()
          .toString();
    }

    private String rows(MemoryLink link) {
      return received(link).stream()
          .filter(message -> String.valueOf(message.get("type")).startsWith("k"))
          .map(message -> message.get("type") + "=" + message.get("payload"))
          .toList()
          .toString();
    }
  }

  @Nested
  class MessagesToOneClient {
    private final TwoNodes nodes = new TwoNodes();

    @Test
    void comeFromAnyNodeAndKeepTheOrder() {
      MemoryLink link = nodes.two.connect();

      nodes.one.hub.broadcast("A", 1);
      PublishResult result = nodes.one.hub.sendToClient(link.clientId(), "B", 2);
      nodes.one.hub.broadcast("C", 3);

      assertThat(nodes.settled(result).status()).isEqualTo(Status.ACCEPTED);
      assertThat(messages(link))
          .extracting(message -> message.get("type"))
          .asString()
          .isEqualTo("[A, B, C]");
    }

    @Test
    void areRefusedForAnIdThatThisNodeGaveToNobody() {
      String own = nodes.one.connect().clientId().substring(0, 8) + "0".repeat(24);

      assertThat(nodes.one.hub.sendToClient(own, "A", 1).status()).isEqualTo(Status.NO_SUCH_CLIENT);
      assertThat(nodes.one.hub.sendToClient("nobody", "A", 1).status())
          .isEqualTo(Status.NO_SUCH_CLIENT);
    }

    @Test
    void areRefusedWhenTooManyWait() {
      MemoryLink link = nodes.one.connect();
      link.stall();
      Client client = nodes.one.hub.client(link.clientId()).orElseThrow();

      List<PublishResult> results = new ArrayList<>();
      for (int i = 0; i < 70; i++) {
        results.add(client.send("A", i));
      }

      assertThat(results).filteredOn(PublishResult::isAccepted).hasSize(64);
      assertThat(results.get(69).status()).isEqualTo(Status.CLIENT_FULL);
    }

    @Test
    void makeTheOldestLeaveIfOtherNodesSendTooMany() {
      MemoryLink link = nodes.one.connect();
      link.stall();

      for (int i = 0; i < 70; i++) {
        nodes.two.hub.sendToClient(link.clientId(), "A", i);
      }
      nodes.settle();
      link.resume();
      nodes.settle();

      assertThat(received(link, "$gap")).isNotEmpty();
      assertThat(received(link, "A"))
          .last()
          .satisfies(message -> assertThat(message.get("payload")).hasToString("69"));
    }

    @Test
    void ofAJoinComeBeforeTheMessagesOfItsTopic() {
      nodes.one.hub.onJoin("t", (client, join) -> client.send("STATE", 1));

      MemoryLink link =
          nodes.one.transport.connect(Handshake.builder().topic("t").controlMessages(true).build());
      nodes.one.transport.run();
      nodes.one.hub.topic("t").publish("A", 1);
      nodes.settle();
      nodes.one.hub.topic("t").publish("A", 2);
      nodes.settle();

      assertThat(messages(link))
          .extracting(message -> message.get("type"))
          .asString()
          .isEqualTo("[STATE, A, A]");
    }
  }

  /** Returns the messages of the application. */
  private static List<java.util.Map<String, Object>> messages(MemoryLink link) {
    return received(link).stream()
        .filter(message -> !String.valueOf(message.get("type")).startsWith("$"))
        .toList();
  }
}
