package io.github.signalhub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class SyncTest {
  private static final Duration INTERVAL = Duration.ofNanos(Rig.SYNC_NANOS);
  private final Rig rig = new Rig();

  @Test
  void comesOnceInEveryInterval() {
    MemoryLink link = rig.connect();

    rig.transport.advance(INTERVAL.multipliedBy(10));

    assertThat(rig.arrived(link)).hasSize(11).filteredOn("$sync 0"::equals).hasSize(10);
  }

  @Test
  void saysTheNewestIdToWhomNothingWasSent() {
    MemoryLink link = rig.connect("quiet");
    rig.publish("other", 0, 3);

    rig.transport.advance(INTERVAL);

    assertThat(rig.arrived(link)).containsExactly("$hello", "$sync 3");
  }

  @Test
  void saysNoMoreThanWhatWasSent() {
    MemoryLink link = rig.connect("t");
    rig.publish("t", 0, 1);
    link.read(1); // 2 is in transit
    rig.publish("t", 1, 3);

    rig.transport.advance(INTERVAL);
    link.resume();

    assertThat(rig.arrived(link)).containsExactly("$hello", "t=0", "t=1", "$sync 2", "t=2");
  }

  @Test
  void waitsOnceHoweverLongNobodyReads() {
    MemoryLink link = rig.connect();
    link.read(1);

    rig.transport.advance(Duration.ofHours(1));
    link.resume();

    assertThat(rig.arrived(link)).containsExactly("$hello", "$sync 0", "$sync 0");
  }

  @Test
  void neverComesInTheMiddleOfACatchUp() {
    MemoryLink link = rig.connect();
    rig.publish("t", 0, 3);
    link.read(200); // the $joined, and a part of the messages after it
    rig.join(link, "t", Rig.id(0));

    rig.transport.advance(INTERVAL.multipliedBy(3));
    link.resume();

    assertThat(rig.arrived(link))
        .containsExactly("$hello", "$joined t (0,3]", "t=0", "t=1", "t=2", "$sync 3");
  }

  @Test
  void isSpreadOverTheInterval() {
    List<MemoryLink> links = IntStream.range(0, 160).mapToObj(i -> rig.connect()).toList();
    for (int part = 1; part <= 16; part++) {
      rig.transport.advance(INTERVAL.dividedBy(16));

      assertThat(links).filteredOn(link -> rig.arrived(link).size() > 1).hasSize(10 * part);
    }
  }

  @Test
  void isForWhoAskedForControlMessages() {
    MemoryLink link = rig.transport.connect(Handshake.builder().after(Rig.id(0)).build());

    rig.transport.advance(INTERVAL.multipliedBy(2));

    assertThat(rig.arrived(link)).isEmpty();
  }

  @Test
  void isNotForWhoIsBeingClosed() {
    MemoryLink link = rig.connect();
    link.stall();
    rig.with(link, session -> session.outbound().seal());

    rig.transport.advance(INTERVAL.multipliedBy(2));
    link.resume();

    assertThat(rig.arrived(link)).containsExactly("$hello");
  }

  @Test
  void startsAgainForWhoComesAfterAllHaveGone() {
    rig.connect().cut();
    rig.transport.advance(INTERVAL.multipliedBy(2));

    MemoryLink link = rig.connect();
    rig.transport.advance(INTERVAL);

    assertThat(rig.arrived(link)).containsExactly("$hello", "$sync 0");
  }

  @Test
  void ofAnIntervalOfZeroNeverComesAndHelloSaysSo() {
    Rig without = new Rig(topic -> Rig.stream(10), 0);
    MemoryLink link = without.connect();

    without.transport.advance(Duration.ofHours(1));

    assertThat(without.arrived(link)).containsExactly("$hello");
    assertThat(link.received().get(0)).contains("\"syncMs\":0");
  }
}
