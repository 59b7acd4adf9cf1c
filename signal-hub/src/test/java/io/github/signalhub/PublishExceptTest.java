package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Messages that are not sent to their sender. */
class PublishExceptTest {
  private static final TopicOptions TABLE =
      TopicOptions.DEFAULT.compactBy(Message::type, message -> message.payload() == null);

  private final Room room =
      new Room(
          Hub.builder()
              .retentionGrace(Duration.ZERO)
              .topic("small", TopicOptions.DEFAULT.withMessages(3))
              .topic("strict", TopicOptions.DEFAULT.withMessages(3).withLagPolicy(LagPolicy.CLOSE))
              .topic("table", TABLE.withMessages(1)));
  private final Hub hub = room.hub;

  @Nested
  class Receivers {
    @Test
    void areTheOtherClientsOfTheTopic() {
      MemoryLink sender = room.connect("t");
      MemoryLink other = room.connect("t");
      MemoryLink elsewhere = room.connect("u");

      PublishResult result = hub.topic("t").publishExcept(room.client(sender), "N", 1);

      assertThat(result.id()).contains(hub.lastId());
      assertThat(room.arrived(other)).containsExactly(1L);
      assertThat(room.arrived(sender)).isEmpty();
      assertThat(room.arrived(elsewhere)).isEmpty();
    }

    @Test
    void ofABroadcastAreAllOtherClients() {
      MemoryLink sender = room.connect();
      MemoryLink other = room.connect();

      assertThat(hub.broadcastExcept(room.client(sender), "N", 1).isAccepted()).isTrue();

      assertThat(room.arrived(other)).containsExactly(1L);
      assertThat(room.arrived(sender)).isEmpty();
    }

    @Test
    void ofAMessageToAUserAreTheUsersOtherClients() {
      MemoryLink sender = room.connect(Handshake.builder().user("ann"));
      MemoryLink other = room.connect(Handshake.builder().user("ann"));
      MemoryLink bob = room.connect(Handshake.builder().user("bob"));

      assertThat(hub.user("ann").sendExcept(room.client(sender), "N", 1).isAccepted()).isTrue();

      assertThat(room.arrived(other)).containsExactly(1L);
      assertThat(room.arrived(sender)).isEmpty();
      assertThat(room.arrived(bob)).isEmpty();
    }

    @Test
    void areAllIfTheSenderDoesNotFollowTheTopic() {
      MemoryLink other = room.connect("t");
      Client sender = room.client(room.connect());

      hub.topic("t").publishExcept(sender, "N", 1).orThrow();

      assertThat(room.arrived(other)).containsExactly(1L);
      assertThat(hub.topic("t").history(1).messages()).hasSize(1);
    }

    @Test
    void getTheMessageInItsOrderAmongOthers() {
      MemoryLink sender = room.connect("t", "u");
      MemoryLink other = room.connect("t", "u");
      for (int n = 0; n < 40; n++) {
        if (n % 3 == 1) {
          own(sender, n % 2 == 0 ? "t" : "u", n);
        } else {
          room.publish(n % 2 == 0 ? "u" : "t", n, n + 1);
        }
      }

      assertThat(room.arrived(other)).isEqualTo(numbers(IntStream.range(0, 40)));
      assertThat(room.arrived(sender))
          .isEqualTo(numbers(IntStream.range(0, 40).filter(n -> n % 3 != 1)));
    }

    @Test
    void shareOneEncodingWhichTheSenderDoesNotNeed() {
      AtomicInteger encodings = new AtomicInteger();
      LinkOptions counted =
          LinkOptions.DEFAULT.withWireForm(
              json -> {
                encodings.incrementAndGet();
                return LinkOptions.FRAMES.encode(json);
              });
      Handshake handshake = Handshake.builder().topic("t").build();
      MemoryLink sender = room.transport.connect(handshake, counted);
      own(sender, "t", 1);
      room.run();
      assertThat(encodings).hasValue(0);

      List<MemoryLink> others =
          List.of(
              room.transport.connect(handshake, counted),
              room.transport.connect(handshake, counted));
      own(sender, "t", 2);
      room.run();

      assertThat(others).allMatch(other -> room.arrived(other).equals(List.of(2L)));
      assertThat(encodings).hasValue(1);
    }
  }

  @Nested
  class Senders {
    @Test
    void areStillSentNothingWhenTheyResumeTheirSession() {
      MemoryLink sender = room.connect(session("s").topic("t").after(hub.lastId()));
      String seen = hub.lastId();
      Client gone = room.client(sender);
      own(sender, "t", 1);
      sender.cut();
      hub.topic("t").publishExcept(gone, "N", 2).orThrow();
      hub.broadcastExcept(gone, "N", 3).orThrow();
      room.publish("t", 4, 5);

      MemoryLink back = room.connect(session("s").topic("t").after(seen));
      MemoryLink stranger = room.connect(session("other").topic("t").after(seen));
      MemoryLink nobody = room.connect(Handshake.builder().topic("t").after(seen));

      assertThat(room.arrived(back)).containsExactly(4L);
      assertThat(room.arrived(stranger)).containsExactly(1L, 2L, 3L, 4L);
      assertThat(room.arrived(nobody)).containsExactly(1L, 2L, 3L, 4L);
    }

    @Test
    void withoutASessionAreTheirConnectionAlone() {
      MemoryLink sender = room.connect("t");
      String seen = hub.lastId();
      own(sender, "t", 1);
      sender.cut();

      assertThat(room.arrived(room.connect(Handshake.builder().topic("t").after(seen))))
          .containsExactly(1L);
    }

    @Test
    void withTheSessionOfAnotherUserAreOthers() {
      MemoryLink ann = room.connect(session("s").user("ann").topic("t"));
      MemoryLink bob = room.connect(session("s").user("bob").topic("t"));
      MemoryLink nobody = room.connect(session("s").topic("t"));

      own(ann, "t", 1);

      assertThat(room.arrived(ann)).isEmpty();
      assertThat(room.arrived(bob)).containsExactly(1L);
      assertThat(room.arrived(nobody)).containsExactly(1L);
    }

    @Test
    void whoseSessionIsTheIdOfAnotherClientAreOthers() {
      MemoryLink sender = room.connect("t");
      MemoryLink copy = room.connect(session(sender.clientId()).topic("t"));

      own(sender, "t", 1);

      assertThat(room.arrived(copy)).containsExactly(1L);
    }

    @Test
    void withTwoConnectionsOfASessionGetItOnNeither() {
      MemoryLink first = room.connect(session("s").topic("t"));
      MemoryLink second = room.connect(session("s").topic("t"));

      own(first, "t", 1);

      assertThat(room.arrived(first)).isEmpty();
      assertThat(room.arrived(second)).isEmpty();
    }

    @Test
    void ofAnotherHubAreRefused() {
      Room other = new Room();
      Client foreign = other.client(other.connect());

      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.topic("t").publishExcept(foreign, "N", 1))
          .withMessage("expected a client of this hub as the sender");
      assertThatIllegalArgumentException().isThrownBy(() -> hub.broadcastExcept(foreign, "N", 1));
      assertThatIllegalArgumentException()
          .isThrownBy(() -> hub.user("ann").sendExcept(foreign, "N", 1));
      assertThatExceptionOfType(NullPointerException.class)
          .isThrownBy(() -> hub.topic("t").publishExcept(null, "N", 1));
      assertThat(hub.stats().published()).isZero();
    }

    @Test
    void countTowardsTheLogWithTheirNames() {
      MemoryLink sender = room.connect(session("s".repeat(64)).user("u".repeat(255)));
      room.publish("t", 1, 2);
      long plain = hub.stats().retainedBytes();
      own(sender, "t", 1);
      room.publish("t", 1, 2);
      long text = 96 + "{'type':'N','payload':1,'topic':'t','id':''}".length() + 33;

      assertThat(hub.stats().retainedBytes() - plain - 2 * text).isEqualTo(104 + 64 + 255);
    }
  }

  @Nested
  class Positions {
    @Test
    void moveAsIfTheMessageHadBeenSent() {
      MemoryLink sender = room.connect(session("s").topic("t").controlMessages(true));
      room.publish("t", 0, 1);
      own(sender, "t", 1);
      room.run();

      for (int second = 0; second < 16; second++) {
        room.transport.elapse(Duration.ofSeconds(1));
        room.run();
      }

      assertThat(room.arrived(sender)).containsExactly("$hello", 0L, "$sync");
      assertThat(Room.controls(sender, "$sync")).containsExactly(Map.of("id", hub.lastId()));
    }

    @Test
    void doNotMoveBeyondWhatWaitsInAnotherTopic() {
      MemoryLink sender = room.connect(session("s").topic("t").topic("u").after(hub.lastId()));
      sender.stall();
      String before = hub.lastId();
      room.publish("u", 0, 1);
      own(sender, "t", 1);
      room.run();
      sender.cut();

      assertThat(room.arrived(room.connect(session("s").topic("t").topic("u").after(before))))
          .containsExactly(0L);
    }

    @Test
    void reachTheEndSoThatACloseDoesNotWait() {
      MemoryLink sender = room.connect("t");
      sender.stall();
      own(sender, "t", 1);
      room.run();

      room.client(sender).close();
      sender.resume();
      room.run();

      assertThat(sender.received()).isEmpty();
      assertThat(sender.closeReason()).isPresent();
    }
  }

  @Nested
  class Lags {
    static IntStream everySplit() {
      return IntStream.rangeClosed(0, 90);
    }

    @ParameterizedTest
    @MethodSource("everySplit")
    void doNotComeFromTheSendersOwnMessages(int bytes) {
      MemoryLink told = room.connect(session("s").topic("small").after(hub.lastId()));
      told.read(bytes);
      room.publish("small", 0, 1);
      room.run();
      for (int n = 1; n < 9; n++) {
        own(told, "small", n);
        room.run();
      }
      boolean sent = bytes > 0; // else another one's message left the log unsent, too
      told.resume();
      room.publish("small", 9, 10);

      assertThat(room.arrived(told)).isEqualTo(sent ? List.of(0L, 9L) : List.of("$gap", 9L));
    }

    @Test
    void doNotComeFromAnOwnMessageThatLeavesWhileTheFrameBeforeItIsHalfSent() {
      MemoryLink sender = room.connect(session("s").topic("small").after(hub.lastId()));
      sender.stall();
      room.publish("small", 0, 1);
      room.run();
      own(sender, "small", 1);
      room.run();
      sender.read(10);

      room.publish("small", 2, 5); // the first two leave the log
      sender.resume();

      assertThat(room.arrived(sender)).containsExactly(0L, 2L, 3L, 4L);
    }

    @Test
    void doNotCloseASenderWhoseOwnMessagesLeftTheLog() {
      MemoryLink strict = room.connect(session("s").topic("strict").controlMessages(true));
      MemoryLink plain = room.connect("strict");
      strict.stall();
      plain.stall();
      for (int n = 0; n < 10; n++) {
        own(strict, "strict", n);
        room.run();
      }
      MemoryLink sender = room.connect("strict");
      sender.stall();
      for (int n = 10; n < 20; n++) {
        own(sender, "strict", n);
        room.run();
      }
      strict.resume();
      plain.resume();
      sender.resume();
      room.run();

      assertThat(sender.closeReason()).as("it lost its own messages alone").isEmpty();
      assertThat(plain.closeReason()).as("it lost those of others").isPresent();
      assertThat(strict.closeReason()).as("it lost those of the third").isPresent();
    }

    @Test
    void ofOneTopicDoNotComeFromOwnMessagesInAnother() {
      MemoryLink sender = room.connect(session("s").topic("t").topic("small").after(hub.lastId()));
      sender.stall();
      room.publish("t", 0, 1);
      for (int n = 1; n < 9; n++) {
        own(sender, "small", n);
        room.run();
      }
      room.publish("small", 9, 10);

      sender.resume();

      assertThat(room.arrived(sender)).containsExactly(0L, 9L);
    }
  }

  @Nested
  class Tables {
    private final HubTopic table = hub.topic("table");

    @Test
    void sendTheSenderTheRowsOfOthersAlone() {
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      MemoryLink other = room.connect(session("o").topic("table").controlMessages(true));
      put(sender, "a", 1);
      put(other, "b", 1);
      room.run();
      put(sender, "b", 2);
      put(other, "a", 2);
      room.run();

      assertThat(rows(sender)).containsExactly("b=1", "a=2");
      assertThat(rows(other)).containsExactly("a=1", "b=2");
    }

    @Test
    void haveTheSendersRowsInTheirFirstState() {
      MemoryLink sender = room.connect(session("s").controlMessages(true));
      put(sender, "a", 1);
      table.publish("b", 1).orThrow();

      room.client(sender).join("table");
      room.run();
      put(sender, "c", 1);
      room.run();

      assertThat(rows(sender)).containsExactly("a=1", "b=1");
    }

    @Test
    void haveTheSendersRowsInAFirstStateThatIsCutAndResumed() {
      MemoryLink sender = room.connect(session("s").controlMessages(true));
      put(sender, "a", 1);
      put(sender, "b", 1);
      table.publish("c", 1).orThrow();
      String all = hub.lastId();
      sender.stall();
      room.client(sender).join("table");
      room.run();
      while (rows(sender).isEmpty()) {
        sender.read(1);
      }
      sender.cut();

      Handshake.Builder resumed = session("s").after(all).topic("table", id(sender, "a"));
      assertThat(rows(sender)).containsExactly("a=1");
      assertThat(rows(room.connect(resumed.controlMessages(true)))).containsExactly("b=1", "c=1");
    }

    @Test
    void haveTheSendersRowsInAFirstStateThatComesLate() {
      MemoryLink sender = room.connect(session("s").topic("t").controlMessages(true));
      sender.stall();
      room.publish("t", 0, 1); // the sender is behind from here on
      put(sender, "a", 1);
      room.client(sender).join("table");
      room.run();
      put(sender, "known", 1);

      sender.resume();
      room.run();

      assertThat(rows(sender)).containsExactly("a=1");
    }

    @Test
    void leaveOutTheSendersRowsWhenItsSessionResumes() {
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      table.publish("a", 1).orThrow();
      room.run();
      String seen = hub.lastId();
      put(sender, "b", 1);
      table.publish("a", 2).orThrow();
      sender.cut();

      MemoryLink back = room.connect(session("s").topic("table").after(seen).controlMessages(true));
      assertThat(rows(back)).containsExactly("a=2");
    }

    @Test
    void haveEveryRowForASenderThatHasToBeginAnew() {
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      for (String key : List.of("a", "b", "c")) {
        table.publish(key, 1).orThrow();
      }
      put(sender, "mine", 1);
      room.run();
      sender.stall();
      table.publish("a", null).orThrow();
      put(sender, "mine too", 1);
      room.run();
      table.publish("b", null).orThrow(); // of two deletions one is kept
      table.publish("c", 2).orThrow();
      put(sender, "mine", 2);
      room.run();

      sender.resume();
      room.run();

      assertThat(Room.controls(sender, "$gap")).hasSize(1);
      assertThat(state(sender))
          .containsExactlyInAnyOrderEntriesOf(Map.of("c", 2L, "mine", 2L, "mine too", 1L));
    }

    @Test
    void haveEveryRowForASenderThatIsCutWhileItBeginsAnew() {
      MemoryLink sender =
          room.connect(session("s").topic("table").topic("t").controlMessages(true));
      table.publish("a", 1).orThrow();
      table.publish("b", 1).orThrow();
      room.run();
      String seen = hub.lastId();
      sender.stall();
      room.publish("t", 0, 1);
      table.publish("a", null).orThrow();
      room.run();
      table.publish("b", null).orThrow();
      put(sender, "mine", 1);
      room.run();
      sender.cut();

      MemoryLink back =
          room.connect(session("s").topic("t").topic("table").after(seen).controlMessages(true));
      room.run();

      assertThat(Room.controls(back, "$gap")).hasSize(1);
      assertThat(state(back)).containsExactlyEntriesOf(Map.of("mine", 1L));
    }

    @Test
    void haveLaterRowsForASenderThatMayHaveSentThemBeforeItReadThatItBeginsAnew() {
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      table.publish("a", 1).orThrow();
      room.run();
      table.clear();
      room.run();

      put(sender, "mine", 1);
      assertThat(rows(sender)).containsExactly("a=1", "mine=1");

      String seen = hub.lastId();
      sender.cut();
      MemoryLink back = room.connect(session("s").topic("table").after(seen).controlMessages(true));
      put(back, "mine", 2);
      assertThat(rows(back)).isEmpty();
    }

    @Test
    void tellASenderAtOffsetZeroToForgetItsRowsWhenTheyLeft() {
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      room.run();
      put(sender, "mine", 1);
      table.clear();
      room.run();

      assertThat(gaps(sender)).singleElement().asString().contains("topic=table", "reset=true");
      assertThat(rows(sender)).isEmpty();
    }

    @Test
    void tellASenderThatBeganAnewAtOffsetZeroToForgetItsRowsWhenTheyLeft() {
      String unknown = "0123456789abcdef-0000000000000001";
      MemoryLink sender = room.connect(session("s").topic("table", unknown).controlMessages(true));
      room.run();
      put(sender, "mine", 1);
      table.clear();
      room.run();

      assertThat(gaps(sender)).hasSize(2);
      assertThat(state(sender)).isEmpty();
    }

    @Test
    void tellASenderThatResumesAfterOffsetZeroToForgetItsRowsWhenTheyLeft() {
      String seen = hub.lastId();
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      room.run();
      put(sender, "mine", 1);
      sender.cut();
      table.clear();

      MemoryLink back = room.connect(session("s").topic("table").after(seen).controlMessages(true));
      MemoryLink started =
          room.connect(session("s").topic("table", seen).after(seen).controlMessages(true));
      room.run();

      assertThat(gaps(back)).singleElement().asString().contains("topic=table", "reset=true");
      assertThat(gaps(started)).singleElement().asString().contains("topic=table", "reset=true");
    }

    @Test
    void tellASenderThatJoinsLateToForgetItsRowsWhenTheyLeft() {
      MemoryLink sender = room.connect(session("s").topic("t").controlMessages(true));
      room.run();
      sender.stall();
      room.publish("t", 0, 1); // the sender is behind from here on
      room.client(sender).join("table");
      room.run();
      put(sender, "mine", 1);
      table.clear();

      sender.resume();
      room.run();

      assertThat(gaps(sender)).singleElement().asString().contains("topic=table", "reset=true");
    }

    @Test
    void areWholeAfterOffsetZeroForASenderWhoseRowsAreThere() {
      String start = hub.lastId();
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      table.publish("gone", 1).orThrow();
      table.clear();
      put(sender, "mine", 1);
      room.run();
      String seen = hub.lastId();
      sender.cut();

      MemoryLink back =
          room.connect(session("s").topic("table", start).after(seen).controlMessages(true));

      assertThat(rows(back)).containsExactly("mine=1");
      assertThat(gaps(back)).isEmpty();
    }

    @Test
    void haveLaterRowsForASenderThatHasLeftThem() {
      MemoryLink sender = room.connect(session("s").topic("table").controlMessages(true));
      room.client(sender).leave("table");
      room.run();
      room.client(sender).join("table");
      room.run();

      put(sender, "mine", 1);

      assertThat(rows(sender)).containsExactly("mine=1");
    }

    @Test
    void haveLaterRowsForASenderThatWasToldThatItLeftThemBeforeItsJoin() {
      MemoryLink sender = room.connect(session("s").controlMessages(true));
      sender.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"table\"}}");
      room.run();
      room.client(sender).join("table");
      room.run();

      put(sender, "mine", 1);

      assertThat(rows(sender)).containsExactly("mine=1");
    }

    @Test
    void areRememberedOfASenderThatLeavesVeryMany() {
      Room many = new Room(Hub.builder().topic("table*", TABLE));
      MemoryLink sender = many.connect(session("s").controlMessages(true));
      for (int i = 0; i < 100; i++) {
        many.client(sender).join("table" + i);
        many.client(sender).leave("table" + i);
        many.run();
      }
      many.client(sender).join("table0");
      many.client(sender).join("stream");
      many.run();

      many.hub.topic("table0").publishExcept(many.client(sender), "mine", 1).orThrow();
      many.hub.topic("stream").publishExcept(many.client(sender), "N", 1).orThrow();

      assertThat(many.arrived(sender)).endsWith("mine").doesNotContain(1L);
    }

    @Test
    void keepToTheirBudgetWithTheNamesOfSenders() {
      Room small = new Room(Hub.builder().maxTableBytes(2_000).topic("table", TABLE));
      MemoryLink sender = small.connect(session("s").user("u".repeat(255)));
      int rows = 0;
      while (small
          .hub
          .topic("table")
          .publishExcept(small.client(sender), "k" + rows, 1)
          .isAccepted()) {
        rows++;
      }

      assertThat(small.hub.stats().tableBytes()).isBetween(255L * rows, 2_000L);
      assertThat(rows).isPositive();
      small.hub.topic("table").clear();
      assertThat(small.hub.stats().tableBytes()).isZero();
      assertThat(small.hub.stats().retainedBytes()).isZero();
    }

    private void put(MemoryLink sender, String key, int n) {
      table.publishExcept(room.client(sender), key, n).orThrow();
    }

    private List<Object> gaps(MemoryLink link) {
      return Room.controls(link, "$gap");
    }

    private String id(MemoryLink link, String key) {
      return link.received().stream()
          .map(Room::json)
          .filter(message -> key.equals(message.get("type")))
          .map(message -> (String) message.get("id"))
          .findFirst()
          .orElseThrow();
    }

    private List<String> rows(MemoryLink link) {
      room.run();
      return link.received().stream()
          .map(Room::json)
          .filter(message -> !((String) message.get("type")).startsWith("$"))
          .filter(message -> "table".equals(message.get("topic")))
          .map(message -> message.get("type") + "=" + message.get("payload"))
          .toList();
    }

    /** Returns the table that a client has by what it was sent since its last reset. */
    private Map<String, Object> state(MemoryLink link) {
      Map<String, Object> rows = new TreeMap<>();
      for (String text : link.received()) {
        Map<String, Object> message = Room.json(text);
        String type = (String) message.get("type");
        if (type.equals("$gap")) {
          rows.clear();
        } else if ("table".equals(message.get("topic"))) {
          rows.compute(type, (key, old) -> message.get("payload"));
        }
      }
      return rows;
    }
  }

  @Nested
  class CatchUps {
    @Test
    void leaveOutTheSendersMessages() {
      MemoryLink sender = room.connect(session("s").controlMessages(true));
      String before = hub.lastId();
      room.publish("t", 0, 1);
      own(sender, "t", 1);
      room.publish("t", 2, 3);
      own(sender, "t", 3);

      room.client(sender).join("t", before);

      assertThat(room.arrived(sender)).containsExactly("$hello", "$joined", 0L, 2L, "$sync");
      assertThat(Room.controls(sender, "$sync")).containsExactly(Map.of("id", hub.lastId()));
    }

    @Test
    void areWholeThoughTheSenderPublishesMeanwhile() {
      MemoryLink sender = room.connect(session("s").controlMessages(true));
      String before = hub.lastId();
      room.publish("t", 0, 2);
      room.run();
      sender.stall();
      room.client(sender).join("t", before);
      room.run();
      own(sender, "t", 2);
      room.run();

      sender.resume();

      assertThat(room.arrived(sender)).containsExactly("$hello", "$joined", 0L, 1L, "$sync");
    }

    @Test
    void thatAreEmptyWithoutTheSendersMessagesEnd() {
      MemoryLink sender = room.connect(session("s").controlMessages(true));
      String before = hub.lastId();
      own(sender, "t", 1);

      room.client(sender).join("t", before);
      room.run();
      room.publish("t", 2, 3);

      assertThat(room.arrived(sender)).containsExactly("$hello", "$joined", "$sync", 2L);
    }
  }

  private void own(MemoryLink sender, String topic, int n) {
    hub.topic(topic).publishExcept(room.client(sender), "N", n).orThrow();
  }

  private static Handshake.Builder session(String session) {
    return Handshake.builder().session(session);
  }

  private static List<Object> numbers(IntStream numbers) {
    return numbers.<Object>mapToObj(n -> (long) n).toList();
  }
}
