package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.Json;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Handshake;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Presence at a hub that is one of several nodes, whose order the test gives. */
class NodePresenceTest {
  private static final String ROOM = "room:1";
  private static final String OTHER = "22222222-0";
  private static final String THIRD = "33333333-0";
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final ScriptedBackbone backbone = new ScriptedBackbone();
  private final List<String> events = new ArrayList<>();
  private final Room room = room(backbone, Runnable::run);

  @Nested
  class Users {
    @Test
    void areThereWhenTheirRowIsPlaced() {
      connect("ann");
      assertThat(present()).isEmpty();
      assertThat(events).isEmpty();

      backbone.placeAll();

      assertThat(present()).containsExactly("ann");
      assertThat(events).containsExactly("+ann");
    }

    @Test
    void areGoneWhenTheGraceIsOverAndTheirDeletionIsPlaced() {
      connect("ann").cut();
      backbone.placeAll();
      pass(GRACE.minusSeconds(1));
      backbone.placeAll();
      assertThat(present()).containsExactly("ann");

      pass(Duration.ofSeconds(1));
      assertThat(events).containsExactly("+ann");
      backbone.placeAll();

      assertThat(present()).isEmpty();
      assertThat(events).containsExactly("+ann", "-ann");
      assertThat(room.hub.stats().presenceBytes()).isZero();
    }

    @Test
    void ofAnotherNodeAreToldOfByThatNode() {
      comes(OTHER, "bob");
      assertThat(present()).containsExactly("bob");

      goes(OTHER, "bob");

      assertThat(present()).isEmpty();
      assertThat(events).isEmpty();
      assertThat(room.hub.stats().presenceBytes()).isZero();
    }

    @Test
    void ofTwoNodesAreOnePresence() {
      comes(OTHER, "ann");
      MemoryLink link = connect("ann");
      backbone.placeAll();
      goes(OTHER, "ann");
      assertThat(present()).containsExactly("ann");
      assertThat(events).as("the other node has told").isEmpty();

      link.cut();
      pass(GRACE);
      backbone.placeAll();

      assertThat(events).as("this node was the last").containsExactly("-ann");
    }

    @Test
    void thatMoveWithinTheGraceAreNeverAbsent() {
      MemoryLink link = connect("ann");
      backbone.placeAll();
      link.cut();
      pass(GRACE.minusSeconds(1));
      comes(OTHER, "ann");

      pass(GRACE);
      backbone.placeAll();

      assertThat(present()).containsExactly("ann");
      assertThat(events).containsExactly("+ann");
    }

    @Test
    void takeNoMoreThanOnePublicationEachWhileTheEngineIsSlow() {
      MemoryLink other = connect("bob");
      backbone.placeAll();
      for (int i = 0; i < 100; i++) {
        connect("ann", "now").cut();
      }
      connect("ann", "now");
      assertThat(backbone.handedOver).hasSize(1);

      backbone.placeAll();

      assertThat(room.hub.topic("now").presence()).containsExactly("ann");
      assertThat(events).containsExactly("+bob", "+ann");
      assertThat(other.closeReason()).isEmpty();
    }

    @Test
    void thatManyAreHandedOverAFewAtATime() {
      for (int i = 0; i < 1_000; i++) {
        connect("user" + i);
      }
      backbone.placeNext();
      assertThat(backbone.handedOver).hasSizeLessThan(300);

      backbone.placeAll();

      assertThat(present()).hasSize(1_000);
    }

    @Test
    void arePublishedAgainIfTheBackboneTookTooMuch() {
      backbone.full = true;
      connect("ann");
      pass(Duration.ofSeconds(5));
      backbone.full = false;

      pass(Duration.ofSeconds(1));
      backbone.placeAll();

      assertThat(present()).containsExactly("ann");
    }

    @Test
    void arePublishedAgainIfTheEngineWasAway() {
      connect("bob");
      backbone.placeAll();
      connect("ann");
      backbone.settleAll(new Backbone.Unavailable());
      assertThat(backbone.handedOver).isEmpty();

      pass(Duration.ofSeconds(1));
      backbone.settleAll(new Backbone.Unconfirmed());
      pass(Duration.ofSeconds(1));
      backbone.placeAll();

      assertThat(present()).containsExactlyInAnyOrder("ann", "bob");
      assertThat(events).containsExactly("+bob", "+ann");
    }
  }

  @Nested
  class Calls {
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final ScriptedBackbone slowBackbone = new ScriptedBackbone();
    private final Room slow = room(slowBackbone, waiting::add);

    @Test
    void ofAVisitThatEndedElsewhereAreLeftOut() {
      MemoryLink link = connect(slow, "ann", ROOM);
      slowBackbone.placeAll();
      place(slowBackbone, Kind.ROW, OTHER, "ann");
      link.cut();
      pass(slow, slowBackbone, GRACE);
      slowBackbone.placeAll();

      place(slowBackbone, Kind.DELETION, OTHER, "ann");
      runAll();

      assertThat(events).isEmpty();
    }

    @Test
    void ofAnAbsenceThatEndedElsewhereAreLeftOut() {
      MemoryLink link = connect(slow, "ann", ROOM);
      slowBackbone.placeAll();
      runAll();
      link.cut();
      pass(slow, slowBackbone, GRACE);
      slowBackbone.placeAll();

      place(slowBackbone, Kind.ROW, OTHER, "ann");
      runAll();

      assertThat(events).containsExactly("+ann");
    }

    @Test
    void ofAVisitThatEndedHereAreLeftOut() {
      connect(slow, "ann", ROOM).cut();
      slowBackbone.placeAll();

      pass(slow, slowBackbone, GRACE);
      slowBackbone.placeAll();
      runAll();

      assertThat(events).isEmpty();
      assertThat(slow.hub.stats().presenceBytes()).isZero();
    }

    private void runAll() {
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
    }
  }

  @Nested
  class SilentNodes {
    @Test
    void areEndedByTheFirstThatSaysSo() {
      comes(OTHER, "bob");
      pass(Duration.ofSeconds(14));
      assertThat(backbone.handedOver).isEmpty();

      pass(Duration.ofSeconds(1));
      assertThat(present()).containsExactly("bob");
      backbone.placeAll();

      assertThat(present()).isEmpty();
      assertThat(events).containsExactly("-bob");
    }

    @Test
    void areToldOfByOneNode() {
      comes(OTHER, "bob");
      pass(Duration.ofSeconds(15));

      ends(OTHER, THIRD);
      backbone.placeAll();

      assertThat(present()).isEmpty();
      assertThat(events).isEmpty();
    }

    @Test
    void leaveNoRowsToTheEngine() {
      comes(OTHER, "bob");

      pass(Duration.ofSeconds(15));

      backbone.placeAll();

      assertThat(backbone.placed)
          .endsWith("DELETION $nodes " + OTHER + " " + own(), "REMOVAL $presence:" + OTHER + "  ");
    }

    @Test
    void areEndedAgainIfThatWasNotPublished() {
      comes(OTHER, "bob");
      pass(Duration.ofSeconds(15));
      backbone.settleAll(new Backbone.Unavailable());

      pass(Duration.ofSeconds(1));
      backbone.placeAll();

      assertThat(events).containsExactly("-bob");
    }

    @Test
    void keepUsersThatAreElsewhere() {
      comes(OTHER, "bob");
      comes(THIRD, "bob");
      pass(Duration.ofSeconds(10));
      lives(THIRD);

      pass(Duration.ofSeconds(5));
      backbone.placeAll();

      assertThat(present()).containsExactly("bob");
      assertThat(events).isEmpty();
    }

    @Test
    void areThoseThatWereNotHeardOfLately() {
      comes(OTHER, "bob");
      for (int i = 0; i < 10; i++) {
        pass(Duration.ofSeconds(5));
        lives(OTHER);
      }

      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void areNotJudgedByANodeThatHearsNobody() {
      comes(OTHER, "bob");
      backbone.staleNanos = Duration.ofSeconds(3).toNanos();
      pass(Duration.ofSeconds(30));
      backbone.staleNanos = 0;

      pass(Duration.ofSeconds(14));

      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void areNotJudgedByTheTimeThatThisProcessWasPaused() {
      comes(OTHER, "bob");
      room.clock.addAndGet(Duration.ofMinutes(5).toNanos());
      backbone.sink.tick();

      pass(Duration.ofSeconds(12));

      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void areEndedWhenTheLongestGraceOfTheirTopicsIsOver() {
      comes(OTHER, "bob");
      backbone.place(Kind.ROW, "$presence:" + OTHER, key("long", "bob"), 0, new byte[0]);

      pass(Duration.ofSeconds(59));
      assertThat(backbone.handedOver).isEmpty();
      pass(Duration.ofSeconds(1));
      backbone.placeAll();

      assertThat(events).containsExactlyInAnyOrder("-bob", "-bob long");
    }

    @Test
    void thatSaidThatTheyCloseAreEndedWhenTheGraceIsOver() {
      comes(OTHER, "bob");
      backbone.place(Kind.ROW, "$nodes", OTHER, 0, "leaving".getBytes());
      pass(GRACE.minusSeconds(1));
      assertThat(backbone.handedOver).isEmpty();

      pass(Duration.ofSeconds(1));
      backbone.placeAll();

      assertThat(events).containsExactly("-bob");
    }
  }

  @Nested
  class ThisNode {
    @Test
    void isHeardOfEveryThreeSeconds() {
      connect("ann");
      backbone.placeAll();
      int heard = 0;

      for (int second = 0; second < 30; second++) {
        pass(Duration.ofSeconds(1));
        heard += backbone.handedOver.size();
        backbone.placeAll();
      }

      assertThat(heard).isEqualTo(10);
    }

    @Test
    void isSilentWithoutUsers() {
      connect("ann", "plain");

      pass(Duration.ofMinutes(1));

      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void publishesItsUsersAgainIfItWasEndedByMistake() {
      connect("ann");
      backbone.placeAll();

      ends(own() + "-0", OTHER);
      assertThat(present()).isEmpty();
      backbone.placeAll();

      assertThat(present()).containsExactly("ann");
      assertThat(events).as("the other node told of the absence").containsExactly("+ann", "+ann");
    }

    @Test
    void thatWasEndedByMistakeIsNotEndedByThoseThatSayItLater() {
      connect("ann");
      backbone.placeAll();
      ends(own() + "-0", OTHER);
      backbone.placeAll();

      ends(own() + "-0", THIRD);

      assertThat(present()).containsExactly("ann");
      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void saysThatItClosesAndTellsNothingMore() {
      connect("ann");
      backbone.placeAll();
      connect("bob");
      String own = own() + "-0";

      room.hub.close(Duration.ofSeconds(1));
      assertThat(backbone.placed).endsWith("ROW $nodes " + own + " leaving");
      pass(GRACE.multipliedBy(2));
      ends(own, OTHER);

      assertThat(events).containsExactly("+ann");
      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void saysNothingIfItClosesWithoutUsers() {
      room.hub.close(Duration.ofSeconds(1));

      assertThat(backbone.placed).isEmpty();
    }
  }

  @Nested
  class Restarts {
    @Test
    void ofAnEngineThatLostEverythingAreNoticedByNobody() {
      connect("ann");
      backbone.placeAll();
      comes(OTHER, "bob");

      backbone.restart();
      assertThat(present()).containsExactlyInAnyOrder("ann", "bob");
      backbone.placeAll();

      assertThat(present()).containsExactlyInAnyOrder("ann", "bob");
      assertThat(events).containsExactly("+ann");
      assertThat(backbone.placed.toString())
          .contains("ROW $presence:" + own() + "-1 " + key(ROOM, "ann"));
    }

    @Test
    void endTheOlderNameWhenEveryUserHasMoved() {
      connect("ann");
      connect("bob");
      backbone.placeAll();
      backbone.restart();
      backbone.placeNext(); // the new name
      backbone.placeNext(); // one of two users
      backbone.settleAll(new Backbone.Unavailable());
      pass(Duration.ofSeconds(1));
      assertThat(backbone.handedOver).hasSize(1);

      backbone.placeAll();

      assertThat(present()).containsExactlyInAnyOrder("ann", "bob");
      assertThat(events).containsExactly("+ann", "+bob");
      assertThat(backbone.placed)
          .endsWith(
              "DELETION $nodes " + own() + "-0 " + own(), "REMOVAL $presence:" + own() + "-0  ");
    }

    @Test
    void doNotBringBackAUserThatHasLeft() {
      connect("ann").cut();
      backbone.placeAll();
      Placed row =
          new Placed(
              ScriptedBackbone.NEXT_BASE,
              Kind.ROW,
              "$presence:" + own() + "-0",
              key(ROOM, "ann"),
              0,
              new byte[0],
              0);
      pass(GRACE);
      backbone.placeAll();

      backbone.restart(row); // of a replica that had not heard of the deletion

      assertThat(present()).isEmpty();
      assertThat(events).containsExactly("+ann", "-ann");
    }

    @Test
    void bringTheUsersOfNodesThatWereUnknown() {
      backbone.restart(userRow(OTHER, "bob", ScriptedBackbone.NEXT_BASE));

      assertThat(present()).containsExactly("bob");
      assertThat(events).isEmpty();
    }

    @Test
    void afterAPauseLeaveWhatTheRowsSay() {
      connect("ann");
      connect("cid");
      backbone.placeAll();
      comes(OTHER, "bob");
      comes(THIRD, "dan");
      comes(THIRD, "ann");
      String own = own() + "-0";

      backbone.restart(
          0,
          20,
          nodeRow(own, 5),
          userRow(own, "ann", 6),
          nodeRow(OTHER, 15),
          userRow(OTHER, "eve", 16),
          userRow(own, "cid", 17));

      assertThat(present()).containsExactlyInAnyOrder("ann", "cid", "eve");
      assertThat(events).containsExactly("+ann", "+cid");
      assertThat(backbone.handedOver).isEmpty();
    }

    @Test
    void afterAPauseTellOfWhatThisNodePublishedMeanwhile() {
      MemoryLink link = connect("ann");
      backbone.placeAll();
      String own = own() + "-0";
      link.cut();
      connect("bob");
      pass(GRACE);
      backbone.handedOver.clear(); // they are placed, and this node does not see it

      backbone.restart(0, 20, nodeRow(own, 18), userRow(own, "bob", 19));

      assertThat(present()).containsExactly("bob");
      assertThat(events).containsExactlyInAnyOrder("+ann", "+bob", "-ann");
    }

    @Test
    void afterAPauseInWhichThisNodeWasEndedPublishItsUsersAgain() {
      connect("ann");
      backbone.placeAll();

      backbone.restart(0, 20, userRow(OTHER, "bob", 19));
      backbone.placeAll();

      assertThat(present()).containsExactlyInAnyOrder("ann", "bob");
      assertThat(backbone.placed).contains("ROW $nodes " + own() + "-1 here");
    }

    private Placed userRow(String node, String user, long offset) {
      return new Placed(offset, Kind.ROW, "$presence:" + node, key(ROOM, user), 0, new byte[0], 0);
    }

    private Placed nodeRow(String node, long offset) {
      return new Placed(offset, Kind.ROW, "$nodes", node, 0, "here".getBytes(), 0);
    }
  }

  @Nested
  class Limits {
    private final ScriptedBackbone smallBackbone = new ScriptedBackbone();
    private final Room small =
        room(Hub.builder().maxPresenceBytes(4_000), smallBackbone, Runnable::run);

    @Test
    void countTheUsersOfOtherNodesAndRefuseNoneOfThem() {
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        for (int i = 0; i < 50; i++) {
          place(smallBackbone, Kind.ROW, OTHER, "user" + i);
        }
        MemoryLink refused = connect(small, "ann", ROOM);
        small.run();

        assertThat(small.hub.topic(ROOM).presence()).hasSize(50);
        assertThat(small.hub.stats().presenceBytes()).isGreaterThan(4_000);
        assertThat(refused.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
        assertThat(warnings.texts().get(0)).startsWith("Presence takes ").contains("of 4000 bytes");
        assertThat(warnings.texts()).filteredOn(text -> text.contains("all nodes")).hasSize(1);
      }
    }
  }

  @Nested
  class Malformed {
    @Test
    void entriesAreLeftOutAndSaidSoOnce() {
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        for (String key : List.of("", "[]", "{", "[\"a\",1]", "[\"a\",\"b\",\"c\"]")) {
          backbone.place(Kind.ROW, "$presence:" + OTHER, key, 0, new byte[0]);
        }
        backbone.place(Kind.ROW, "$presence:nobody", key(ROOM, "bob"), 0, new byte[0]);
        backbone.place(Kind.ROW, "$nodes", "", 0, new byte[0]);
        comes(OTHER, "bob");

        assertThat(warnings.texts())
            .singleElement()
            .asString()
            .startsWith("A publication is left out");
        assertThat(present()).containsExactly("bob");
        assertThat(room.hub.topics()).doesNotContain("$nodes");
      }
    }

    @Test
    void areNoneAtANodeWithoutPresence() {
      ScriptedBackbone plainBackbone = new ScriptedBackbone();
      Room plain = new Room(Hub.builder().backbone(plainBackbone));
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        place(plainBackbone, Kind.ROW, OTHER, "bob");

        assertThat(warnings.texts()).isEmpty();
        assertThat(plain.hub.lastId()).isEqualTo(plainBackbone.id(1));
        assertThat(plain.hub.stats().presenceBytes()).isZero();
      }
    }
  }

  private Room room(ScriptedBackbone of, Executor callbacks) {
    return room(Hub.builder(), of, callbacks);
  }

  private Room room(HubBuilder options, ScriptedBackbone of, Executor callbacks) {
    TopicOptions watched = TopicOptions.DEFAULT;
    Room made =
        new Room(
            options
                .topic("room:*", watched.withPresence(GRACE))
                .topic("long", watched.withPresence(Duration.ofMinutes(1)))
                .topic("now", watched.withPresence(Duration.ZERO))
                .backbone(of),
            callbacks);
    made.hub.addListener(
        new HubListener() {
          @Override
          public void onPresent(String topic, String user) {
            events.add("+" + user);
          }

          @Override
          public void onAbsent(String topic, String user) {
            events.add("-" + user + (topic.equals("long") ? " long" : ""));
          }
        });
    return made;
  }

  private MemoryLink connect(String user) {
    return connect(user, ROOM);
  }

  private MemoryLink connect(String user, String topic) {
    return connect(room, user, topic);
  }

  private static MemoryLink connect(Room to, String user, String topic) {
    return to.connect(Handshake.builder().user(user).topic(topic));
  }

  private Iterable<String> present() {
    return room.hub.topic(ROOM).presence();
  }

  /** Returns the name of this node. */
  private String own() {
    return connect("nobody", "plain").clientId().substring(0, 8);
  }

  private void comes(String node, String user) {
    place(backbone, Kind.ROW, node, user);
  }

  private void goes(String node, String user) {
    place(backbone, Kind.DELETION, node, user);
  }

  private void lives(String node) {
    backbone.place(Kind.ROW, "$nodes", node, 0, "here".getBytes(StandardCharsets.UTF_8));
  }

  private void ends(String node, String by) {
    backbone.place(Kind.DELETION, "$nodes", node, 0, by.substring(0, 8).getBytes());
    backbone.place(Kind.REMOVAL, "$presence:" + node, "", 0, new byte[0]);
  }

  private static void place(ScriptedBackbone on, Kind kind, String node, String user) {
    on.place(kind, "$presence:" + node, key(ROOM, user), 0, new byte[0]);
  }

  private static String key(String topic, String user) {
    return Json.write(List.of(topic, user));
  }

  private void pass(Duration time) {
    pass(room, backbone, time);
  }

  /** Lets time pass, and ticks once a second. */
  private static void pass(Room on, ScriptedBackbone with, Duration time) {
    for (long second = 0; second < time.toSeconds(); second++) {
      on.clock.addAndGet(Duration.ofSeconds(1).toNanos());
      with.sink.tick();
    }
  }
}
