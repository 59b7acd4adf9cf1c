package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The handlers of joins and leaves, and the states that they send before a topic's messages. */
class InitialStateTest {
  private static final String OTHER_HUB = "0123456789abcdef-0000000000000001";

  private final Queue<Runnable> callbacks = new ArrayDeque<>();
  private final List<String> calls = new ArrayList<>();

  /** Whether the hook that authorizes a join has the application join the topic. */
  private boolean joinsItself;

  private Room room = room(Hub.builder());

  /** A hub whose callbacks wait for {@link #callBack}. */
  private Room room(HubBuilder options) {
    options.authorizeJoins((client, topic) -> !joinsItself || client.join(topic));
    return new Room(options, callbacks::add);
  }

  @Nested
  class AState {
    @Test
    void precedesWhatIsPublishedWhileTheHandlerRuns() {
      stateOf("t", (client, join) -> room.publish("t", 1, 3));
      MemoryLink link = room.connect(opted().topic("t"));
      room.publish("t", 0, 1);

      callBack();
      room.publish("t", 3, 4);

      assertThat(room.arrived(link))
          .containsExactly("$hello", "STATE", "$joined", 0L, 1L, 2L, "$sync", 3L);
    }

    @Test
    void precedesThemAlsoForAClientWithoutControlMessages() {
      stateOf("t", (client, join) -> room.publish("t", 1, 3));
      MemoryLink link = room.connect("t");
      room.publish("t", 0, 1);

      callBack();
      room.publish("t", 3, 4);

      assertThat(room.arrived(link)).containsExactly("STATE", 0L, 1L, 2L, 3L);
    }

    @Test
    void precedesThemWhenTheClientAsksToJoin() {
      stateOf("t", (client, join) -> room.publish("t", 0, 2));
      MemoryLink link = room.connect(opted());
      callBack();

      join(link, "t", "1");
      callBack();

      assertThat(room.arrived(link)).containsExactly("$hello", "STATE", "$joined", 0L, 1L, "$sync");
      assertThat(Room.controls(link, "$joined").get(0).toString()).contains("ref=1");
    }

    @Test
    void precedesThemWhenTheApplicationLetsTheClientJoin() {
      stateOf("t", (client, join) -> room.publish("t", 1, 2));
      MemoryLink link = room.connect("u");
      callBack();

      assertThat(room.client(link).join("t")).isTrue();
      room.publish("t", 0, 1); // after the join, before the handler
      assertThat(room.client(link).topics()).containsExactlyInAnyOrder("t", "u");
      callBack();

      assertThat(room.arrived(link)).containsExactly("STATE", 0L, 1L);
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 60, 150, 400})
    void precedesThemHoweverSlowlyTheClientReads(long bytes) {
      stateOf("t", (client, join) -> room.publish("t", 0, 2));
      MemoryLink link = room.connect(opted().topic("t").topic("u"));
      room.publish("u", 10, 12);
      link.read(bytes);
      room.run();
      callBack();
      room.publish("u", 12, 14);
      room.publish("t", 2, 4);
      room.run();

      link.resume();

      assertThat(room.arrived(link))
          .containsSubsequence(10L, 11L, "STATE", 0L, 1L)
          .containsSubsequence("STATE", "$joined", 0L, 1L, 2L, 3L)
          .containsOnlyOnce(0L, 1L, 2L, 3L, 10L, 11L, 12L, 13L);
    }

    /** No message comes later that would wake the client. */
    @ParameterizedTest
    @ValueSource(longs = {0, 150, 200, 230, 250, 270, 300})
    void isFollowedByItsTopicAlsoOverALinkThatTakesWholeFrames(long bytes) {
      room.hub.onJoin(
          "t",
          (client, join) -> {
            client.send("STATE", null);
            room.run();
            room.publish("other", 0, 1);
          });
      MemoryLink link =
          room.transport.connect(
              opted().topic("t").build(), LinkOptions.DEFAULT.withWholeFrames(true));
      link.read(bytes);

      callBack();
      link.resume();

      assertThat(room.arrived(link)).containsExactly("$hello", "STATE", "$joined", "$sync");
    }

    /** A client waits for no more than one state, however many topics it names. */
    @Test
    void hasRoomHoweverLongItIsAndHoweverManyTopicsTheClientFollows() {
      String longest = "x".repeat(200_000);
      room.hub.onJoin("*", (client, join) -> client.send(join.topic(), longest).orThrow());
      MemoryLink link = room.connect(opted().topic("a").topic("b").topic("c"));
      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"d\"}}");
      room.hub.onMessage((client, message) -> calls.add(message.type()));
      link.send("{\"type\":\"A\"}");
      room.run();
      link.stall();

      callBack();
      List<String> early = List.copyOf(calls);
      link.resume();
      callBack();

      assertThat(early).as("what the client says waits for the handlers").isEmpty();
      assertThat(calls).containsExactly("A");
      assertThat(room.arrived(link)).contains("a", "b", "c", "d");
      assertThat(room.client(link).topics()).hasSize(4);
    }

    @Test
    void isNotMadeForATopicThatIsLeftWhileTheStateBeforeWaits() {
      room.hub.onJoin(
          "*",
          (client, join) -> {
            calls.add(join.topic());
            client.send("STATE", null);
          });
      MemoryLink link = room.connect(opted().topic("a"));
      room.run();
      link.stall();
      callBack();
      room.client(link).join("b");
      room.client(link).join("c");
      callBack();

      room.client(link).leave("a");
      room.client(link).leave("b");
      callBack();
      link.resume();
      callBack();

      assertThat(calls).containsExactly("a", "c");
    }

    /** The second lag within a minute skips what is retained of streams, but never a state. */
    @Test
    void isSentThoughTheClientLagsAgain() {
      room = room(Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(2)));
      stateOf("t", (client, join) -> {});
      MemoryLink link = room.connect(opted().topic("t").topic("u"));
      lag(link, 0);

      link.stall();
      callBack();
      lag(link, 100);
      room.publish("t", 1, 2);

      assertThat(room.arrived(link)).containsSubsequence("$gap", "$gap", "STATE", "$joined", 1L);
    }

    /** Has messages of another topic leave before the client reads them. */
    private void lag(MemoryLink link, int first) {
      link.stall();
      room.publish("u", first, first + 8);
      room.run();
      room.clock.addAndGet(Duration.ofSeconds(10).toNanos());
      room.publish("u", first + 8, first + 9);
      room.run();
      link.resume();
      room.run();
    }

    @Test
    void mayHaveManyParts() {
      room.hub.onJoin(
          "t",
          (client, join) -> {
            client.send("N", 0);
            room.publish("t", 2, 3);
            client.send("N", 1);
          });
      MemoryLink link = room.connect("t");

      callBack();

      assertThat(room.arrived(link)).containsExactly(0L, 1L, 2L);
    }

    @Test
    void leavesOutWhatWasPublishedBeforeTheJoin() {
      stateOf("t", (client, join) -> {});
      room.publish("t", 0, 3);
      MemoryLink link = room.connect(opted().topic("t"));

      callBack();
      room.publish("t", 3, 4);

      assertThat(room.arrived(link)).containsExactly("$hello", "STATE", "$joined", "$sync", 3L);
    }

    @Test
    void holdsUpItsTopicAlone() {
      stateOf("t", (client, join) -> {});
      MemoryLink link = room.connect(opted().topic("t").topic("u"));

      room.publish("t", 0, 1);
      room.publish("u", 1, 2);
      room.hub.broadcast("N", 2);
      List<Object> before = room.arrived(link);
      callBack();

      assertThat(before).containsExactly("$hello", 1L, 2L);
      assertThat(room.arrived(link))
          .containsExactly("$hello", 1L, 2L, "STATE", "$joined", 0L, "$sync");
    }

    @Test
    void holdsUpTheMessagesOfItsClientAsAnyListenerDoes() {
      room.hub.onMessage((client, message) -> calls.add(message.type()));
      hear("t");
      MemoryLink link = room.connect(opted());
      link.send("{\"type\":\"A\"}");
      join(link, "t", "1");
      link.send("{\"type\":\"B\"}");

      callBack();

      assertThat(calls).containsExactly("A", "join t", "B");
    }

    @Test
    void precedesATableAndTheTableIsWhole() {
      room = room(Hub.builder().topic("t", TopicOptions.DEFAULT.compactBy(Message::type)));
      stateOf("t", (client, join) -> room.hub.topic("t").publish("c", 3));
      room.hub.topic("t").publish("a", 1);
      room.hub.topic("t").publish("b", 2);
      MemoryLink link = room.connect(opted().topic("t"));

      callBack();
      room.hub.topic("t").publish("a", 4);

      assertThat(room.arrived(link))
          .containsExactly("$hello", "STATE", "$joined", "a", "b", "c", "$sync", "a");
    }

    @Test
    void ofATopicWithPresenceIsOfAUserThatIsThereAlready() {
      room =
          room(Hub.builder().topic("t", TopicOptions.DEFAULT.withPresence(Duration.ofSeconds(1))));
      stateOf("t", (client, join) -> calls.add(room.hub.topic("t").presence().toString()));
      room.connect(Handshake.builder().user("ann").topic("t"));

      callBack();

      assertThat(calls).containsExactly("[ann]");
    }

    @Test
    void isNotSentAgainForATopicThatIsFollowed() {
      hear("t");
      MemoryLink link = room.connect(opted().topic("t"));

      join(link, "t", "1");
      room.client(link).join("t");
      callBack();

      assertThat(calls).containsExactly("join t");
      assertThat(room.arrived(link))
          .containsExactly("$hello", "$joined", "$sync", "$joined", "$sync");
    }

    @Test
    void precedesTheReplyToAJoinOfATopicThatTheApplicationJoins() {
      stateOf("t", (client, join) -> {});
      MemoryLink link = room.connect(opted());
      callBack();
      join(link, "t", "1"); // before the application, whose join is told at this turn
      room.client(link).join("t", room.hub.lastId());

      callBack();

      assertThat(room.arrived(link)).containsExactly("$hello", "STATE", "$joined", "$sync");
      assertThat(Room.controls(link, "$joined").get(0).toString()).contains("ref=1");
    }

    @Test
    void precedesTheReplyAlsoIfTheApplicationJoinsTheTopicWhileAnotherStateWaits() {
      joinsItself = true;
      stateOf("*", (client, join) -> calls.add(join.topic()));
      MemoryLink link = room.connect(opted());
      callBack();
      link.stall();
      join(link, "a", "1");
      join(link, "b", "2");
      callBack();
      assertThat(calls).containsExactly("a");

      link.resume();
      callBack();

      assertThat(room.arrived(link))
          .containsExactly("$hello", "STATE", "$joined", "$sync", "STATE", "$joined", "$sync");
      assertThat(Room.controls(link, "$joined").toString()).contains("ref=1", "ref=2");
    }

    @Test
    void isNotThereForOtherTopicsWhichAreSentAsEver() {
      hear("t");
      MemoryLink with = room.connect(opted().topic("u"));
      MemoryLink without = new Room().connect(opted().topic("u"));

      assertThat(Room.payload(with.received().get(0)).keySet())
          .isEqualTo(Room.payload(without.received().get(0)).keySet());
    }
  }

  @Nested
  class AClientThatHasAState {
    @Test
    void continuesAfterItsIdAndTheHandlerKnows() {
      room.publish("t", 0, 3);
      MemoryLink first = room.connect("t");
      room.publish("t", 3, 5);
      room.run();
      hear("t");

      MemoryLink back = room.connect(opted().topic("t").after(Room.idOf(first, 0)));
      callBack();

      assertThat(calls).containsExactly("join t after " + Room.idOf(first, 0));
      assertThat(room.arrived(back)).containsExactly("$hello", "$joined", 4L, "$sync");
      assertThat(Room.payload(back.received().get(0))).containsEntry("resumed", true);
    }

    @Test
    void continuesAfterTheTopicsOwnId() {
      String id = room.hub.topic("t").publish("N", 0).id().orElseThrow();
      room.publish("t", 1, 3);
      hear("t");

      MemoryLink link = room.connect(opted().topic("t", id).after(room.hub.lastId()));
      callBack();

      assertThat(calls).containsExactly("join t after " + id);
      assertThat(room.arrived(link)).containsExactly("$hello", "$joined", 1L, 2L, "$sync");
    }

    @Test
    void continuesWhereItsJoinSays() {
      String id = room.hub.topic("t").publish("N", 0).id().orElseThrow();
      room.publish("t", 1, 3);
      hear("t");
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\",\"after\":\"" + id + "\"}}");
      callBack();

      assertThat(calls).containsExactly("join t after " + id);
      assertThat(room.arrived(link)).containsExactly("$hello", "$joined", 1L, 2L, "$sync");
    }

    @Test
    void continuesWhereTheApplicationSays() {
      String id = room.hub.topic("t").publish("N", 0).id().orElseThrow();
      room.publish("t", 1, 3);
      hear("t");
      MemoryLink link = room.connect();

      room.client(link).join("t", id);
      callBack();

      assertThat(calls).containsExactly("join t after " + id);
      assertThat(room.arrived(link)).containsExactly(1L, 2L);
    }

    @ParameterizedTest
    @ValueSource(strings = {OTHER_HUB, "no id"})
    void thatIsOfAnotherHubIsToldAGapAndThenSentAState(String after) {
      stateOf("t", (client, join) -> calls.add(join.toString()));
      room.publish("t", 0, 3);

      MemoryLink link = room.connect(opted().topic("t").after(after));
      callBack();
      room.publish("t", 3, 4);

      assertThat(calls).containsExactly("TopicJoin of t");
      assertThat(room.arrived(link))
          .containsExactly("$hello", "$gap", "$gap", "STATE", "$joined", "$sync", 3L);
    }

    @Test
    void thatIsTooOldIsToldAGapAndThenSentAState() {
      room = room(Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(2)));
      String id = room.hub.topic("t").publish("N", 0).id().orElseThrow();
      room.publish("t", 1, 9);
      room.clock.addAndGet(Duration.ofSeconds(10).toNanos());
      room.publish("t", 9, 10);
      stateOf("t", (client, join) -> calls.add(join.toString()));
      MemoryLink link = room.connect(opted());

      link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"t\",\"after\":\"" + id + "\"}}");
      callBack();
      room.publish("t", 10, 11);

      assertThat(calls).containsExactly("TopicJoin of t");
      assertThat(room.arrived(link))
          .containsExactly("$hello", "$gap", "STATE", "$joined", "$sync", 10L);
      assertThat(Room.controls(link, "$gap").get(0).toString()).contains("after=" + id);
    }

    @Test
    void isOneThatCannotBeToldIsClosed() {
      room = room(Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(2)));
      String id = room.hub.topic("t").publish("N", 0).id().orElseThrow();
      room.publish("t", 1, 9);
      room.clock.addAndGet(Duration.ofSeconds(10).toNanos());
      room.publish("t", 9, 10);
      hear("t");
      MemoryLink link = room.connect();
      callBack();

      room.client(link).join("t", id);
      callBack();
      room.run();

      assertThat(link.closeReason()).hasValue(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void thatNamesOffsetZeroHasNone() {
      stateOf("t", (client, join) -> calls.add(join.toString()));
      room.publish("t", 0, 3);

      String zero = room.hub.lastId().substring(0, 17) + "0".repeat(16);
      MemoryLink link = room.connect(opted().topic("t", zero).after(room.hub.lastId()));
      callBack();
      room.publish("t", 3, 4);

      assertThat(calls).containsExactly("TopicJoin of t");
      assertThat(room.arrived(link)).containsExactly("$hello", "STATE", "$joined", "$sync", 3L);
    }
  }

  /** A client that is cut has to come back so that it misses neither the state nor a message. */
  @Nested
  class AClientThatIsCut {
    @Test
    void beforeTheStateAsksForItAgain() {
      stateOf("t", (client, join) -> calls.add(join.toString()));
      room.publish("u", 0, 3);
      MemoryLink link = room.connect(opted().topic("t"));

      assertThat(catchUps(link)).containsEntry("t", room.hub.lastId().substring(0, 17) + ZEROS);
    }

    @Test
    void beforeItGoesOnComesBackWithTheSameId() {
      String id = room.hub.topic("t").publish("N", 0).id().orElseThrow();
      hear("t");
      MemoryLink link = room.connect(opted().topic("t").after(id));

      assertThat(catchUps(link)).containsEntry("t", id);
    }

    @Test
    void beforeItIsToldAGapIsToldItAgain() {
      hear("t");
      MemoryLink link = room.connect(opted().topic("t").after(OTHER_HUB));

      assertThat(catchUps(link)).containsEntry("t", OTHER_HUB);
    }

    @Test
    void afterTheStateGoesOnAfterThePlaceOfTheJoin() {
      stateOf("t", (client, join) -> {});
      room.publish("u", 0, 1);
      String place = room.hub.lastId();
      MemoryLink link = room.connect(opted().topic("t"));
      room.publish("u", 1, 5);

      callBack();

      room.run();
      assertThat(Room.controls(link, "$joined").get(0).toString()).contains("after=" + place);
    }

    private static final String ZEROS = "0000000000000000";

    @SuppressWarnings("unchecked")
    private static Map<String, Object> catchUps(MemoryLink link) {
      return (Map<String, Object>) Room.payload(link.received().get(0)).get("catchUps");
    }
  }

  @Nested
  class Retention {
    /** The client comes back and asks for the state again, because it did not join the topic. */
    @Test
    void thatTakesTheStateClosesTheClient() {
      room = room(Hub.builder().users(TopicOptions.DEFAULT.withAge(Duration.ofSeconds(10))));
      stateOf("t", (client, join) -> {});
      MemoryLink link = room.connect(opted().topic("t"));
      room.run();
      link.stall();
      callBack();

      room.clock.addAndGet(Duration.ofSeconds(20).toNanos());
      room.publish("t", 0, 1);
      room.run();
      link.resume();

      assertThat(room.arrived(link)).doesNotContain("STATE", "$joined", 0L);
      assertThat(link.closeReason()).hasValue(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void thatTakesAPartOfTheStateWhileTheHandlerRunsClosesTheClient() {
      room = room(Hub.builder().users(TopicOptions.DEFAULT.withAge(Duration.ofSeconds(10))));
      room.hub.onJoin(
          "t",
          (client, join) -> {
            client.send("N", 1);
            room.run();
            room.clock.addAndGet(Duration.ofSeconds(20).toNanos());
            client.send("N", 2);
            room.run();
          });
      MemoryLink link = room.connect(opted().topic("t"));
      room.run();
      link.stall();
      callBack();

      link.resume();

      assertThat(room.arrived(link)).doesNotContain("$joined");
      assertThat(link.closeReason()).hasValue(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void thatTakesAMessageDuringTheHandlerIsTold() {
      room = room(Hub.builder().topicDefaults(TopicOptions.DEFAULT.withMessages(2)));
      stateOf(
          "t",
          (client, join) -> {
            room.publish("t", 0, 9);
            room.clock.addAndGet(Duration.ofSeconds(10).toNanos());
            room.publish("t", 9, 10);
          });
      MemoryLink link = room.connect(opted().topic("t"));

      callBack();

      assertThat(room.arrived(link))
          .containsExactly("$hello", "STATE", "$joined", "$gap", 8L, 9L, "$sync");
    }
  }

  /** {@link LagPolicy#CLOSE}: a client that lost something comes back, and is sent a state anew. */
  @Nested
  class ATopicThatClosesSlowClients {
    private MemoryLink link;

    @BeforeEach
    void join() {
      room =
          room(
              Hub.builder()
                  .topicDefaults(
                      TopicOptions.DEFAULT.withMessages(2).withLagPolicy(LagPolicy.CLOSE)));
      stateOf("t", (client, join) -> calls.add(join.toString()));
      link = room.connect(opted().topic("t"));
    }

    @Test
    void closesOneWhoseMessagesLeaveBeforeItJoins() {
      lose();

      callBack();

      assertThat(room.arrived(link)).doesNotContain("$gap", 8L);
      assertThat(link.closeReason()).hasValue(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void sendsAStateToOneThatComesBackTooLate() {
      callBack();
      room.publish("u", 0, 1);
      String last = room.hub.lastId();
      link.cut();
      lose();

      MemoryLink back = room.connect(opted().topic("t").after(last));
      callBack();
      room.publish("t", 20, 21);

      assertThat(calls).containsExactly("TopicJoin of t", "TopicJoin of t");
      assertThat(room.arrived(back))
          .containsExactly("$hello", "$gap", "STATE", "$joined", "$sync", 20L);
    }

    private void lose() {
      room.publish("t", 0, 9);
      room.clock.addAndGet(Duration.ofSeconds(10).toNanos());
      room.publish("t", 9, 10);
    }
  }

  @Nested
  class ALeave {
    @Test
    void beforeTheHandlerMeansThatNeitherIsCalled() {
      hear("t");
      MemoryLink link = room.connect(opted().topic("t"));

      room.client(link).leave("t");
      callBack();
      room.publish("t", 0, 1);

      assertThat(calls).isEmpty();
      assertThat(room.arrived(link)).containsExactly("$hello", "$left");
    }

    @Test
    void whileTheHandlerRunsHolds() {
      hear("t");
      stateOf("t", (client, join) -> client.leave("t"));
      MemoryLink link = room.connect(opted().topic("t"));

      callBack();
      room.publish("t", 0, 1);

      assertThat(calls).containsExactly("join t", "leave t");
      assertThat(room.arrived(link)).doesNotContain("$joined", 0L).contains("$left");
      assertThat(room.client(link).topics()).isEmpty();
    }

    @Test
    void whileTheHandlerOfARequestRunsRefusesIt() {
      stateOf("t", (client, join) -> client.leave("t"));
      MemoryLink link = room.connect(opted());

      join(link, "t", "1");
      callBack();

      assertThat(room.arrived(link)).containsSubsequence("$error", "$left");
      assertThat(Room.controls(link, "$error").get(0).toString()).contains("ref=1", "code=left");
    }

    @Test
    void whileTheHandlerRunsIsItsOnlyRefusal() {
      room.hub.onJoin(
          "t",
          (client, join) -> {
            client.leave("t");
            throw new RefusedException("full", "no seats are left");
          });
      MemoryLink link = room.connect(opted());

      join(link, "t", "1");
      callBack();

      assertThat(Room.controls(link, "$error")).hasSize(1);
      assertThat(Room.controls(link, "$error").get(0).toString()).contains("ref=1", "code=left");
    }

    @Test
    void andAJoinWhileTheHandlerRunsAreAnotherJoin() {
      hear("t");
      List<Runnable> once = new ArrayList<>();
      once.add(
          () -> {
            Client client = room.hub.clients().iterator().next();
            client.leave("t");
            client.join("t");
          });
      room.hub.onJoin("t", (client, join) -> List.copyOf(once).forEach(Runnable::run));
      room.hub.onJoin("t", (client, join) -> once.clear());
      MemoryLink link = room.connect(opted().topic("t"));

      callBack();
      room.publish("t", 0, 1);

      assertThat(calls).containsExactly("join t", "leave t", "join t");
      assertThat(room.arrived(link)).containsExactly("$hello", "$left", "$joined", "$sync", 0L);
    }

    @Test
    void beforeTheStateWasReadRefusesTheJoin() {
      stateOf("t", (client, join) -> {});
      MemoryLink link = room.connect(opted());
      callBack();
      room.run();
      link.stall();
      join(link, "t", "1");
      callBack();
      room.run();

      room.client(link).leave("t");
      room.publish("t", 0, 1);
      link.resume();

      assertThat(room.arrived(link)).contains("$error", "$left").doesNotContain("$joined", 0L);
    }

    @Test
    void isHeardForEachWayToLeave() {
      hear("*");
      MemoryLink link = room.connect(opted().user("ann").topic("a").topic("b").topic("c"));
      callBack();

      link.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"a\"}}");
      callBack();
      room.client(link).leave("b");
      room.hub.user("ann").leave("c");
      callBack();

      assertThat(calls)
          .containsExactlyInAnyOrder("join a", "join b", "join c", "leave a", "leave b", "leave c")
          .containsSubsequence("leave a", "leave b", "leave c");
    }

    @Test
    void isHeardAtTheEndOfTheClientBeforeItsDisconnect() {
      hear("*");
      room.hub.addListener(
          new HubListener() {
            @Override
            public void onConnect(Client client) {
              calls.add("connect");
            }

            @Override
            public void onDisconnect(Client client, DisconnectReason reason) {
              calls.add("disconnect");
            }
          });
      MemoryLink link = room.connect("a");
      callBack();

      link.cut();
      callBack();

      assertThat(calls).containsExactly("connect", "join a", "leave a", "disconnect");
    }

    @Test
    void isHeardOnceThoughTheEndFollows() {
      hear("*");
      MemoryLink link = room.connect("a");
      callBack();

      room.client(link).leave("a");
      link.cut();
      callBack();

      assertThat(calls).containsExactly("join a", "leave a");
    }

    @Test
    void isHeardOfTopicsThatNoHandlerOfJoinsWatches() {
      room.hub.onLeave("t*", (client, topic) -> calls.add("leave " + topic));
      MemoryLink link = room.connect("t1", "u");
      callBack();

      link.cut();
      callBack();

      assertThat(calls).containsExactly("leave t1");
    }
  }

  @Nested
  class AClientThatIsClosed {
    @Test
    void beforeItsHandlersRunJoinsNothing() {
      hear("t");
      MemoryLink link = room.connect("t");

      room.client(link).close();
      callBack();
      room.run();
      callBack();

      assertThat(calls).isEmpty();
      assertThat(link.closeReason()).isPresent();
    }

    @Test
    void whileAHandlerRunsIsSentNothingOfTheTopicAndTheLeaveIsHeard() {
      hear("t");
      stateOf(
          "t",
          (client, join) -> {
            client.close();
            room.run();
          });
      MemoryLink link = room.connect(opted().topic("t"));

      callBack();
      room.run();
      callBack();

      assertThat(calls).containsExactly("join t", "leave t");
      assertThat(link.closeReason()).isPresent();
    }

    @Test
    void afterItsStateIsSentWhatWasPublishedBefore() {
      stateOf("t", (client, join) -> {});
      MemoryLink link = room.connect(opted().topic("t"));
      room.run();
      link.stall();
      callBack();
      room.publish("t", 0, 2);
      room.run();

      room.client(link).close();
      room.run();
      room.publish("t", 2, 3);
      link.resume();

      assertThat(room.arrived(link)).containsExactly("$hello", "STATE", "$joined", 0L, 1L, "$sync");
      assertThat(link.closeReason()).hasValue(DisconnectReason.NORMAL);
    }
  }

  @Nested
  class AHandlerThatThrows {
    @Test
    void endsTheClientSoThatItComesBackForTheState() {
      hear("t");
      room.hub.onJoin("t", (client, join) -> fail());
      MemoryLink link = room.connect(opted().topic("t"));

      callBack();
      room.publish("t", 0, 1);
      room.run();
      callBack();

      assertThat(link.closeReason()).hasValue(DisconnectReason.INTERNAL_ERROR);
      assertThat(room.arrived(link)).doesNotContain(0L);
      assertThat(calls).containsExactly("join t", "leave t");
      assertThat(room.hub.stats().failedCallbacks()).isEqualTo(1);
    }

    @Test
    void isTheAnswerToARequest() {
      room.hub.onJoin("t", (client, join) -> fail());
      MemoryLink link = room.connect(opted());

      join(link, "t", "1");
      callBack();
      room.publish("t", 0, 1);

      assertThat(room.arrived(link)).containsExactly("$hello", "$error");
      assertThat(Room.controls(link, "$error").get(0).toString())
          .contains("ref=1", "code=internal");
      assertThat(room.client(link).topics()).isEmpty();
    }

    @Test
    void mayRefuseTheTopic() {
      room.hub.onJoin(
          "t",
          (client, join) -> {
            throw new RefusedException("full", "no seats are left");
          });
      MemoryLink link = room.connect(opted().topic("t"));
      callBack();

      join(link, "t", "1");
      callBack();
      room.publish("t", 0, 1);

      assertThat(room.arrived(link)).containsExactly("$hello", "$left", "$error");
      assertThat(Room.controls(link, "$error").get(0).toString()).contains("ref=1", "code=full");
      assertThat(room.hub.stats().failedCallbacks()).isZero();
    }

    @Test
    void keepsTheOthersFromNothing() {
      room.hub.onJoin("t", (client, join) -> fail());
      hear("t");
      room.connect("t");

      callBack();

      assertThat(calls).contains("join t");
    }

    private static void fail() {
      throw new IllegalStateException("on purpose");
    }
  }

  @Nested
  class Registration {
    @Test
    void takesTheNamesThatTheBuilderTakes() {
      room.hub.onJoin("t", (client, join) -> calls.add("t"));
      room.hub.onJoin("t*", (client, join) -> calls.add("t*"));
      room.hub.onJoin("*", (client, join) -> calls.add("*"));
      room.hub.onJoin("u", (client, join) -> calls.add("u"));
      room.connect(Handshake.builder().user("ann").topic("t"));

      callBack();

      assertThat(calls).containsExactly("t", "t*", "*");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "$user:ann", "$*"})
    void ofNamesThatNoTopicHasIsRefused(String name) {
      assertThatIllegalArgumentException().isThrownBy(() -> room.hub.onJoin(name, (c, j) -> {}));
      assertThatIllegalArgumentException().isThrownBy(() -> room.hub.onLeave(name, (c, t) -> {}));
    }

    @Test
    void endsWithItsHandle() {
      ListenerHandle joins = room.hub.onJoin("t", (client, join) -> calls.add("join"));
      ListenerHandle leaves = room.hub.onLeave("t", (client, topic) -> calls.add("leave"));
      MemoryLink waiting = room.connect(opted().topic("t"));
      joins.remove();
      joins.remove();
      leaves.remove();

      callBack();
      room.publish("t", 0, 1);
      List<Object> arrived = room.arrived(waiting);
      waiting.cut();
      callBack();

      assertThat(calls).isEmpty();
      assertThat(arrived).containsExactly("$hello", "$joined", "$sync", 0L);
    }

    @Test
    void atAClosedHubFails() {
      room.hub.close(Duration.ZERO);

      assertThatIllegalStateException().isThrownBy(() -> room.hub.onJoin("t", (c, j) -> {}));
      assertThatIllegalStateException().isThrownBy(() -> room.hub.onLeave("t", (c, t) -> {}));
    }
  }

  @Test
  void anExecutorThatRefusesEndsTheClientWithoutACall() {
    room =
        new Room(
            Hub.builder(),
            task -> {
              throw new RejectedExecutionException("on purpose");
            });
    hear("t");
    MemoryLink link = room.connect("t");

    room.run();

    assertThat(link.closeReason()).hasValue(DisconnectReason.INTERNAL_ERROR);
    assertThat(calls).isEmpty();
  }

  @Test
  void joinsThatAreOverBeforeTheirTurnAreToldToNobody() {
    hear("*");
    Client client = room.client(room.connect());

    for (int i = 0; i < 1_000; i++) {
      client.join("t" + i);
      client.leave("t" + i);
    }
    callBack();

    assertThat(calls).isEmpty();
  }

  @Test
  void leavesOfSuchJoinsAreToldToNobodyAlsoWithoutHandlersOfJoins() {
    room.hub.onLeave("*", (client, topic) -> calls.add("leave " + topic));
    Client client = room.client(room.connect("a"));
    callBack();

    for (int i = 0; i < 1_000; i++) {
      client.join("t" + i);
      client.leave("t" + i);
    }
    client.join("b");
    callBack();
    client.leave("b");
    client.leave("a");
    callBack();

    assertThat(calls).containsExactly("leave b", "leave a");
  }

  private void stateOf(String topic, BiConsumer<Client, TopicJoin> meanwhile) {
    room.hub.onJoin(
        topic,
        (client, join) -> {
          meanwhile.accept(client, join);
          client.send("STATE", null);
        });
  }

  private void hear(String topics) {
    room.hub.onJoin(
        topics,
        (client, join) ->
            calls.add("join " + join.topic() + join.after().map(id -> " after " + id).orElse("")));
    room.hub.onLeave(topics, (client, topic) -> calls.add("leave " + topic));
  }

  private void callBack() {
    do {
      for (Runnable next = callbacks.poll(); next != null; next = callbacks.poll()) {
        next.run();
      }
      room.run();
    } while (!callbacks.isEmpty());
  }

  private static void join(MemoryLink link, String topic, String ref) {
    link.send(
        "{\"type\":\"$join\",\"payload\":{\"topic\":\"" + topic + "\",\"ref\":\"" + ref + "\"}}");
  }

  private static Handshake.Builder opted() {
    return Handshake.builder().controlMessages(true);
  }
}
