package io.github.signalhub;

import static io.github.signalhub.Room.controls;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.PublishResult.Status;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Claim.State;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A hub that is one of several nodes, whose order the test gives. */
class NodeTest {
  private static final TopicOptions TABLE = TopicOptions.DEFAULT.compactBy(Message::type);
  private static final String OLD = "00000000000000e1-";
  private static final String NEW = "00000000000000e2-";

  private final ScriptedBackbone backbone = new ScriptedBackbone();
  private final Room room =
      new Room(
          Hub.builder()
              .topic("c*", TABLE)
              .topic("strict", TopicOptions.DEFAULT.withLagPolicy(LagPolicy.CLOSE))
              .maxLogBytes(20_000)
              .syncInterval(Duration.ofSeconds(1))
              .backbone(backbone));

  private MemoryLink told(String... topics) {
    Handshake.Builder handshake = Handshake.builder().controlMessages(true);
    List.of(topics).forEach(handshake::topic);
    return room.connect(handshake);
  }

  @Nested
  class Restarts {
    @Test
    void areTakenThoughTheExecutorRefusesToTellOfThem() {
      ScriptedBackbone other = new ScriptedBackbone();
      Room silent =
          new Room(
              Hub.builder().backbone(other),
              task -> {
                throw new RejectedExecutionException("a test");
              });

      other.restart();
      other.place("t", 1, 2);

      assertThat(silent.hub.lastId()).isEqualTo(other.id(ScriptedBackbone.NEXT_BASE + 1));
    }

    @Test
    void tellConnectedClientsOfAGapAndGoOn() {
      MemoryLink link = told("t");
      backbone.place("t", 1, 3);
      room.run();

      backbone.restart();
      backbone.place("t", 3, 4);

      assertThat(room.arrived(link)).containsExactly("$hello", 1L, 2L, "$gap", "$gap", 3L);
      assertThat(controls(link, "$gap"))
          .anySatisfy(
              gap ->
                  assertThat(gap)
                      .isEqualTo(
                          Map.of(
                              "topic",
                              "t",
                              "after",
                              OLD + "0000000000000002",
                              "next",
                              backbone.id(ScriptedBackbone.NEXT_BASE + 1))));
      assertThat(Room.idOf(link, 5)).isEqualTo(backbone.id(ScriptedBackbone.NEXT_BASE + 1));
    }

    @Test
    void tellClientsThatHaveNothingAndThoseOfTopicsWithoutMessages() {
      MemoryLink link = told("t");
      room.run();

      backbone.restart();

      assertThat(room.arrived(link)).containsExactly("$hello", "$gap", "$gap");
    }

    @Test
    void closeClientsThatCannotBeTold() {
      MemoryLink plain = room.connect("t");
      MemoryLink strict = told("strict");
      backbone.place("t", 1, 3);
      room.run();

      backbone.restart();
      room.run();

      assertThat(plain.closeReason()).contains(DisconnectReason.FELL_BEHIND);
      assertThat(strict.closeReason()).contains(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void areNoLagSoTheSecondSkipsNothing() {
      MemoryLink link = told("t");
      backbone.place("t", 1, 3);
      room.run();
      backbone.restart();
      room.run();
      link.stall();

      backbone.restart(ScriptedBackbone.NEXT_BASE, ScriptedBackbone.NEXT_BASE + 10);
      backbone.place("t", 3, 5);
      link.resume();

      assertThat(room.arrived(link)).endsWith(3L, 4L);
    }

    @Test
    void sendTablesAnew() {
      backbone.put("c", "k1", 1);
      backbone.put("c", "k2", 1);
      MemoryLink link = told("c");
      room.run();
      int before = link.received().size();

      backbone.restart();
      backbone.put("c", "k1", 2);
      room.run();

      List<Object> later = room.arrived(link).subList(before, link.received().size());
      assertThat(later).contains("$gap", "k1").doesNotContain("k2");
      assertThat(controls(link, "$gap").toString()).contains("reset=true");
    }

    @Test
    void keepTheRowsThatTheyBring() {
      MemoryLink link = told("c");
      room.run();
      backbone.restart(
          ScriptedBackbone.NEXT_BASE,
          ScriptedBackbone.NEXT_BASE + 10,
          row(ScriptedBackbone.NEXT_BASE + 3, "k1", 1),
          row(ScriptedBackbone.NEXT_BASE + 5, "k2", 2));

      assertThat(room.arrived(link)).contains("k1", "k2");
      MemoryLink late = told("c");
      assertThat(room.arrived(late)).contains("k1", "k2").doesNotContain("$gap");
      assertThat(room.hub.lastId()).isEqualTo(backbone.id(ScriptedBackbone.NEXT_BASE + 10));
    }

    @Test
    void haveTableClientsOfTheSameEpochBeginAnew() {
      backbone.put("c", "k1", 1);
      MemoryLink link = told("c");
      room.run();
      String seen = backbone.id(1);

      backbone.restart(0, 10, row(7, "k2", 2)); // k1 was deleted where this node did not look
      room.run();
      MemoryLink back =
          room.connect(Handshake.builder().controlMessages(true).topic("c").after(seen));

      assertThat(controls(link, "$gap").toString()).contains("reset=true");
      room.run();
      assertThat(controls(back, "$gap").toString()).contains("reset=true");
      assertThat(room.arrived(back)).contains("k2").doesNotContain("k1");
    }

    @Test
    void tellClientsThatComeBackWithAnOlderEpoch() {
      backbone.place("t", 1, 3);
      backbone.restart();

      MemoryLink back =
          room.connect(
              Handshake.builder().controlMessages(true).topic("t").after(OLD + "0000000000000002"));
      room.run();
      backbone.answer();
      room.run();

      assertThat(room.arrived(back)).containsExactly("$hello", "$gap", "$gap");
    }

    @Test
    void knowNoOffsetsBelowTheBase() {
      backbone.restart();
      String below = NEW + "0000000000000007";

      MemoryLink back =
          room.connect(Handshake.builder().controlMessages(true).topic("t").after(below));
      room.run();
      backbone.answer();
      room.run();

      assertThat(controls(back, "$gap").toString()).contains("after=" + below);
      assertThat(controls(back, "$hello").toString())
          .contains("id=" + backbone.id(ScriptedBackbone.NEXT_BASE));
    }

    @Test
    void makeLaterTopicsBeginAtTheFloor() {
      backbone.restart();
      backbone.restart(ScriptedBackbone.NEXT_BASE, ScriptedBackbone.NEXT_BASE + 10);

      MemoryLink back =
          room.connect(
              Handshake.builder()
                  .controlMessages(true)
                  .topic("unheard-of")
                  .after(backbone.id(ScriptedBackbone.NEXT_BASE + 5)));

      assertThat(room.arrived(back)).containsExactly("$hello", "$gap", "$gap");
    }

    @Test
    void areToldToListenersButNotTheFirstOne() {
      List<String> heard = new ArrayList<>();
      room.hub.addListener(
          new HubListener() {
            @Override
            public void onRestart(String id, boolean isFirst) {
              heard.add(id + " " + isFirst);
            }
          });

      backbone.restart();
      backbone.sink.restart(
          0xe3, ScriptedBackbone.NEXT_BASE * 2, ScriptedBackbone.NEXT_BASE * 2, List.of(), true);

      assertThat(heard)
          .containsExactly(
              NEW + "0000068719476736 false", "00000000000000e3-0000137438953472 true");
    }

    @Test
    void leaveMessagesToSingleClients() {
      MemoryLink link = told();
      room.run();
      link.stall();
      room.client(link).send("MAIL", 1);
      backbone.placeAll();

      backbone.restart();
      link.resume();

      assertThat(room.arrived(link)).contains("MAIL");
    }

    private static Placed row(long offset, String key, int n) {
      return new Placed(offset, Kind.ROW, "c", key, 0, ScriptedBackbone.row("c", key, n), 0);
    }
  }

  @Nested
  class Unknown {
    private static final String AHEAD = OLD + "0000000000000002";

    @Test
    void idsAreWaitedFor() {
      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).topic("t").after(AHEAD));
      backbone.place("t", 1, 3);
      room.run();
      assertThat(link.received()).isEmpty();

      backbone.place("t", 3, 4);
      backbone.answer();

      assertThat(room.arrived(link)).containsExactly("$hello", 3L);
    }

    @Test
    void idsThatTheEngineDoesNotHaveEitherAreAGap() {
      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).topic("t").after(AHEAD));

      backbone.answer();

      assertThat(room.arrived(link)).containsExactly("$hello", "$gap", "$gap");
    }

    @Test
    void idsThatDoNotComeWithinTwoSecondsCloseTheirClientSoThatItGoesToAnotherNode() {
      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).topic("t").after(AHEAD));
      room.transport.advance(Duration.ofMillis(1_990));
      assertThat(link.closeReason()).isEmpty();

      room.transport.advance(Duration.ofMillis(20));
      assertThat(link.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
      backbone.place("t", 1, 3);
      backbone.answer();

      assertThat(room.arrived(link)).isEmpty();
      assertThat(room.hub.clients()).isEmpty();
    }

    @Test
    void idsThatDoNotComeLetTheLinkReadTheAnswerToItsClose() {
      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).topic("t").after(AHEAD));
      link.send("{\"type\":\"A\"}");
      assertThat(link.isReadEnabled()).isFalse();

      room.transport.advance(Duration.ofSeconds(3));

      assertThat(link.isReadEnabled()).isTrue();
      assertThat(room.hub.stats().received()).isZero();
    }

    @Test
    void idsOfATopicThatDoNotComeCloseTheirClient() {
      MemoryLink link = room.connect(Handshake.builder().controlMessages(true).topic("t", AHEAD));

      room.transport.advance(Duration.ofSeconds(3));

      assertThat(link.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
    }

    @Test
    void idsOfAJoinThatDoNotComeCloseTheirClient() {
      MemoryLink link = told();
      room.client(link).join("t", AHEAD);
      room.run();

      room.transport.advance(Duration.ofSeconds(3));

      assertThat(link.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
    }

    @Test
    void idsOfAJoinThatDoNotComeCloseNobodyOnceTheTopicIsLeft() {
      MemoryLink link = told();
      room.client(link).join("t", AHEAD);
      room.run();
      room.client(link).leave("t");

      room.transport.advance(Duration.ofSeconds(3));

      assertThat(link.closeReason()).isEmpty();
    }

    @Test
    void idsForWhichABackboneThatFailsIsAskedCloseTheirClientAtOnce() {
      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).topic("t").after(AHEAD));

      backbone.questions.remove(0).completeExceptionally(new IllegalStateException("a test"));
      room.run();

      assertThat(link.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
    }

    @Test
    void idsOfATopicAreWaitedFor() {
      MemoryLink link = room.connect(Handshake.builder().controlMessages(true).topic("t", AHEAD));
      backbone.place("t", 1, 4);
      room.run();
      backbone.answer();

      assertThat(room.arrived(link)).containsExactly("$hello", "$joined", 3L, "$sync");
    }

    @Test
    void idsOfAJoinAreWaitedFor() {
      MemoryLink link = told();
      room.run();
      room.client(link).join("t", AHEAD);
      room.run();
      assertThat(room.arrived(link)).containsExactly("$hello");

      backbone.place("t", 1, 4);
      backbone.answer();

      assertThat(room.arrived(link)).containsExactly("$hello", "$joined", 3L, "$sync");
    }

    @Test
    void idsOfAJoinAreForgottenIfTheTopicIsLeft() {
      MemoryLink link = told();
      room.run();
      room.client(link).join("t", AHEAD);
      room.run();
      room.client(link).leave("t");
      room.run();

      backbone.place("t", 1, 4);
      backbone.answer();

      assertThat(room.arrived(link)).containsExactly("$hello", "$left");
    }

    @Test
    void idsOfSeveralClientsAreAskedForTogether() {
      for (int i = 0; i < 10; i++) {
        room.connect(Handshake.builder().controlMessages(true).after(AHEAD));
      }
      room.run();
      assertThat(backbone.questions).hasSize(1);

      backbone.answer();
      room.run();

      assertThat(backbone.questions).hasSize(1); // of those that came after the first was asked
      backbone.answer();
      room.run();
      assertThat(room.hub.clients()).hasSize(10);
      assertThat(backbone.questions).isEmpty();
    }

    @Test
    void idsThatThisNodeHasAreNotAskedFor() {
      backbone.place("t", 1, 4);

      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).topic("t").after(AHEAD));

      assertThat(room.arrived(link)).containsExactly("$hello", 3L);
      assertThat(backbone.questions).isEmpty();
    }
  }

  @Nested
  class Results {
    @Test
    void saySoIfTheEngineCannotBeReached() {
      PublishResult result = room.hub.broadcast("A", 1);

      backbone.settleAll(new Backbone.Unavailable());

      assertThat(outcome(result)).isEqualTo(Status.UNAVAILABLE);
      assertThat(room.hub.stats().refused()).isEqualTo(1);
    }

    @Test
    void saySoIfNobodyKnows() {
      PublishResult result = room.hub.broadcast("A", 1);

      backbone.settleAll(new Backbone.Unconfirmed());

      assertThat(outcome(result)).isEqualTo(Status.UNCONFIRMED);
    }

    @Test
    void saySoIfTooManyWait() {
      backbone.full = true;

      try (LoggedWarnings warnings = new LoggedWarnings()) {
        assertThat(room.hub.broadcast("A", 1).status()).isEqualTo(Status.OVERLOADED);
        assertThat(warnings.texts())
            .singleElement()
            .asString()
            .startsWith("Messages are refused (OVERLOADED): too many messages wait for the engine");
      }
    }

    private static Status outcome(PublishResult result) {
      return result.settled().toCompletableFuture().join().status();
    }
  }

  @Nested
  class AFullLog {
    @Test
    void waitsForItsClientsAndGrowsAfterASecond() {
      told("t");
      room.run();
      String large = "{\"type\":\"L\",\"payload\":\"" + "x".repeat(6_000) + "\"}";
      backbone.place("t", large);
      backbone.place("t", large);
      backbone.place("t", large);
      assertThat(backbone.place("t", large)).isFalse();

      room.clock.addAndGet(Duration.ofMillis(900).toNanos());
      assertThat(backbone.place("t", large)).isFalse();
      room.clock.addAndGet(Duration.ofMillis(200).toNanos());

      assertThat(backbone.place("t", large)).isTrue();
      assertThat(room.hub.stats().retainedBytes()).isGreaterThan(20_000);
      assertThat(room.hub.stats().node().orElseThrow().beyondLimit()).isEqualTo(1);
    }

    @Test
    void goesOnAsSoonAsItsClientsWereOffered() {
      told("t");
      room.run();
      String large = "{\"type\":\"L\",\"payload\":\"" + "x".repeat(6_000) + "\"}";
      backbone.place("t", large);
      backbone.place("t", large);
      backbone.place("t", large);
      assertThat(backbone.place("t", large)).isFalse();

      room.run();

      assertThat(backbone.place("t", large)).isTrue();
      assertThat(room.hub.stats().retainedBytes()).isLessThanOrEqualTo(20_000);
    }
  }

  @Nested
  class States {
    @Test
    void waitForTheirOffsets() {
      room.hub.onJoin("t", (client, join) -> client.send("STATE", 1));
      MemoryLink link = told("t");
      room.run();
      backbone.place("t", 1, 2);
      room.run();
      assertThat(room.arrived(link)).containsExactly("$hello");

      backbone.placeAll();
      backbone.place("t", 2, 3);

      assertThat(room.arrived(link)).containsExactly("$hello", "STATE", "$joined", 1L, 2L, "$sync");
    }

    @Test
    void thatAreLostCloseTheirClient() {
      room.hub.onJoin("t", (client, join) -> client.send("STATE", 1));
      MemoryLink link = told("t");
      room.run();

      backbone.settleAll(new Backbone.Unconfirmed());
      room.run();

      assertThat(link.closeReason()).contains(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void thatMayHaveBeenSkippedCloseTheirClient() {
      room.hub.onJoin("t", (client, join) -> client.send("STATE", 1));
      MemoryLink link = told("t");
      room.run();

      backbone.restart();
      backbone.settleAll(new Backbone.At(0xe1, 1));
      room.run();

      assertThat(link.closeReason()).contains(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void ofATopicThatWasLeftDoNotBringItBack() {
      room.hub.onJoin("t", (client, join) -> client.send("STATE", 1));
      MemoryLink link = told("t");
      room.run();
      room.client(link).leave("t");

      backbone.placeAll();
      room.run();
      backbone.place("t", 1, 2);

      assertThat(room.arrived(link)).containsExactly("$hello", "$left", "STATE");
    }

    @Test
    void ofATopicThatWasLeftHoldUpNoOther() {
      room.hub.onJoin("*", (client, join) -> client.send("STATE", join.topic()));
      MemoryLink link = told("a", "b");
      room.run();
      room.client(link).leave("a");
      room.client(link).leave("b");
      room.client(link).join("z");
      room.run();

      backbone.placeAll();
      room.run();
      backbone.placeAll();
      backbone.place("z", 1, 2);

      assertThat(room.arrived(link)).endsWith("$joined", "$sync", 1L);
    }
  }

  @Nested
  class Removals {
    @Test
    void removeUpToAnOffset() {
      backbone.put("c", "k1", 1);
      backbone.put("c", "k2", 2);

      backbone.place(Kind.REMOVAL, "c", "", 1, new byte[0]);

      assertThat(keys("c")).containsExactly("k2");
    }

    @Test
    void removeEverythingBeforeThem() {
      backbone.put("c", "k1", 1);
      backbone.place("t", 1, 3);
      MemoryLink link = told("t");
      room.run();

      room.hub.topic("c").clear();
      room.hub.topic("t").clear();
      backbone.placeAll();

      assertThat(keys("c")).isEmpty();
      assertThat(room.hub.topic("t").history(10).messages()).isEmpty();
      assertThat(room.arrived(link)).containsExactly("$hello"); // it had nothing to be sent
    }

    @Test
    void areAskedForOnceUntilTheyFail() {
      ScriptedBackbone other = new ScriptedBackbone();
      Room aging =
          new Room(
              Hub.builder().topic("c", TABLE.withKeyAge(Duration.ofSeconds(10))).backbone(other));
      other.put("c", "k1", 1);
      aging.clock.addAndGet(Duration.ofSeconds(13).toNanos());

      other.place("t", 1, 5);
      assertThat(other.handedOver).hasSize(1);
      assertThat(other.handedOver.get(0).removesUpTo()).isEqualTo(1);

      other.settleAll(new Backbone.Unavailable());
      other.place("t", 5, 6);
      assertThat(other.handedOver).hasSize(1);
      other.placeAll();
      other.place("t", 6, 7);

      assertThat(other.handedOver).isEmpty();
      assertThat(aging.hub.topic("c").history(10).messages()).isEmpty();
    }

    private List<String> keys(String table) {
      return room.hub.topic(table).history(10).messages().stream()
          .map(row -> row.message().type())
          .toList();
    }
  }

  @Nested
  class References {
    private static final String SESSION = "0123456789abcdef0123456789";
    private final List<Object> heard = new ArrayList<>();

    private MemoryLink connect() {
      room.hub.onMessage((client, message) -> heard.add(message.payload()));
      MemoryLink link =
          room.connect(Handshake.builder().controlMessages(true).session(SESSION).user("ann"));
      room.run();
      return link;
    }

    private void say(MemoryLink link, Object ref, int n) {
      link.send("{\"type\":\"SAY\",\"ref\":" + ref + ",\"payload\":" + n + "}");
      room.run();
    }

    @Test
    void areProcessedWhenTheyAreClaimedAndInTheirOrder() {
      MemoryLink link = connect();

      say(link, 1, 10);
      link.send("{\"type\":\"SAY\",\"payload\":20}");
      room.run();
      assertThat(heard).isEmpty();
      backbone.answerClaim(State.MINE, "");

      assertThat(heard).containsExactly(10L, 20L);
      assertThat(room.arrived(link)).containsExactly("$hello", "$ack");
      assertThat(room.hub.waitingBytes()).isZero();
    }

    @Test
    void haveOutcomesThatOtherNodesAreTold() {
      MemoryLink link = connect();
      room.hub.onRequest("ASK", Long.class, (client, n) -> n + 1);
      room.hub.onRequest("LONG", Long.class, (client, n) -> "x".repeat(20_000));
      room.hub.onRequest(
          "NO",
          Long.class,
          (client, n) -> {
            throw new RefusedException("no", "not now");
          });

      say(link, "\"a\"", 1);
      for (String type : List.of("ASK", "NO", "LONG")) {
        backbone.answerClaim(State.MINE, "");
        link.send("{\"type\":\"" + type + "\",\"ref\":\"" + type + "\",\"payload\":1}");
        room.run();
      }
      backbone.answerClaim(State.MINE, "");

      assertThat(backbone.kept.values())
          .containsExactly(
              "d",
              "a2",
              "e[\"no\",\"not now\"]",
              "e[\"forgotten\",\"the request was processed, and its answer is not kept any more\"]");
      assertThat(backbone.kept.keySet()).isEqualTo(Set.copyOf(backbone.claimed));
    }

    @Test
    void thatAnotherNodeHasProcessedAreAnsweredAsThere() {
      MemoryLink link = connect();

      for (String outcome : List.of("d", "a{\"n\":2}", "e[\"no\",\"not now\"]", "", "e[1]", "ex")) {
        say(link, outcome.hashCode(), 1);
        backbone.answerClaim(State.DONE, outcome);
      }
      room.run();

      assertThat(heard).isEmpty();
      assertThat(controls(link, "$ack")).hasSize(2).last().asString().contains("answer={n=2}");
      assertThat(controls(link, "$error")).first().asString().contains("no", "not now");
      assertThat(controls(link, "$error")).hasSize(4).last().asString().contains("forgotten");
    }

    @Test
    void thatAnotherNodeIsProcessingAreAskedForAgainAndHoldUpNothing() {
      MemoryLink link = connect();
      say(link, 1, 10);
      backbone.answerClaim(State.ELSEWHERE, "");
      link.send("{\"type\":\"SAY\",\"payload\":20}");
      room.run();
      assertThat(heard).containsExactly(20L);
      assertThat(backbone.claims).isEmpty();

      room.transport.advance(Duration.ofMillis(110));
      backbone.answerClaim(State.ELSEWHERE, "");
      room.transport.advance(Duration.ofMillis(110));
      backbone.answerClaim(State.DONE, "d");

      assertThat(room.arrived(link)).containsExactly("$hello", "$ack");
      room.transport.advance(Duration.ofMillis(500));
      assertThat(backbone.claims).isEmpty();
    }

    @Test
    void thatAnotherNodeGaveUpMayBeRepeated() {
      MemoryLink link = connect();
      say(link, 1, 10);
      backbone.answerClaim(State.ELSEWHERE, "");
      room.transport.advance(Duration.ofMillis(110));
      backbone.answerClaim(State.MINE, "");
      room.run();
      assertThat(controls(link, "$error")).hasSize(1).first().asString().contains("unavailable");

      say(link, 1, 10);
      backbone.answerClaim(State.MINE, "");

      assertThat(heard).containsExactly(10L);
    }

    @Test
    void thatANodeWasProcessingWhichIsGoneHaveFailed() {
      MemoryLink link = connect();
      say(link, 1, 10);
      backbone.answerClaim(State.ELSEWHERE, "");
      room.transport.advance(Duration.ofMillis(110));
      backbone.answerClaim(State.LOST, "");
      say(link, 2, 20);
      backbone.answerClaim(State.LOST, "");
      room.run();

      assertThat(controls(link, "$error"))
          .hasSize(2)
          .allSatisfy(error -> assertThat(error.toString()).contains("internal"));
      assertThat(heard).isEmpty();
    }

    @Test
    void areRefusedWhileTheEngineIsAwayAndMayBeRepeated() {
      MemoryLink link = connect();
      say(link, 1, 10);
      backbone.answerClaim(State.UNAVAILABLE, "");
      room.run();
      assertThat(controls(link, "$error")).hasSize(1).first().asString().contains("unavailable");

      say(link, 1, 10);
      backbone.answerClaim(State.MINE, "");

      assertThat(heard).containsExactly(10L);
      assertThat(room.arrived(link)).endsWith("$ack");
    }

    @Test
    void belongToAUserAndToASessionWhichNobodyLearns() {
      say(connect(), 1, 10);
      MemoryLink bob =
          room.connect(Handshake.builder().controlMessages(true).session(SESSION).user("bob"));
      room.run();
      say(bob, 1, 10);

      assertThat(backbone.claimed).hasSize(2).doesNotHaveDuplicates();
      assertThat(backbone.claimed.toString()).doesNotContain(SESSION);
      backbone.answerClaim(State.MINE, "");
      backbone.answerClaim(State.MINE, "");
    }

    @Test
    void ofAClientThatIsGoneAreProcessedAllTheSame() {
      MemoryLink link = connect();
      say(link, 1, 10);
      link.cut();
      room.run();

      backbone.answerClaim(State.MINE, "");

      assertThat(heard).containsExactly(10L);
      assertThat(backbone.kept.values()).containsExactly("d");
    }

    @Test
    void ofClientsWithoutASessionAreNotClaimed() {
      room.hub.onMessage((client, message) -> heard.add(message.payload()));
      MemoryLink link = told();
      room.run();

      say(link, 1, 10);

      assertThat(heard).containsExactly(10L);
      assertThat(backbone.claims).isEmpty();
    }
  }

  @Nested
  class CommandsAboutUsers {
    private final MemoryLink ann =
        room.connect(Handshake.builder().controlMessages(true).user("ann").topic("t"));

    @Test
    void areToldToTheOtherNodes() {
      room.run();
      room.hub.user("ann").join("u");
      room.hub.user("ann").join("v", OLD + "0000000000000000");
      room.hub.user("ann").leave("t");
      room.hub.user("ann").disconnect();

      assertThat(backbone.handedOver)
          .extracting(told -> told.topic() + new String(told.body()).replaceFirst("\\w{8}", "node"))
          .containsExactly(
              "$commands[\"node\",\"join\",\"ann\",\"u\"]",
              "$commands[\"node\",\"join\",\"ann\",\"v\",\"" + OLD + "0000000000000000\"]",
              "$commands[\"node\",\"leave\",\"ann\",\"t\"]",
              "$commands[\"node\",\"disconnect\",\"ann\",\"4000\",\"disconnected\"]");
    }

    @Test
    void ofOtherNodesAreDoneBeforeWhatFollows() {
      room.run();
      backbone.place("$commands", "[\"ffffffff\",\"leave\",\"ann\",\"t\"]");
      backbone.place("t", 1, 2);
      backbone.place("$commands", "[\"ffffffff\",\"join\",\"ann\",\"u\"]");
      backbone.place("$commands", "[\"ffffffff\",\"join\",\"bob\",\"u\"]");
      room.run();
      backbone.place("u", 2, 3);

      assertThat(room.arrived(ann)).containsExactly("$hello", "$left", "$joined", "$sync", 2L);
      assertThat(room.client(ann).topics()).containsExactly("u");
    }

    @Test
    void ofOtherNodesDisconnectWithTheirReason() {
      room.run();
      backbone.place("$commands", "[\"ffffffff\",\"disconnect\",\"ann\",\"4050\",\"bye\"]");
      room.run();

      assertThat(ann.closeReason()).contains(new DisconnectReason(4050, "bye"));
    }

    @Test
    void areNotDoneTwiceByTheNodeThatGaveThem() {
      room.run();
      room.hub.user("ann").leave("t");
      room.client(ann).join("t");
      backbone.placeAll();
      room.run();
      backbone.place("t", 1, 2);

      assertThat(room.arrived(ann)).endsWith(1L);
    }

    @Test
    void areToldAgainUntilTheyHaveAPlace() {
      room.run();
      backbone.full = true;
      room.hub.user("ann").leave("t");
      backbone.full = false;
      assertThat(backbone.handedOver).isEmpty();

      backbone.sink.tick();
      assertThat(backbone.handedOver).hasSize(1);
      backbone.settleAll(new Backbone.Unconfirmed());
      backbone.sink.tick();
      assertThat(backbone.handedOver).hasSize(1);
      backbone.placeAll();
      backbone.sink.tick();

      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void areNotToldAgainAfterANewerOneOfTheSame() {
      room.run();
      room.hub.user("ann").join("u");
      room.hub.user("ann").leave("u");
      backbone.handedOver.remove(0).settled().accept(new Backbone.Unavailable());
      backbone.sink.tick();
      backbone.placeAll();
      room.hub.user("ann").join("v");
      room.hub.user("ann").leave("v");
      Backbone.Publication late = backbone.handedOver.remove(0);
      backbone.placeAll();
      late.settled().accept(new Backbone.Unconfirmed());

      backbone.sink.tick();

      assertThat(backbone.handedOver).isEmpty();
      assertThat(backbone.placed).allMatch(placed -> placed.contains("leave"));
    }

    @Test
    void thatNobodyCanReadArePassed() {
      room.run();
      for (String command :
          List.of(
              "",
              "[]",
              "{}",
              "[1,2,3]",
              "[\"ffffffff\",\"leave\"]",
              "[\"ffffffff\",\"leave\",\"\",\"t\"]",
              "[\"ffffffff\",\"leave\",null,\"t\"]",
              "[\"ffffffff\",\"leave\",\"ann\",null]",
              "[\"ffffffff\",\"leave\",\"ann\"]",
              "[\"ffffffff\",\"join\",\"ann\",\"$x\"]",
              "[\"ffffffff\",\"join\",\"ann\",\"u\",\"no id\"]",
              "[\"ffffffff\",\"disconnect\",\"ann\",\"x\",\"y\"]",
              "[\"ffffffff\",\"fly\",\"ann\",\"t\"]")) {
        assertThat(backbone.place("$commands", command)).isTrue();
      }
      backbone.place("t", 1, 2);

      assertThat(room.arrived(ann)).containsExactly("$hello", 1L);
    }
  }

  @Nested
  class ABackboneThatFails {
    private final FailingBackbone failing = new FailingBackbone();
    private final Room failed = new Room(Hub.builder().backbone(failing));

    @Test
    void sendsAClientToAnotherNodeThatNamesAnIdWhichThisOneDoesNotHave() {
      MemoryLink link =
          failed.connect(Handshake.builder().controlMessages(true).after(OLD + "0000000000000009"));

      failed.run();

      assertThat(link.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
    }

    @Test
    void letsClientsInAndRefusesWhatTheySayAndWhatIsPublished() {
      List<DisconnectReason> ends = new ArrayList<>();
      failed.hub.addListener(
          new HubListener() {
            @Override
            public void onDisconnect(Client client, DisconnectReason reason) {
              ends.add(reason);
            }
          });
      MemoryLink link =
          failed.connect(
              Handshake.builder().controlMessages(true).session("0123456789abcdef0123456789"));
      failed.run();

      link.send("{\"type\":\"SAY\",\"ref\":1}");

      assertThat(failed.arrived(link)).startsWith("$hello").endsWith("$error");
      assertThat(controls(link, "$error").toString()).contains("unavailable");
      assertThat(failed.hub.broadcast("N", 1).status()).isEqualTo(Status.OVERLOADED);
      assertThat(failed.hub.stats().node().orElseThrow().pending()).isZero();
      link.cut();
      failed.run();
      assertThat(ends).hasSize(1);
    }

    @Test
    void doesNotKeepTheHubFromClosing() {
      MemoryLink link = failed.connect();
      failed.run();

      failed.hub.close(Duration.ZERO);

      assertThat(link.closeReason()).isPresent();
    }
  }

  /** Every call throws but the start. */
  private static final class FailingBackbone implements Backbone {
    private static final IllegalStateException FAILURE = new IllegalStateException("a test");

    @Override
    public void start(Sink sink) {
      sink.restart(ScriptedBackbone.EPOCH, 0, 0, List.of(), true);
    }

    @Override
    public boolean publish(Publication publication) {
      throw FAILURE;
    }

    @Override
    public CompletionStage<Void> reached() {
      throw FAILURE;
    }

    @Override
    public long staleNanos() {
      throw FAILURE;
    }

    @Override
    public CompletionStage<Claim> claim(String session, String ref) {
      throw FAILURE;
    }

    @Override
    public void keep(String session, String ref, byte[] outcome) {
      throw FAILURE;
    }

    @Override
    public boolean flush(Duration atMost) {
      throw FAILURE;
    }

    @Override
    public void close() {
      throw FAILURE;
    }
  }

  @Nested
  class ANodeThatIsCutOff {
    @Test
    void tellsItsClientsNothingSoThatTheyLeave() {
      MemoryLink link = told();
      room.run();
      backbone.staleNanos = Duration.ofMillis(2_100).toNanos();
      room.transport.advance(Duration.ofSeconds(3));
      assertThat(controls(link, "$sync")).isEmpty();

      backbone.staleNanos = 0;
      room.transport.advance(Duration.ofSeconds(3));

      assertThat(controls(link, "$sync")).isNotEmpty();
    }

    @Test
    void isNotAvailableAfterFifteenSeconds() {
      backbone.staleNanos = Duration.ofMillis(14_900).toNanos();
      assertThat(room.hub.isAvailable()).isTrue();

      backbone.staleNanos = Duration.ofMillis(15_100).toNanos();

      assertThat(room.hub.isAvailable()).isFalse();
    }
  }

  @Test
  void countersTellHowANodeIs() {
    room.hub.broadcast("A", 1);
    room.hub.broadcast("A", 2);
    backbone.staleNanos = Duration.ofMillis(300).toNanos();
    assertThat(room.hub.stats().node().orElseThrow())
        .hasToString(
            "NodeStats[pending=2, unavailable=0, unconfirmed=0, restarts=0, beyondLimit=0,"
                + " staleness=PT0.3S]");

    backbone.handedOver.remove(0).settled().accept(new Backbone.Unconfirmed());
    backbone.settleAll(new Backbone.Unavailable());
    backbone.restart();

    NodeStats stats = room.hub.stats().node().orElseThrow();
    assertThat(stats.pending()).isZero();
    assertThat(stats.unavailable()).isEqualTo(1);
    assertThat(stats.unconfirmed()).isEqualTo(1);
    assertThat(stats.restarts()).isEqualTo(1);
    assertThat(Hub.create().stats().node()).isEmpty();
  }

  @Test
  void publicationsThatNobodyCanReadAreLeftOut() {
    MemoryLink link = told("t", "c");
    room.run();
    int before = link.received().size();

    for (String body :
        List.of("", "x", "{", "[1]", "[1]\n{}", "[\"a\",\"b\",\"c\"]\n{}", "[\n{}")) {
      assertThat(backbone.place("t", body)).isTrue();
    }
    assertThat(backbone.place("c", "{\"type\":\"no row\"}")).isTrue();
    assertThat(backbone.place(Kind.ROW, "t", "k", 0, "{\"type\":\"row\"}".getBytes())).isTrue();
    backbone.place("t", 1, 2);

    assertThat(room.arrived(link).subList(before, link.received().size())).containsExactly(1L);
    assertThat(room.hub.stats().published()).isEqualTo(1);
  }

  @Test
  void publicationsThatComeAgainAreThere() {
    MemoryLink link = told("t");
    backbone.place("t", 1, 3);
    byte[] body = "{\"type\":\"N\",\"payload\":2,\"topic\":\"t\"}".getBytes();

    assertThat(backbone.sink.apply(new Placed(2, Kind.MESSAGE, "t", "", 0, body, 0))).isTrue();

    assertThat(room.arrived(link)).containsExactly("$hello", 1L, 2L);
  }

  @Test
  void messagesToClientsOfOtherNodesArePassed() {
    MemoryLink link = told();
    room.run();

    backbone.place("$client:ffffffffffffffffffffffffffffffff", "{\"type\":\"A\",\"payload\":1}");
    assertThat(room.hub.lastId()).isEqualTo(backbone.id(1));
    backbone.place("$broadcast", "{\"type\":\"B\",\"payload\":1}");

    assertThat(room.arrived(link)).containsExactly("$hello", "B");
    assertThat(Room.idOf(link, 1)).isEqualTo(OLD + "0000000000000002");
  }

  @Test
  void sendersAreToldToOtherNodes() {
    MemoryLink own =
        room.connect(
            Handshake.builder()
                .controlMessages(true)
                .topic("t")
                .user("ann")
                .session("0123456789abcdef0123456789"));
    MemoryLink other = told("t");
    room.run();

    room.hub.topic("t").publishExcept(room.client(own), "A", 1);

    assertThat(new String(backbone.handedOver.get(0).body()))
        .isEqualTo(
            "[\"ann\",\"0123456789abcdef0123456789\",null]\n"
                + "{\"type\":\"A\",\"payload\":1,\"topic\":\"t\"}");
    backbone.placeAll();
    assertThat(room.arrived(own)).containsExactly("$hello");
    assertThat(room.arrived(other)).containsExactly("$hello", "A");
  }

  @Test
  void closingEndsTheBackbone() {
    room.hub.close(Duration.ZERO);

    assertThat(backbone.closed).isTrue();
    assertThat(backbone.place("t", "{\"type\":\"A\",\"payload\":1}")).isTrue();
    assertThat(Optional.of(room.hub.broadcast("A", 1).status())).contains(Status.CLOSED);
  }
}
