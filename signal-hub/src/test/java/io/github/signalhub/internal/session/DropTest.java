package io.github.signalhub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.log.MessageKey;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The messages to followers of a dropped topic: the table {@code k} or others. */
class DropTest {
  private static final long KEY_AGE = Duration.ofMinutes(1).toNanos();
  private static final Retention TABLE =
      new Retention(9, 1 << 20, Duration.ofHours(1).toNanos(), 100, KEY_AGE, false);
  private static final Retention CLOSE =
      new Retention(9, 1 << 20, Duration.ofHours(1).toNanos(), 0, 0, true);

  private final Rig rig =
      new Rig(
          topic -> topic.equals("k") ? TABLE : topic.equals("close") ? CLOSE : Rig.stream(1_000),
          0);

  @Nested
  class OfATable {
    @Test
    void letsEveryFollowerBeginAnew() {
      MemoryLink link = rig.connect("k");
      rig.put("k", "a", 1);
      rig.put("k", "b", 2);

      rig.log.drop("k"); // 3
      rig.put("k", "c", 4);

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$joined k (0,0]",
              "$sync 0",
              "k=1",
              "k=2",
              "$gap k (2,4) reset",
              "$joined k (0,2]",
              "$sync 2",
              "k=4");
    }

    @Test
    void isOneGapThoughItHappensAgainBeforeTheClientReads() {
      MemoryLink link = rig.connect("k");
      rig.put("k", "a", 1);
      link.stall();
      rig.log.drop("k"); // 2
      rig.put("k", "b", 3);
      rig.log.drop("k"); // 4
      rig.put("k", "c", 5);

      link.resume();

      assertThat(rig.arrived(link)).containsOnlyOnce("$gap k (1,5) reset").endsWith("k=5");
      assertThat(rig.arrived(link)).noneMatch(text -> text.equals("k=3"));
    }

    @Test
    void isToldToAClientThatWasAwayAndHadEverything() {
      rig.put("k", "a", 1);
      rig.log.drop("k"); // 2
      rig.put("k", "b", 3);

      MemoryLink link = rig.connect(Handshake.builder().topic("k").after(Rig.id(1)));

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$gap k (1,3) reset", "$joined k (0,1]", "$sync 1", "k=3");
      assertThat(Rig.payload(link, 0)).containsEntry("resumed", false);
    }

    @Test
    void isNotToldToAClientThatComesAnew() {
      rig.put("k", "a", 1);
      rig.log.drop("k");
      rig.put("k", "b", 3);

      MemoryLink link = rig.connect("k");

      assertThat(rig.arrived(link)).containsExactly("$hello", "$joined k (0,3]", "k=3", "$sync 3");
    }

    @Test
    void inTheMiddleOfACatchUpBeginsThatAnew() {
      rig.put("k", "a", 1);
      rig.put("k", "b", 2);
      MemoryLink link = rig.connect();
      link.stall();
      rig.join(link, "k", null);
      link.read(170); // $hello, and $joined to its middle
      rig.transport.run();

      rig.log.drop("k"); // 3
      rig.put("k", "c", 4);
      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello", "$joined k (0,2]", "k=1", "$gap k (1,4) reset", "$sync 2", "k=4");
    }

    @Test
    void closesAClientThatCannotBeTold() {
      MemoryLink link = rig.transport.connect(Handshake.builder().topic("k").build());
      rig.put("k", "a", 1);

      rig.log.drop("k");
      rig.transport.run();

      assertThat(link.closeReason()).contains(DisconnectReason.FELL_BEHIND);
    }
  }

  @Nested
  class OfAStream {
    @Test
    void isNotNoticedByAClientThatWasSentEverything() {
      MemoryLink link = rig.connect("s");
      MemoryLink plain = rig.transport.connect(Handshake.builder().topic("s").build());
      rig.publish("s", 0, 2);

      rig.log.drop("s");
      rig.publish("s", 2, 3);

      assertThat(rig.arrived(link)).containsExactly("$hello", "s=0", "s=1", "s=2");
      assertThat(rig.arrived(plain)).containsExactly("s=0", "s=1", "s=2");
    }

    @Test
    void isAGapForAClientThatWasNot() {
      MemoryLink link = rig.connect("s", "t");
      link.stall();
      rig.publish("s", 0, 2);
      rig.publish("t", 0, 1);
      rig.log.drop("s");
      rig.publish("s", 2, 3);

      link.resume();

      assertThat(rig.arrived(link)).containsExactly("$hello", "$gap s (0,3)", "t=0", "s=2");
    }

    @Test
    void isNoLagHoweverOftenAndOtherTopicsLoseNothing() {
      MemoryLink link = rig.connect("s", "t");
      for (int n = 0; n < 3; n++) {
        rig.log.append("s", Rig.json("s", n));
        rig.log.append("t", Rig.json("t", n));
        rig.log.drop("s");
        rig.transport.run();
      }

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello", "$gap s (0,2)", "t=0", "$gap s (2,4)", "t=1", "$gap s (4,6)", "t=2");
    }

    @Test
    void closesNobodyForBeingLate() {
      MemoryLink link = rig.connect("close");
      rig.log.append("close", Rig.json("close", 1));

      rig.log.drop("close");

      assertThat(rig.arrived(link)).containsExactly("$hello", "$gap close (0,2)");
      assertThat(link.closeReason()).isEmpty();
    }
  }

  @Nested
  class OfKeysThatAreTooOld {
    @Test
    void letsEveryFollowerBeginAnewWithTheRest() {
      MemoryLink link = rig.connect("k", "s");
      rig.put("k", "old", 1);
      rig.transport.elapse(Duration.ofMinutes(1));
      rig.put("k", "new", 2);
      rig.transport.elapse(Duration.ofSeconds(16));

      rig.publish("s", 4, 5); // 3 has no message

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$joined k (0,0]",
              "$sync 0",
              "k=1",
              "k=2",
              "$gap k (2,4) reset",
              "$joined k (0,2]",
              "k=2",
              "$sync 2",
              "s=4");
    }

    @Test
    void isToldToAClientThatWasAwayAndHadThem() {
      rig.put("k", "old", 1);
      rig.transport.elapse(Duration.ofMinutes(2));

      MemoryLink link = rig.connect(Handshake.builder().topic("k").after(Rig.id(1)));

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$gap k (1,3) reset", "$joined k (0,1]", "$sync 1");
      assertThat(rig.log.append("k", Rig.json("k", 3), new MessageKey("a", false), null).offset())
          .isEqualTo(3);
      assertThat(rig.arrived(link)).endsWith("k=3");
    }
  }
}
