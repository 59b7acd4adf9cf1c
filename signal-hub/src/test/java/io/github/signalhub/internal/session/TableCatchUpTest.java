package io.github.signalhub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.log.Retention;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The table {@code k}, which keeps one deletion, and the stream {@code t}. */
class TableCatchUpTest {
  private static final Retention TABLE =
      new Retention(1, 1 << 20, Duration.ofHours(1).toNanos(), 100, 0, false);
  private final Rig rig =
      new Rig(topic -> topic.matches("k|.user:.*") ? TABLE : Rig.stream(1_000), 0);

  /** Fills the table up to 8: a=6, b=3, d is deleted (8), and the deletion of c (5) is gone. */
  @BeforeEach
  void fill() {
    rig.put("k", "a", 1);
    rig.put("k", "c", 2);
    rig.put("k", "b", 3);
    rig.put("k", "d", 4);
    rig.delete("k", "c", 5);
    rig.put("k", "a", 6);
    rig.publish("t", 7, 8);
    rig.delete("k", "d", 8);
    assertThat(rig.log.find("k").orElseThrow().log().floor()).isEqualTo(5);
  }

  @Nested
  class WhoComes {
    @Test
    void anewGetsTheStateBeforeEverything() {
      MemoryLink link = rig.connect("k", "t");
      rig.put("k", "a", 9);

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined k (0,8]", "k=3", "k=6", "k=8", "$sync 8", "k=9");
      assertThat(Rig.payload(link, 0)).containsEntry("catchUps", Map.of("k", Rig.id(0)));
    }

    @Test
    void anewAsAPlainClientGetsTheSameWithoutControlMessages() {
      MemoryLink link = rig.transport.connect(Handshake.builder().topic("k").build());

      assertThat(rig.arrived(link)).containsExactly("k=3", "k=6", "k=8");
    }

    @Test
    void backInTimeGoesOnWhereItWas() {
      MemoryLink link = rig.connect(Handshake.builder().topic("k").topic("t").after(Rig.id(5)));

      assertThat(rig.arrived(link)).containsExactly("$hello", "k=6", "t=7", "k=8");
      assertThat(Rig.payload(link, 0)).containsEntry("resumed", true).doesNotContainKey("catchUps");
    }

    @Test
    void backTooLateForgetsAndGetsTheStateAndTheStreamFromWhereItWas() {
      MemoryLink link = rig.connect(Handshake.builder().topic("k").topic("t").after(Rig.id(4)));

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$gap k (4,6) reset",
              "$joined k (0,4]",
              "k=3",
              "$sync 4",
              "k=6",
              "t=7",
              "k=8");
      assertThat(Rig.payload(link, 0))
          .containsEntry("resumed", false)
          .containsEntry("catchUps", Map.of("k", Rig.id(4)));
    }

    @Test
    void withAnIdOfAnotherHubForgetsAndGetsTheState() {
      MemoryLink link = rig.connect(Handshake.builder().topic("k").after("other"));

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$gap (?,9)",
              "$gap k (?,9) reset",
              "$joined k (0,8]",
              "k=3",
              "k=6",
              "k=8",
              "$sync 8");
    }

    @Test
    void fromTheVeryBeginningHasNoGap() {
      MemoryLink link = rig.connect(Handshake.builder().topic("k").topic("t").after(Rig.id(0)));

      assertThat(rig.arrived(link)).containsExactly("$hello", "k=3", "k=6", "t=7", "k=8");
      assertThat(Rig.payload(link, 0)).containsEntry("resumed", true);
    }

    @Test
    void withAStartOfItsOwnGoesOnBehindIt() {
      MemoryLink link =
          rig.connect(Handshake.builder().after(Rig.id(8)).topic("k", Rig.id(6)).topic("t"));

      assertThat(rig.arrived(link)).containsExactly("$hello", "$joined k (6,8]", "k=8", "$sync 8");
    }
  }

  @Nested
  class Joins {
    @Test
    void beginWithTheState() {
      MemoryLink link = rig.connect("t");

      rig.join(link, "k", null);

      assertThat(rig.arrived(link))
          .containsExactly("$hello", "$joined k (0,8]", "k=3", "k=6", "k=8", "$sync 8");
    }

    @Test
    void behindAnIdThatIsTooOldForgetFirst() {
      MemoryLink link = rig.connect("t");

      rig.join(link, "k", Rig.id(2));

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello", "$gap k (2,6) reset", "$joined k (0,8]", "k=3", "k=6", "k=8", "$sync 8");
    }
  }

  @Nested
  class WhoReadsSlowly {
    @Test
    void getsTheNewestOfWhatChanged() {
      MemoryLink link = rig.connect(Handshake.builder().topic("k").after(Rig.id(8)));
      rig.transport.run();
      link.stall();
      for (int n = 9; n < 50; n++) {
        rig.put("k", "a", n);
      }

      link.resume();

      assertThat(rig.arrived(link)).containsExactly("$hello", "k=49");
    }

    @Test
    void andMissesADeletionForgetsAndGetsTheState() {
      MemoryLink link = rig.connect(Handshake.builder().topic("k").topic("t").after(Rig.id(8)));
      rig.transport.run();
      link.stall();
      rig.publish("t", 9, 10);
      rig.delete("k", "b", 10);
      rig.delete("k", "a", 11);
      rig.put("k", "e", 12);

      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello", "$gap k (8,11) reset", "$joined k (0,8]", "$sync 8", "t=9", "k=11", "k=12");
    }

    @Test
    void inTheMiddleOfTheStateAndMissesADeletionBeginsItAnew() {
      MemoryLink link = rig.connect("t");
      rig.transport.run();
      link.read(220); // $joined, b=3 and a part of a=6
      rig.join(link, "k", null);
      assertThat(rig.arrived(link)).containsExactly("$hello", "$joined k (0,8]", "k=3");
      rig.delete("k", "b", 9);
      rig.delete("k", "x", 10);

      link.resume();

      assertThat(rig.arrived(link))
          .containsExactly(
              "$hello",
              "$joined k (0,8]",
              "k=3",
              "k=6",
              "$gap k (6,10) reset",
              "k=6",
              "$sync 8",
              "k=10");
    }

    @Test
    void inTheMiddleOfTheStateAsAPlainClientAndMissesADeletionIsClosed() {
      MemoryLink link = rig.transport.connect(Handshake.builder().topic("t").build());
      rig.transport.run();
      link.read(10);
      rig.join(link, "k", null);
      rig.delete("k", "b", 9);
      rig.delete("k", "x", 10);

      link.resume();

      assertThat(rig.arrived(link)).containsExactly("k=3");
      assertThat(link.closeReason()).contains(DisconnectReason.FELL_BEHIND);
    }

    @Test
    void twiceInAMinuteGetsWhatChangedInTheTableWhileTheStreamIsSkipped() {
      Rig two =
          new Rig(topic -> topic.equals("k") ? TABLE : Rig.stream(topic.equals("few") ? 1 : 9), 0);
      MemoryLink link =
          two.connect(Handshake.builder().topic("k").topic("few").topic("t").after(Rig.id(0)));
      for (int i = 0; i < 2; i++) {
        two.transport.run();
        link.stall();
        two.put("k", "a", i);
        two.publish("t", i, i + 1);
        two.publish("few", 0, 2);
        link.resume();
      }

      List<String> arrived = two.arrived(link);
      assertThat(arrived.subList(0, 5))
          .containsExactly("$hello", "$gap few (0,4)", "k=0", "t=0", "few=1");
      assertThat(arrived.subList(5, 7)).containsExactlyInAnyOrder("$gap few (4,9)", "$gap t (4,9)");
      assertThat(arrived.subList(7, arrived.size())).containsExactly("k=1");
    }
  }
}
