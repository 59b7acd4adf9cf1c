package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.ThreadedTransport.CheckingPeer;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HubTopicTest {
  private final Room room = new Room();
  private final Hub hub = room.hub;

  @Nested
  class Names {
    @Test
    void makeTopicsOfOneHubEqual() {
      assertThat(hub.topic("a")).isEqualTo(hub.topic("a")).hasSameHashCodeAs(hub.topic("a"));
      assertThat(hub.topic("a")).isNotEqualTo(hub.topic("b")).isNotEqualTo("a");
      assertThat(hub.topic("a")).isNotEqualTo(Hub.create().topic("a"));
      assertThat(hub.topic("a").name()).isEqualTo("a");
      assertThat(hub.topic("a")).hasToString("HubTopic a");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$broadcast", "$user:ann", "$"})
    void thatAreInternalOrEmptyAreRefused(String name) {
      assertThatIllegalArgumentException().isThrownBy(() -> hub.topic(name));
    }

    @Test
    void mayHave255BytesOfUtf8() {
      assertThat(hub.topic("é".repeat(127) + "e").publish("N", 1).isAccepted()).isTrue();
      assertThatIllegalArgumentException().isThrownBy(() -> hub.topic("é".repeat(128)));
      assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> hub.topic(null));
    }

    @Test
    void ofTopicsWithMessagesOrSubscribersAreKnown() {
      assertThat(hub.topics()).isEmpty();
      MemoryLink link = room.connect(Handshake.builder().user("ann").topic("followed"));
      room.publish("published", 0, 1);
      hub.topic("asked").subscribers();
      hub.topic("asked").history(1);

      assertThat(hub.topics()).containsExactlyInAnyOrder("followed", "published");
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> hub.topics().clear());

      link.cut();
      hub.topic("published").clear();
      assertThat(hub.topics()).isEmpty();
    }
  }

  @Nested
  class Subscribers {
    @Test
    void areTheClientsThatFollowTheTopicOnAnyLoop() throws Exception {
      MemoryTransport loops = new MemoryTransport(3);
      hub.attach(loops);
      List<Client> following = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        MemoryLink link = loops.connect(Handshake.builder().topic("t").build());
        following.add(room.client(link));
      }
      loops.connect(Handshake.builder().topic("other").build());
      room.connect();

      assertThat(hub.topic("t").subscribers()).containsExactlyInAnyOrderElementsOf(following);
      assertThat(hub.topic("nobody's").subscribers()).isEmpty();
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> hub.topic("t").subscribers().clear());
    }

    @Test
    void areJoinedAndLeftBeforeTheirLoopKnows() {
      MemoryLink link = room.connect();
      Client client = room.client(link);

      client.join("t");
      assertThat(hub.topic("t").subscribers()).containsExactly(client);
      client.leave("t");
      assertThat(hub.topic("t").subscribers()).isEmpty();
      client.join("t");
      room.run();
      assertThat(hub.topic("t").subscribers()).containsExactly(client);
      client.leave("t");
      assertThat(hub.topic("t").subscribers()).isEmpty();
      room.run();
      assertThat(hub.topic("t").subscribers()).isEmpty();
    }

    @Test
    void areGoneWithTheirConnection() {
      MemoryLink link = room.connect("t");
      Client client = room.client(link);
      client.join("joined");

      link.cut();

      assertThat(hub.topic("t").subscribers()).isEmpty();
      assertThat(hub.topic("joined").subscribers()).isEmpty();
      client.join("late");
      assertThat(hub.topic("late").subscribers()).isEmpty();
    }

    @Test
    void areExactWhileOtherThreadsJoinAndLeave() throws Exception {
      Hub busy = Hub.create();
      ThreadedTransport transport = new ThreadedTransport(2);
      busy.attach(transport);
      List<Client> clients = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        CheckingPeer peer = transport.connect(Handshake.builder().build());
        clients.add(busy.client(peer.id()).orElseThrow());
      }

      for (int n = 0; n < 20_000; n++) {
        Client client = clients.get(n % clients.size());
        client.join("t");
        assertThat(busy.topic("t").subscribers()).as("turn %s", n).contains(client);
        if (n % 3 == 0) {
          client.leave("t");
          assertThat(busy.topic("t").subscribers()).as("turn %s", n).doesNotContain(client);
        }
      }
      busy.close(Duration.ZERO);
    }
  }

  @Nested
  class History {
    private final HubTopic topic = hub.topic("t");

    @Test
    void ofATopicIsItsRetainedMessagesOldestFirst() {
      room.publish("t", 0, 3);
      room.publish("other", 3, 4);

      TopicHistory history = topic.history(10);

      assertThat(payloads(history)).containsExactly(0L, 1L, 2L);
      assertThat(history.gap()).isEqualTo(TopicHistory.Gap.NONE);
      assertThat(history.hasMore()).isFalse();
      assertThat(history.lastId()).isEqualTo(hub.lastId());
      assertThat(history).hasToString("TopicHistory of t: 3 messages");
    }

    @Test
    void hasMessagesWithTheirIdTypeAndPayload() {
      record Step(String node, int percent) {}
      String id = topic.publish("STEP", new Step("extract", 40)).id().orElseThrow();

      RetainedMessage message = topic.history(1).messages().get(0);

      assertThat(message.id()).isEqualTo(id);
      assertThat(message.topic()).isEqualTo("t");
      assertThat(message.message().type()).isEqualTo("STEP");
      assertThat(message.message().payloadAs(Step.class)).isEqualTo(new Step("extract", 40));
      assertThat(message).isEqualTo(topic.history(1).messages().get(0));
      assertThat(message).hasToString("RetainedMessage t " + id);
    }

    @Test
    void readsWhateverCouldBePublished() {
      Object deep = 1L;
      for (int i = 0; i < 255; i++) {
        deep = List.of(deep);
      }
      topic.publish("DEEP", deep).orThrow();
      topic.publish("NULL", null).orThrow();
      topic.publish("TEXT", "\u0000\ud83d\ude00\"").orThrow();

      List<RetainedMessage> messages = topic.history(3).messages();

      assertThat(messages.get(0).message().payload()).isEqualTo(deep);
      assertThat(messages.get(1).message().payload()).isNull();
      assertThat(messages.get(2).message().payload()).isEqualTo("\u0000\ud83d\ude00\"");
    }

    @Test
    void continuesAfterAnId() {
      String first = topic.publish("N", 0).id().orElseThrow();
      room.publish("other", 9, 10);
      room.publish("t", 1, 3);

      assertThat(payloads(topic.history(first, 10))).containsExactly(1L, 2L);
      assertThat(topic.history(first, 10).gap()).isEqualTo(TopicHistory.Gap.NONE);
      TopicHistory end = topic.history(hub.lastId(), 10);
      assertThat(end.messages()).isEmpty();
      assertThat(end.lastId()).isEqualTo(hub.lastId());
    }

    @Test
    void comesInPages() {
      room.publish("t", 0, 5);
      List<Object> read = new ArrayList<>();
      TopicHistory page = topic.history(2);
      read.addAll(payloads(page));
      assertThat(page.hasMore()).isTrue();
      assertThat(page).hasToString("TopicHistory of t: 2 messages, more");
      while (page.hasMore()) {
        TopicHistory byId = topic.history(page.lastId(), 2);
        page = page.next();
        assertThat(byId.messages()).isEqualTo(page.messages());
        read.addAll(payloads(page));
      }

      assertThat(read).containsExactly(0L, 1L, 2L, 3L, 4L);
      room.publish("t", 5, 6);
      assertThat(payloads(page.next())).containsExactly(5L);
    }

    @Test
    void tellsThatMessagesAfterTheIdAreGone() {
      Room small =
          new Room(
              Hub.builder()
                  .retentionGrace(Duration.ZERO)
                  .topicDefaults(TopicOptions.DEFAULT.withMessages(2)));
      String first = small.hub.topic("t").publish("N", 0).id().orElseThrow();
      small.publish("t", 1, 3);
      HubTopic t = small.hub.topic("t");
      assertThat(t.history(first, 9).gap()).isEqualTo(TopicHistory.Gap.NONE);

      small.publish("t", 3, 4);

      TopicHistory history = t.history(first, 9);
      assertThat(history.gap()).isEqualTo(TopicHistory.Gap.EVICTED);
      assertThat(payloads(history)).containsExactly(2L, 3L);
      assertThat(history).hasToString("TopicHistory of t: 2 messages, gap EVICTED");
      assertThat(t.history(9).gap()).as("from the oldest on").isEqualTo(TopicHistory.Gap.NONE);
    }

    @Test
    void tellsThatAPageWasEvictedBeforeItWasRead() {
      Room small =
          new Room(
              Hub.builder()
                  .retentionGrace(Duration.ZERO)
                  .topicDefaults(TopicOptions.DEFAULT.withMessages(3)));
      small.publish("t", 0, 3);
      TopicHistory page = small.hub.topic("t").history(1);

      small.publish("t", 3, 6);

      assertThat(page.next().gap()).isEqualTo(TopicHistory.Gap.EVICTED);
      assertThat(payloads(page.next())).containsExactly(3L);
    }

    @Test
    void tellsAGapOfATopicThatDoesNotExistAnyMore() {
      String before = hub.lastId();
      room.publish("t", 0, 2);
      topic.clear();

      assertThat(hub.topics()).isEmpty();
      assertThat(topic.history(before, 1).gap()).isEqualTo(TopicHistory.Gap.EVICTED);
      assertThat(topic.history(hub.lastId(), 1).gap()).isEqualTo(TopicHistory.Gap.NONE);
      assertThat(topic.history(1).messages()).isEmpty();
    }

    @Test
    void hasNoMessageThatIsTooOldHoweverQuietTheHubIs() {
      Room young =
          new Room(
              Hub.builder().topicDefaults(TopicOptions.DEFAULT.withAge(Duration.ofSeconds(5))));
      String before = young.hub.lastId();
      young.publish("t", 0, 1);

      young.clock.addAndGet(Duration.ofSeconds(6).toNanos());

      assertThat(young.hub.topic("t").history(1).messages()).isEmpty();
      assertThat(young.hub.topic("t").history(before, 1).gap()).isEqualTo(TopicHistory.Gap.EVICTED);
    }

    @Test
    void afterAnIdThatTheHubDoesNotKnowBeginsWithTheOldestMessage() {
      room.publish("t", 0, 2);
      String foreign = Hub.create().lastId();
      String future = hub.lastId().replaceAll("\\d{4}$", "9999");

      for (String id : List.of(foreign, future)) {
        TopicHistory history = topic.history(id, 1);
        assertThat(history.gap()).isEqualTo(TopicHistory.Gap.UNKNOWN_ID);
        assertThat(payloads(history)).containsExactly(0L);
        assertThat(history.next().gap()).isEqualTo(TopicHistory.Gap.NONE);
        assertThat(payloads(history.next())).containsExactly(1L);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {"", "1", "t", "0000000000000000-1", "x000000000000000-0000000000000001"})
    void afterATextThatIsNoIdIsAnError(String text) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> topic.history(text, 1))
          .withMessage("expected the id of a message as after");
      assertThatExceptionOfType(NullPointerException.class)
          .isThrownBy(() -> topic.history(null, 1));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, Integer.MIN_VALUE, HubTopic.MAX_HISTORY + 1, Integer.MAX_VALUE})
    void hasALimitWithinItsRange(int limit) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> topic.history(limit))
          .withMessage("expected a limit of 1 to 10000 messages, was " + limit);
      assertThatIllegalArgumentException().isThrownBy(() -> topic.history(hub.lastId(), limit));
      assertThat(topic.history(HubTopic.MAX_HISTORY).messages()).isEmpty();
    }

    @Test
    void isThereWhenTheHubIsClosed() {
      room.publish("t", 0, 1);
      hub.close(Duration.ZERO);

      assertThat(payloads(topic.history(1))).containsExactly(0L);
      assertThat(topic.subscribers()).isEmpty();
    }

    private List<Object> payloads(TopicHistory history) {
      return history.messages().stream().map(m -> m.message().payload()).toList();
    }
  }

  @Nested
  class HistoryOfATable {
    private final Room tables =
        new Room(
            Hub.builder()
                .retentionGrace(Duration.ZERO)
                .topicDefaults(
                    TopicOptions.DEFAULT
                        .compactBy(
                            message -> ((Row) message.payload()).key(),
                            message -> message.type().equals("GONE"))
                        .withMessages(1)));
    private final HubTopic table = tables.hub.topic("table");

    record Row(String key, int n) {}

    @Test
    void isItsRowsWithoutDeletions() {
      put("a", 1);
      put("b", 1);
      delete("a");
      put("b", 2);
      put("c", 1);

      assertThat(rows(table.history(10))).containsExactly("b=2", "c=1");
      assertThat(table.history(10).gap()).isEqualTo(TopicHistory.Gap.NONE);
    }

    @Test
    void afterAnIdIsWhatChangedWithDeletions() {
      put("a", 1);
      put("b", 1);
      String seen = tables.hub.lastId();
      put("a", 2);
      delete("b");

      assertThat(rows(table.history(seen, 10))).containsExactly("a=2", "b gone");
      assertThat(table.history(seen, 10).gap()).isEqualTo(TopicHistory.Gap.NONE);
    }

    @Test
    void tellsThatDeletionsAreGone() {
      put("a", 1);
      put("b", 1);
      String seen = tables.hub.lastId();
      delete("a");
      delete("b"); // of two deletions one is kept
      put("c", 1);

      TopicHistory history = table.history(seen, 10);
      assertThat(history.gap()).isEqualTo(TopicHistory.Gap.EVICTED);
      assertThat(rows(history)).containsExactly("b gone", "c=1");
      assertThat(rows(table.history(10))).containsExactly("c=1");
    }

    @Test
    void comesInPagesThatEndAndHaveEachRowAndEachLaterDeletion() {
      for (int n = 0; n < 6; n++) {
        put("k" + n, n);
      }
      delete("k5");
      put("k6", 6);
      delete("k6"); // the deletion of k5 is gone, and no page has to tell that

      TopicHistory first = table.history(2);
      assertThat(rows(first)).containsExactly("k0=0", "k1=1");
      delete("k0");
      TopicHistory second = first.next();
      assertThat(second.gap()).isEqualTo(TopicHistory.Gap.NONE);
      assertThat(rows(second)).containsExactly("k2=2", "k3=3");
      TopicHistory third = second.next();
      assertThat(rows(third)).containsExactly("k4=4", "k0 gone");
      assertThat(third.hasMore()).isFalse();
      assertThat(third.gap()).isEqualTo(TopicHistory.Gap.NONE);
      delete("k1");
      delete("k2");
      assertThat(third.next().gap()).as("k1 is gone").isEqualTo(TopicHistory.Gap.EVICTED);
    }

    @Test
    void comesToAnEndByIdsToo() {
      for (int n = 0; n < 5; n++) {
        put("k" + n, n);
      }
      put("gone", 1);
      delete("gone");
      put("gone too", 1);
      delete("gone too");
      Set<String> read = new HashSet<>();

      TopicHistory page = table.history(1);
      read.addAll(rows(page));
      for (int pages = 0; page.hasMore(); pages++) {
        assertThat(pages).isLessThan(10);
        page = table.history(page.lastId(), 1);
        read.addAll(rows(page));
      }

      assertThat(read).contains("k0=0", "k1=1", "k2=2", "k3=3", "k4=4");
    }

    private List<String> rows(TopicHistory history) {
      return history.messages().stream()
          .map(RetainedMessage::message)
          .map(
              message -> {
                Row row = message.payloadAs(Row.class);
                return row.key() + (message.type().equals("GONE") ? " gone" : "=" + row.n());
              })
          .toList();
    }

    private void put(String key, int n) {
      table.publish("ROW", new Row(key, n)).orThrow();
    }

    private void delete(String key) {
      table.publish("GONE", new Row(key, 0)).orThrow();
    }
  }
}
