package io.github.signalhub.testkit.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Users in topics with presence of a hub with several nodes. */
class NodesPresenceTest {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration DEAD = Duration.ofSeconds(18);

  private final TwoNodes nodes =
      new TwoNodes(options -> options.topic("room:*", TopicOptions.DEFAULT.withPresence(GRACE)));
  private final List<String> events = new ArrayList<>();

  @BeforeEach
  void listen() {
    listen("one", nodes.one.hub);
    listen("two", nodes.two.hub);
  }

  @Nested
  class Users {
    @Test
    void areThereOnEveryNodeAndToldOfByOne() {
      connect(nodes.one, "ann");
      connect(nodes.two, "bob");

      assertThat(present(nodes.one)).containsExactlyInAnyOrder("ann", "bob");
      assertThat(present(nodes.two)).containsExactlyInAnyOrder("ann", "bob");
      assertThat(events).containsExactly("one+ann", "two+bob");
    }

    @Test
    void whoMoveWithinTheGraceAreNeverAbsent() {
      MemoryLink link = connect(nodes.one, "ann");
      link.cut();
      nodes.runFor(GRACE.minusSeconds(1));
      MemoryLink back = connect(nodes.two, "ann");
      nodes.runFor(GRACE.multipliedBy(2));
      assertThat(events).containsExactly("one+ann");

      back.cut();
      nodes.runFor(GRACE.plusSeconds(1));

      assertThat(present(nodes.one)).isEmpty();
      assertThat(present(nodes.two)).isEmpty();
      assertThat(events).containsExactly("one+ann", "two-ann");
      assertThat(nodes.one.hub.stats().presenceBytes()).isZero();
      assertThat(nodes.two.hub.stats().presenceBytes()).isZero();
    }

    @Test
    void areThereForALateNodeAlsoIfTheirRowHasLeft() {
      connect(nodes.one, "ann");
      nodes.engine.retain(2);
      nodes.runFor(Duration.ofSeconds(30));

      TwoNodes.Node late = nodes.late();

      assertThat(present(late)).containsExactly("ann");
    }

    @Test
    void whoComeAndGoOnBothNodesAreToldOfInTurns() {
      List<MemoryLink> links = new ArrayList<>();
      for (int round = 0; round < 40; round++) {
        TwoNodes.Node node = round % 3 == 0 ? nodes.one : nodes.two;
        links.add(connect(node, "user" + round % 4));
        if (round % 2 == 1) {
          links.remove(0).cut();
        }
        nodes.runFor(Duration.ofMillis(700));
      }
      links.forEach(MemoryLink::cut);
      nodes.runFor(GRACE.plusSeconds(1));

      for (int user = 0; user < 4; user++) {
        String name = "user" + user;
        List<String> own = events.stream().filter(event -> event.endsWith(name)).toList();
        assertThat(own).isNotEmpty();
        for (int i = 0; i < own.size(); i++) {
          assertThat(own.get(i)).contains(i % 2 == 0 ? "+" : "-");
        }
      }
      assertThat(present(nodes.one)).isEmpty();
      assertThat(present(nodes.two)).isEmpty();
    }
  }

  @Nested
  class NodesThatEnd {
    @Test
    void inGoodOrderLeaveTheirUsersTheGraceToComeBack() {
      connect(nodes.one, "ann");
      connect(nodes.one, "bob");

      nodes.one.hub.close(Duration.ofSeconds(1));
      nodes.runFor(Duration.ofSeconds(1));
      connect(nodes.two, "ann");
      assertThat(present(nodes.two)).containsExactlyInAnyOrder("ann", "bob");
      nodes.runFor(GRACE.plusSeconds(2));

      assertThat(present(nodes.two)).containsExactly("ann");
      assertThat(events).containsExactly("one+ann", "one+bob", "two-bob");
    }

    @Test
    void asTheLastOneLeaveTheirUsersToTheNextOne() {
      connect(nodes.one, "ann");
      connect(nodes.one, "bob");
      nodes.one.hub.close(Duration.ofSeconds(1));
      nodes.two.hub.close(Duration.ofSeconds(1));

      TwoNodes.Node next = nodes.late();
      listen("next", next.hub);
      connect(next, "ann");
      nodes.runFor(GRACE.plusSeconds(2));

      assertThat(present(next)).containsExactly("ann");
      assertThat(events).containsExactly("one+ann", "one+bob", "next-bob");
    }

    @Test
    void withoutAWordAreEndedByOneOfTheOthers() {
      TwoNodes.Node third = nodes.late();
      listen("third", third.hub);
      connect(third, "ann");
      connect(third, "bob");
      connect(nodes.two, "bob");

      third.backbone.pause();
      nodes.runFor(DEAD);

      assertThat(present(nodes.one)).containsExactly("bob");
      assertThat(present(nodes.two)).containsExactly("bob");
      assertThat(events).hasSize(3).startsWith("third+ann", "third+bob");
      assertThat(events.get(2)).isIn("one-ann", "two-ann");
    }

    @Test
    void byMistakePublishTheirUsersAgain() {
      connect(nodes.one, "ann");
      nodes.one.backbone.pause();
      nodes.runFor(DEAD);
      assertThat(present(nodes.two)).isEmpty();

      nodes.one.backbone.resume();
      nodes.runFor(Duration.ofSeconds(5));

      assertThat(present(nodes.one)).containsExactly("ann");
      assertThat(present(nodes.two)).containsExactly("ann");
      assertThat(events).containsExactly("one+ann", "two-ann", "one+ann");
    }

    @Test
    void areNotThoseThatCannotReachTheEngineEither() {
      connect(nodes.one, "ann");
      connect(nodes.two, "bob");

      nodes.engine.stop();
      nodes.runFor(DEAD.multipliedBy(2));
      nodes.engine.start();
      nodes.runFor(Duration.ofSeconds(10));

      assertThat(present(nodes.one)).containsExactlyInAnyOrder("ann", "bob");
      assertThat(present(nodes.two)).containsExactlyInAnyOrder("ann", "bob");
      assertThat(events).containsExactly("one+ann", "two+bob");
    }
  }

  @Nested
  class AnEngine {
    @Test
    void thatLosesEverythingIsNoticedByNobody() {
      connect(nodes.one, "ann");
      connect(nodes.two, "bob");

      nodes.engine.flush();
      nodes.runFor(Duration.ofSeconds(5));

      TwoNodes.Node late = nodes.late();
      nodes.runFor(DEAD);
      for (TwoNodes.Node node : List.of(nodes.one, nodes.two, late)) {
        assertThat(present(node)).containsExactlyInAnyOrder("ann", "bob");
      }
      assertThat(events).containsExactly("one+ann", "two+bob");
    }

    @Test
    void thatLosesTheNewestChangesGetsThemAgain() {
      MemoryLink link = connect(nodes.one, "ann");
      nodes.engine.save();
      link.cut();
      nodes.runFor(GRACE.plusSeconds(1));
      connect(nodes.two, "bob");

      nodes.engine.failOver();
      nodes.runFor(DEAD);

      assertThat(present(nodes.one)).containsExactly("bob");
      assertThat(present(nodes.two)).containsExactly("bob");
      assertThat(present(nodes.late())).containsExactly("bob");
      assertThat(events).startsWith("one+ann", "one-ann", "two+bob");
      assertThat(events).doesNotContain("two-bob").filteredOn("one+ann"::equals).hasSize(1);
    }

    @Test
    void takesUsersThatCameWhileItWasAway() {
      nodes.engine.stop();
      connect(nodes.one, "ann");
      nodes.runFor(Duration.ofSeconds(30));
      assertThat(present(nodes.one)).isEmpty();

      nodes.engine.start();
      nodes.runFor(Duration.ofSeconds(5));

      assertThat(present(nodes.two)).containsExactly("ann");
      assertThat(events).containsExactly("one+ann");
    }
  }

  private static MemoryLink connect(TwoNodes.Node node, String user) {
    return node.connect(Handshake.builder().user(user).topic("room:1"));
  }

  private static Iterable<String> present(TwoNodes.Node node) {
    return node.hub.topic("room:1").presence();
  }

  private void listen(String node, Hub hub) {
    hub.addListener(
        new HubListener() {
          @Override
          public void onPresent(String topic, String user) {
            events.add(node + "+" + user);
          }

          @Override
          public void onAbsent(String topic, String user) {
            events.add(node + "-" + user);
          }
        });
  }
}
