package io.github.signalhub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.memory.LinkOptions;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** A client of {@code few}, which retains 3 messages, of {@code close}, and of {@code t}. */
class LagTest {
  private static final Retention CLOSE =
      new Retention(3, 1 << 20, Duration.ofHours(1).toNanos(), 0, 0, true);
  private static final Retention TABLE =
      new Retention(3, 1 << 20, Duration.ofHours(1).toNanos(), 10, 0, false);
  private final Rig rig =
      new Rig(
          topic ->
              switch (topic) {
                case "close" -> CLOSE;
                case "table-a", "table-b" -> TABLE;
                default -> Rig.stream(topic.equals("few") ? 3 : 1_000);
              },
          0);
  private final MemoryLink link = rig.connect("few", "t", "close");

  @BeforeEach
  void greet() {
    assertThat(rig.arrived(link)).containsExactly("$hello");
  }

  @Nested
  class TheFirst {
    @Test
    void isToldOnceThoughMoreWasLostMeanwhileAndTheRestFollows() {
      lag(0);

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$gap few (0,8)", "few=7", "few=8", "few=9");
    }

    @Test
    void leavesOtherTopicsWhole() {
      link.stall();
      rig.publish("t", 0, 3);
      rig.publish("few", 0, 4);

      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello", "$gap few (0,5)", "t=0", "t=1", "t=2", "few=1", "few=2", "few=3");
    }
  }

  @Nested
  class TheSecondWithinAMinute {
    @Test
    void skipsEverythingUpToTheHorizonAndTellsEveryTopicThatHadMore() {
      lag(0); // up to 10
      rig.transport.advance(Duration.ofSeconds(59));
      link.stall();
      rig.publish("t", 0, 1);
      rig.publish("few", 10, 20);

      link.resume();
      rig.publish("t", 1, 2);
      rig.publish("few", 20, 21);

      assertThat(rig.arrived(link).subList(5, 7))
          .containsExactlyInAnyOrder("$gap few (10,22)", "$gap t (10,22)");
      assertThat(rig.arrived(link).subList(7, 9)).containsExactly("t=1", "few=20");
    }

    @Test
    void finishesTheFrameThatIsUnderWay() {
      lag(0);
      rig.publish("t", 0, 1); // 11
      link.read(1);
      rig.publish("t", 1, 3); // 12 is in transit
      rig.publish("few", 10, 20);

      link.resume();

      assertThat(rig.arrived(link).subList(5, 7)).containsExactly("t=0", "t=1");
      assertThat(rig.arrived(link).subList(7, 9))
          .containsExactlyInAnyOrder("$gap few (12,24)", "$gap t (12,24)");
      assertThat(rig.arrived(link)).hasSize(9);
    }

    @Test
    void leavesThePositionWhereItSaysThatItIs() {
      lag(0);
      lag(10);

      rig.join(link, "new", null);

      assertThat(rig.arrived(link))
          .endsWith("few=9", "$gap few (10,21)", "$joined new (20,20]", "$sync 20");
    }

    @Test
    void sendsWhatChangedInTablesWithThePositionMovingAlong() {
      MemoryLink tables = rig.connect("few", "table-a", "table-b");
      tables.stall();
      rig.publish("few", 0, 10);
      tables.resume();
      rig.transport.run();
      tables.stall();
      rig.put("table-a", "k", 1); // 11
      rig.publish("few", 10, 12);
      rig.put("table-b", "k", 2); // 14
      rig.publish("few", 12, 20); // up to 22

      tables.resume();
      rig.publish("few", 20, 21);

      List<String> arrived = rig.arrived(tables);
      assertThat(arrived.subList(arrived.indexOf("few=9") + 1, arrived.size()))
          .containsExactly("$gap few (10,23)", "table-a=1", "table-b=2", "few=20");
    }

    @Test
    void sendsATableThatLostADeletionAnew() {
      MemoryLink tables = rig.connect("few", "table-a");
      rig.put("table-a", "k", 1); // 1
      tables.stall();
      rig.publish("few", 0, 10);
      tables.resume();
      rig.transport.run();
      tables.stall();
      for (int n = 0; n < 5; n++) {
        rig.delete("table-a", "other-" + n, n); // 12 and 13 leave
      }
      rig.publish("few", 10, 20); // up to 26

      tables.resume();

      List<String> arrived = rig.arrived(tables);
      assertThat(arrived.subList(arrived.indexOf("few=9") + 1, arrived.size()))
          .containsExactly(
              "$gap few (11,27)",
              "$gap table-a (11,14) reset",
              "$joined table-a (0,11]",
              "table-a=1",
              "$sync 11",
              "table-a=2",
              "table-a=3",
              "table-a=4");
    }

    @Test
    void isOneOnlyOnceThePeerReadOfTheFirst() {
      link.stall();
      rig.publish("few", 0, 5);
      link.read(10); // of the gap
      rig.publish("few", 5, 10);

      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$gap few (0,3)", "$gap few (0,8)", "few=7", "few=8", "few=9");
    }
  }

  @Test
  void afterAMinuteIsTheFirstAgain() {
    lag(0);
    rig.transport.advance(Duration.ofSeconds(60));
    lag(10);

    assertThat(rig.arrived(link)).endsWith("$gap few (10,18)", "few=17", "few=18", "few=19");
  }

  @Nested
  class Closes {
    @Test
    void whoFallsBehindInATopicOfThatPolicyThoughItCouldBeTold() {
      link.stall();
      rig.publish("close", 0, 4);

      link.resume();

      assertThat(rig.arrived(link)).containsExactly("$hello");
      assertThat(link.closeReason()).contains(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void notWhoComesBackTooLate() {
      rig.publish("close", 0, 5);

      MemoryLink back = rig.connect(Handshake.builder().topic("close").after(Rig.id(1)));

      assertThat(rig.arrived(back))
          .containsExactly("$hello", "$gap close (1,3)", "close=2", "close=3", "close=4");
      assertThat(back.closeReason()).isEmpty();
    }
  }

  /** The client is closed, and has not read its last messages yet. */
  @Nested
  class WhatIsPublishedAfterTheClose {
    @Test
    void isNoLossInATopicThatOwesNothing() {
      lag(0);
      link.stall();
      rig.publish("t", 0, 1); // 11
      close(link);
      rig.publish("few", 10, 20);

      link.resume();

      assertThat(rig.arrived(link)).endsWith("few=9", "t=0");
      assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
    }

    @Test
    void isNoLossInATopicWhoseLastMessageWasReadMeanwhile() {
      lag(0);
      link.stall();
      rig.publish("few", 10, 11); // 11
      rig.publish("t", 0, 1); // 12
      close(link);
      link.read(bytesOf("few", 10));
      rig.publish("few", 11, 20);

      link.resume();

      assertThat(rig.arrived(link)).endsWith("few=9", "few=10", "t=0");
      assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
    }

    @Test
    void isNoReasonToCloseForFallingBehind() {
      link.stall();
      rig.publish("t", 0, 1);
      close(link);
      rig.publish("close", 0, 10);

      link.resume();

      assertThat(rig.arrived(link)).containsExactly("$hello", "t=0");
      assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
    }

    @Test
    void doesNotCloseAPlainClientForFallingBehind() {
      MemoryLink plain = rig.transport.connect(Handshake.builder().topic("few").topic("t").build());
      plain.stall();
      rig.publish("t", 0, 1);
      close(plain);
      rig.publish("few", 0, 10);

      plain.resume();

      assertThat(rig.arrived(plain)).containsExactly("t=0");
      assertThat(plain.closeReason()).contains(DisconnectReason.NORMAL);
    }

    @Test
    void doesNotBeginATableAnew() {
      MemoryLink tables = rig.connect("table-a");
      rig.put("table-a", "k", 1);
      rig.transport.run();
      tables.stall();
      rig.put("table-a", "m", 2);
      close(tables);
      for (int n = 0; n < 5; n++) {
        rig.delete("table-a", "other-" + n, n);
      }

      tables.resume();

      assertThat(rig.arrived(tables)).endsWith("table-a=1", "table-a=2");
      assertThat(tables.closeReason()).contains(DisconnectReason.NORMAL);
    }

    @Test
    void doesNotHideThatATableHadBegunAnew() {
      MemoryLink tables = rig.connect("table-a");
      rig.put("table-a", "k", 1); // 1
      rig.transport.run();
      tables.stall();
      assertThat(rig.log.drop("table-a")).isTrue(); // 2
      rig.put("table-a", "m", 2); // 3
      close(tables);
      rig.put("table-a", "n", 3);

      tables.resume();

      assertThat(rig.arrived(tables))
          .endsWith(
              "table-a=1",
              "$gap table-a (1,3) reset",
              "$joined table-a (0,1]",
              "$sync 1",
              "table-a=2");
      assertThat(tables.closeReason()).contains(DisconnectReason.NORMAL);
    }

    @Test
    void isNoGapOfACatchUpThatIsWhole() {
      rig.publish("new", 0, 2); // 2
      link.stall();
      rig.join(link, "new", Rig.id(2));
      rig.publish("t", 0, 1);
      close(link);
      rig.publish("new", 2, 1_003);

      link.resume();

      assertThat(rig.arrived(link)).endsWith("$joined new (2,2]", "$sync 2", "t=0");
      assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
    }

    @Test
    void isNotFollowedAnyMore() {
      link.stall();
      rig.publish("t", 0, 1);
      close(link);
      rig.join(link, "new", null);

      link.resume();

      assertThat(rig.arrived(link)).containsExactly("$hello", "t=0");
    }

    @Test
    void doesNotHideWhatWasOwedAndLeft() {
      link.stall();
      rig.publish("few", 0, 1);
      rig.publish("t", 0, 1);
      close(link);
      rig.publish("few", 1, 10);

      link.resume();

      assertThat(rig.arrived(link)).containsExactly("$hello", "$gap few (0,9)", "t=0");
      assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
    }

    private void close(MemoryLink closed) {
      rig.with(closed, session -> session.connection().close(DisconnectReason.NORMAL));
    }

    private int bytesOf(String topic, int n) {
      return LinkOptions.FRAMES.encode(Rig.json(topic, n)).length;
    }
  }

  /** Publishes ten messages while the client stalls. Three of them remain. */
  private void lag(int from) {
    link.stall();
    rig.publish("few", from, from + 10);
    link.resume();
    rig.transport.run();
  }
}
