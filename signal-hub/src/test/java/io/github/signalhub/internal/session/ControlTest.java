package io.github.signalhub.internal.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ControlTest {
  private final Rig rig = new Rig(topic -> Rig.stream(3), 0);

  @Test
  void messagesGoBeforeWhatWasNotSentYetInTheirOrder() {
    MemoryLink link = rig.connect("t");
    link.stall();
    rig.publish("t", 0, 1);
    answer(link, 2);

    link.resume();

    assertThat(rig.arrived(link)).containsExactly("$hello", "$ack ref 0", "$ack ref 1", "t=0");
  }

  @Test
  void messagesAreForWhoAskedForThem() {
    MemoryLink link = rig.transport.connect(Handshake.builder().after(Rig.id(0)).build());
    link.stall();

    answer(link, 1_000);
    assertThat(link.isReadEnabled()).isTrue();
    link.resume();

    assertThat(rig.arrived(link)).isEmpty();
  }

  @Test
  void answersThatNobodyReadsHoldUpReadingUntilHalfOfThemAreGone() {
    MemoryLink link = rig.connect();
    link.stall();
    answer(link, ReadGate.MAX_REPLIES);
    assertThat(link.isReadEnabled()).isTrue();
    answer(link, 1);
    assertThat(link.isReadEnabled()).isFalse();

    while (link.received().size() < 1 + ReadGate.MAX_REPLIES / 2) {
      link.read(1);
    }
    assertThat(link.isReadEnabled()).isFalse();
    link.read(1); // of the next frame, whose rest counts as sent
    assertThat(link.isReadEnabled()).isTrue();
    link.resume();

    assertThat(rig.arrived(link)).hasSize(1 + ReadGate.MAX_REPLIES + 1);
  }

  @Test
  void joinsAndLeavesThatNobodyReadsOfHoldUpReadingToo() {
    MemoryLink link = rig.connect();
    link.stall();

    for (int i = 0; i < 20; i++) {
      rig.with(link, session -> session.join("t", StartId.parse(Rig.id(0)), "first"));
      rig.with(link, session -> session.join("t", null, "second"));
      rig.leave(link, "t");
      rig.leave(link, "t");
    }
    assertThat(link.isReadEnabled()).isFalse();
    link.resume();
    rig.transport.run();

    assertThat(link.isReadEnabled()).isTrue();
    assertThat(rig.arrived(link))
        .filteredOn(text -> !text.startsWith("$hello") && !text.startsWith("$sync"))
        .hasSize(80);
  }

  @Test
  void joinsOfAPlainClientThatDoesNotReadHoldUpReadingToo() {
    MemoryLink link = rig.transport.connect(Handshake.builder().after(Rig.id(0)).build());
    rig.broadcast(0, 1);
    link.read(1);

    for (int i = 0; i <= ReadGate.MAX_REPLIES; i++) {
      rig.join(link, "t", null);
      rig.leave(link, "t");
    }
    link.resume();
    rig.transport.run();

    assertThat(link.isReadEnabled()).isTrue();
  }

  @Test
  void atConnectNoNumberOfCatchUpsHoldsUpReading() {
    Handshake.Builder handshake = Handshake.builder();
    for (int i = 0; i < 2 * ReadGate.MAX_REPLIES; i++) {
      handshake.topic("t" + i, Rig.id(0));
    }

    MemoryLink link = rig.connect(handshake);
    assertThat(link.isReadEnabled()).isTrue();

    assertThat(rig.arrived(link)).hasSize(1 + 4 * ReadGate.MAX_REPLIES);
  }

  @Test
  void afterTheEndIsNotSent() {
    MemoryLink link = rig.connect();
    Session session = rig.session(link);
    link.cut();

    assertThatNoException().isThrownBy(() -> session.control(ControlMessage.ack(1, null)));
    rig.transport.run();

    assertThat(rig.arrived(link)).containsExactly("$hello");
  }

  @Test
  void longOnesAreMadeWhenTheLinkTakesThemAndFewAtATime() {
    MemoryLink link = rig.connect();
    rig.transport.run();
    AtomicInteger made = new AtomicInteger();
    link.read(100);
    for (int i = 0; i < 5; i++) {
      rig.session(link)
          .control(
              () -> ControlMessage.ack(made.incrementAndGet(), "1".repeat(40_000).getBytes(UTF_8)));
    }

    rig.transport.run();
    assertThat(made).hasValue(2);
    link.resume();
    rig.transport.run();

    assertThat(made).hasValue(5);
    assertThat(link.received()).hasSize(1 + 5);
  }

  private void answer(MemoryLink link, int count) {
    for (int i = 0; i < count; i++) {
      rig.session(link).control(ControlMessage.ack(i, null));
    }
    rig.transport.run();
  }
}
