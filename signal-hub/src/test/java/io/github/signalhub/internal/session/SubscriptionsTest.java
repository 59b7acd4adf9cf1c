package io.github.signalhub.internal.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.memory.MemoryLink;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SubscriptionsTest {
  private final Rig rig = new Rig();

  @ParameterizedTest
  @ValueSource(ints = {1, 7, 8, 9, 10_000})
  void ofAnyNumberAreServedWhileOneAfterTheOtherIsLeft(int topics) {
    MemoryLink link = rig.connect();
    Session session = rig.session(link);
    rig.with(link, s -> IntStream.range(0, topics).forEach(i -> s.join("t" + i, null, null)));
    int greeted = rig.arrived(link).size();

    rig.with(link, s -> IntStream.range(1, topics).forEach(i -> s.leave("t" + i, null)));
    rig.publish("t0", 0, 1);
    rig.publish("t" + (topics - 1), 1, 2);

    assertThat(session.cursor.subscriptions.all()).as("broadcasts and t0").hasSize(2);
    List<String> arrived = rig.arrived(link);
    assertThat(arrived.subList(greeted + topics - 1, arrived.size()))
        .isEqualTo(topics == 1 ? List.of("t0=0", "t0=1") : List.of("t0=0"));
  }

  @Test
  void thatAreDirtyAreAllThatAFlushLooksAt() {
    MemoryLink link = rig.connect();
    Session session = rig.session(link);
    rig.with(link, s -> IntStream.range(0, 100).forEach(i -> s.join("t" + i, null, null)));
    assertThat(session.cursor.subscriptions.dirty()).isEmpty();
    link.stall();
    rig.publish("t7", 0, 1);
    rig.publish("t70", 0, 1);
    rig.publish("t99", 0, 1);

    assertThat(session.cursor.subscriptions.dirty())
        .extracting(subscription -> subscription.topic().name())
        .containsExactlyInAnyOrder("t7", "t70", "t99");
    rig.leave(link, "t7");
    assertThat(session.cursor.subscriptions.dirty()).hasSize(2);
    link.resume();
    rig.transport.run();

    assertThat(session.cursor.subscriptions.dirty()).isEmpty();
    assertThat(rig.arrived(link)).endsWith("$left t7", "t70=0", "t99=0");
  }
}
