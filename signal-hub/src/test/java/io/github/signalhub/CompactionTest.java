package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CompactionTest {
  /** A table by the payload's {@code key}. A payload without {@code n} deletes the key. */
  private static final TopicOptions TABLE =
      TopicOptions.DEFAULT
          .withMessages(2)
          .withMaxKeys(3)
          .compactBy(CompactionTest::key, message -> !fields(message).containsKey("n"));

  private final Room room =
      new Room(
          Hub.builder().retentionGrace(Duration.ZERO).topic("table", TABLE).topic("rows:*", TABLE));
  private final Hub hub = room.hub;

  @Nested
  class Clients {
    @Test
    void thatReadSeeEveryMessageInOrder() {
      MemoryLink link = room.connect("table");
      for (int n = 0; n < 20; n++) {
        put(n % 5 == 4 ? "b" : "a", n);
        room.run();
      }
      delete("a");

      assertThat(seen(link)).hasSize(21).startsWith("a=0", "a=1").endsWith("a=18", "b=19", "a");
    }

    @Test
    void thatStallGetTheNewestOfEachKeyAndEveryMessageOfOtherTopics() {
      MemoryLink link =
          room.connect(Handshake.builder().topic("table").topic("stream").after(id()));
      link.stall();
      for (int n = 0; n < 20; n++) {
        put(n % 2 == 0 ? "a" : "b", n);
        hub.topic("stream").publish("N", Map.of("key", "stream", "n", n));
        room.run();
      }
      delete("a");
      room.run();

      link.resume();

      assertThat(seen(link))
          .filteredOn(row -> !row.startsWith("stream"))
          .containsExactly("b=19", "a");
      assertThat(seen(link)).filteredOn(row -> row.startsWith("stream")).hasSize(20);
      assertThat(Room.controls(link, "$gap")).isEmpty();
    }

    @Test
    void thatStallInTheMiddleOfAFrameFinishItThoughItIsSuperseded() {
      MemoryLink link = room.connect("table");
      link.read(10);
      put("a", 1);
      put("b", 2);
      room.run();
      put("a", 3);
      put("b", 4);
      room.run();

      link.resume();

      assertThat(seen(link)).containsExactly("a=1", "a=3", "b=4");
    }

    @Test
    void thatComeBackGetTheNewestOfEachKeyThatChanged() {
      put("a", 0);
      put("b", 1);
      put("c", 2);
      String id = hub.lastId();
      put("b", 3);
      put("b", 4);
      delete("c");

      MemoryLink link = room.connect(Handshake.builder().topic("table").after(id));

      assertThat(seen(link)).containsExactly("b=4", "c");
    }

    @Test
    void areToldOfALossOnlyWhenADeletionWasEvicted() {
      put("a", 0);
      String id = hub.lastId();
      delete("a");
      put("b", 1);
      delete("x");
      MemoryLink before = room.connect(Handshake.builder().topic("table").after(id));
      assertThat(seen(before)).containsExactly("a", "b=1", "x");

      delete("y"); // the third deletion
      MemoryLink behind = room.connect(Handshake.builder().topic("table").after(id));
      room.run();

      assertThat(Room.controls(behind, "$gap")).hasSize(1);
    }
  }

  @Test
  void topicsWithoutANameAreNoTables() {
    HubBuilder builder = Hub.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.broadcasts(TABLE))
        .withMessageStartingWith("expected broadcasts that are not compacted, was ");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.users(TABLE));
  }

  @Nested
  class Keys {
    @Test
    void beyondTheLimitAreRefused() {
      put("a", 0);
      put("b", 1);
      put("c", 2);

      PublishResult refused = hub.topic("table").publish("ROW", Map.of("key", "d", "n", 3));

      assertThat(refused.status()).isEqualTo(PublishResult.Status.TOO_MANY_KEYS);
      assertThat(refused.id()).isEmpty();
      assertThat(hub.stats().refused()).isEqualTo(1);
      assertThat(hub.stats().published()).isEqualTo(3);
      put("c", 4);
      delete("a");
      put("d", 5);
    }

    @Test
    void mayHave255Characters() {
      put("k".repeat(255), 1);
      put("ü".repeat(255), 1);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 256})
    void ofAnyOtherLengthAreAnErrorOfThePublisher(int length) {
      Message message = Message.of("ROW", Map.of("key", "k".repeat(length), "n", 1));

      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.topic("table").publish(message))
          .withMessage("expected a key of 1 to 255 characters, was " + length);
      assertThatIllegalArgumentException().isThrownBy(() -> hub.topic("rows:1").publish(message));
      assertThat(hub.topic("stream").publish(message).isAccepted()).isTrue();
      assertThat(hub.stats().topics()).as("broadcasts and the stream").isEqualTo(2);
    }

    @Test
    void thatAreMissingAreAnErrorOfThePublisher() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.topic("table").publish("ROW", Map.of("n", 1)))
          .withMessage("expected a key of 1 to 255 characters, was null");
    }

    @Test
    void thatCannotBeComputedAreAnErrorOfThePublisher() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.topic("table").publish("ROW", "no map"))
          .withMessage("expected a message whose key can be computed")
          .withCauseInstanceOf(ClassCastException.class);
    }

    @Test
    void thatCouldNeverFitAreTooLarge() {
      Hub small =
          Hub.builder().topic("table", TABLE).maxLogBytes(1_137).maxTableBytes(1 << 20).build();

      PublishResult fits = small.topic("table").publish("R", Map.of("key", "k".repeat(60), "n", 1));
      PublishResult large =
          small.topic("table").publish("R", Map.of("key", "k".repeat(240), "n", 1));

      assertThat(fits.isAccepted()).isTrue();
      assertThat(large.status()).isEqualTo(PublishResult.Status.TOO_LARGE);
    }

    @Test
    void fillALogUntilTheyAreDeleted() {
      Hub small =
          Hub.builder()
              .retentionGrace(Duration.ZERO)
              .topicDefaults(TABLE)
              .maxLogBytes(1_433)
              .maxTableBytes(1 << 20)
              .build();
      for (String key : List.of("a", "b")) {
        assertThat(small.topic("t").publish("R", Map.of("key", key, "n", 1)).isAccepted()).isTrue();
      }

      assertThat(small.topic("t").publish("R", Map.of("key", "c", "n", 1)).status())
          .isEqualTo(PublishResult.Status.OVERLOADED);
      assertThat(small.topic("t").publish("R", Map.of("key", "a", "n", 2)).isAccepted()).isTrue();
      assertThat(small.topic("t").publish("R", Map.of("key", "a")).isAccepted()).isTrue();
      assertThat(small.topic("t").publish("R", Map.of("key", "c", "n", 1)).isAccepted()).isTrue();
    }
  }

  @Nested
  class Budget {
    private static final int FLOWS = 30_000;

    private final TopicOptions flows = TopicOptions.DEFAULT.compactBy(Message::type);

    @Test
    void ofTablesLeavesRoomForAllElseHoweverManyFlowsThereAre() {
      Room busy = new Room(Hub.builder().maxLogBytes(8 << 20).topic("flow:*", flows));
      MemoryLink innocent = busy.connect();
      int refused = 0;
      for (int flow = 0; flow < FLOWS; flow++) {
        PublishResult put = busy.hub.topic("flow:" + flow).publish("node", "STARTED");
        refused += put.isAccepted() ? 0 : 1;
        assertThat(put.status())
            .isIn(PublishResult.Status.ACCEPTED, PublishResult.Status.TABLES_FULL);
        assertThat(busy.hub.broadcast("N", flow).isAccepted()).isTrue();
        busy.run();
      }

      HubStats stats = busy.hub.stats();
      System.out.printf(
          "%,d flows on a log of 8 MiB: %,d refused, %,d bytes retained, tables count %,d%n",
          FLOWS, refused, stats.retainedBytes(), stats.tableBytes());
      assertThat(refused).isPositive();
      assertThat(stats.tableBytes()).isLessThanOrEqualTo(4 << 20);
      assertThat(innocent.received()).as("nothing is lost beside it").hasSize(FLOWS);
      assertThat(busy.hub.topic("flow:0").clear()).isTrue();
      assertThat(busy.hub.topic("flow:" + FLOWS).publish("node", "STARTED").isAccepted()).isTrue();
    }

    @Test
    void isFreedByAge() {
      Duration age = Duration.ofMinutes(1);
      Room busy =
          new Room(Hub.builder().maxLogBytes(1 << 20).topic("flow:*", flows.withKeyAge(age)));
      int accepted = 0;
      while (busy.hub.topic("flow:" + accepted).publish("node", "STARTED").isAccepted()) {
        accepted++;
      }
      busy.clock.addAndGet(age.multipliedBy(2).toNanos());

      int again = 0;
      while (busy.hub.topic("flow:again:" + again).publish("node", "STARTED").isAccepted()) {
        again++;
      }

      assertThat(again).isGreaterThan(accepted * 9 / 10);
      assertThat(busy.hub.stats().topics()).isLessThanOrEqualTo(again + 1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"long", "short"})
    void isFreedByTheAgeOfEachTopicsOwnKeysWhicheverIsPublishedFirst(String first) {
      Room room =
          new Room(
              Hub.builder()
                  .topic("short", flows.withKeyAge(Duration.ofMinutes(1)))
                  .topic("long", flows.withKeyAge(Duration.ofHours(1))));
      room.hub.topic(first).publish("node", "STARTED");
      room.hub.topic("short").publish("node", "STARTED");
      room.hub.topic("long").publish("node", "STARTED");

      room.clock.addAndGet(Duration.ofMinutes(2).toNanos());
      room.publish("other", 0, 1);

      assertThat(typesOf(room, "long")).containsExactly("node");
      assertThat(typesOf(room, "short")).isEmpty();
    }

    private List<Object> typesOf(Room room, String topic) {
      return room.arrived(room.connect(topic));
    }

    @Test
    void rowThatCouldNeverFitIsTooLarge() {
      Hub small = Hub.builder().maxTableBytes(1_500).topic("flow:*", flows).build();

      assertThat(small.topic("flow:1").publish("node", "x".repeat(300)).status())
          .isEqualTo(PublishResult.Status.TOO_LARGE);
      assertThat(small.topic("flow:1").publish("node", "STARTED").isAccepted()).isTrue();
    }

    @Test
    void andAllOtherLimitsOfTheLogWarnOnceAnEpisodeWithFigures() {
      Room small = new Room(Hub.builder().maxTableBytes(1_500).topic("flow:*", flows));
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        for (int flow = 0; flow < 100; flow++) {
          small.hub.topic("flow:" + flow).publish("node", "STARTED");
          small.clock.addAndGet(Duration.ofSeconds(50).toNanos());
        }
        assertThat(warnings.texts()).hasSize(1);
        assertThat(warnings.texts().get(0))
            .startsWith(
                "Messages are refused (TABLES_FULL): the budget of compacted topics is spent")
            .contains("keys of compacted topics count ", " of 1500 bytes")
            .doesNotContain("flow:");

        small.clock.addAndGet(Duration.ofSeconds(61).toNanos());
        small.hub.topic("flow:101").publish("node", "STARTED");
        assertThat(warnings.texts()).hasSize(2);
      }
    }
  }

  @Nested
  class KeyAge {
    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void isPositive(long nanos) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> TABLE.withKeyAge(Duration.ofNanos(nanos)))
          .withMessage("expected keyAge of 1 ns to 292 years, was " + Duration.ofNanos(nanos));
    }

    @Test
    void hasNoEffectOnAStream() {
      Duration age = Duration.ofSeconds(1);
      Room stream = new Room(Hub.builder().topicDefaults(TopicOptions.DEFAULT.withKeyAge(age)));
      stream.publish("topic", 0, 1);
      stream.clock.addAndGet(age.multipliedBy(2).toNanos());
      stream.publish("topic", 1, 2);

      assertThat(stream.hub.stats().retainedMessages()).isEqualTo(2);
    }
  }

  @Nested
  class Dropping {
    @Test
    void namesOnlyTopicsOfTheApplication() {
      assertThatIllegalArgumentException().isThrownBy(() -> hub.topic("$broadcast").clear());
      assertThatIllegalArgumentException().isThrownBy(() -> hub.topic("").clear());
    }

    @Test
    void saysWhetherThereWasAnything() {
      assertThat(hub.topic("table").clear()).isFalse();
      put("a", 1);
      assertThat(hub.topic("table").clear()).isTrue();
      assertThat(hub.topic("table").clear()).isFalse();
      assertThat(hub.stats().topics()).isEqualTo(1);
      assertThat(hub.stats().published()).as("a drop is no message").isEqualTo(1);
      put("a", 2);
      hub.close();
      assertThat(hub.topic("table").clear()).isFalse();
    }
  }

  private String id() {
    return hub.lastId();
  }

  private void put(String key, int n) {
    assertThat(hub.topic("table").publish("ROW", Map.of("key", key, "n", n)).isAccepted()).isTrue();
  }

  private void delete(String key) {
    assertThat(hub.topic("table").publish("ROW", Map.of("key", key)).isAccepted()).isTrue();
  }

  /** Runs the transport and returns the rows that have arrived. Deletions have no value. */
  private List<String> seen(MemoryLink link) {
    room.run();
    return link.received().stream()
        .filter(text -> !((String) Room.json(text).get("type")).startsWith("$"))
        .map(Room::payload)
        .map(
            row -> row.containsKey("n") ? row.get("key") + "=" + row.get("n") : "" + row.get("key"))
        .toList();
  }

  private static String key(Message message) {
    return (String) fields(message).get("key");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> fields(Message message) {
    return (Map<String, Object>) message.payload();
  }
}
