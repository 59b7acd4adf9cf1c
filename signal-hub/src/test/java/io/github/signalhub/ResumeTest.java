package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ResumeTest {
  private static final Duration AGE = Duration.ofMinutes(5);
  private final Room room =
      new Room(
          Hub.builder()
              .retentionGrace(Duration.ZERO)
              .topicDefaults(TopicOptions.DEFAULT.withMessages(5)));
  private final Hub hub = room.hub;

  @Test
  void clientThatStallsIsCutAndComesBackGetsEverythingOnce() {
    MemoryLink before = room.connect("t");
    room.publish("t", 0, 2);
    assertThat(room.arrived(before)).containsExactly(0L, 1L);
    before.read(10);
    room.publish("t", 2, 4);
    room.run();
    before.cut();
    room.publish("t", 4, 6);

    MemoryLink after = room.connect(Handshake.builder().topic("t").after(Room.idOf(before, 1)));
    room.publish("t", 6, 7);

    assertThat(room.arrived(after)).containsExactly(2L, 3L, 4L, 5L, 6L);
  }

  @Test
  void helloComesFirstAndSaysWhereTheClientGoesOn() {
    String id = hub.lastId();
    room.publish("t", 0, 2);

    MemoryLink link =
        room.connect(Handshake.builder().user("ann").topic("t").after(id).controlMessages(true));

    assertThat(room.arrived(link)).containsExactly("$hello", 0L, 1L);
    assertThat(Room.controls(link, "$hello"))
        .containsExactly(
            Map.of(
                "clientId",
                link.clientId(),
                "id",
                id,
                "resumed",
                true,
                "syncMs",
                15_000L,
                "topics",
                List.of("t")));
  }

  @Test
  void helloOfANewClientNamesTheNewestMessageBeforeIt() {
    room.publish("t", 0, 2);

    MemoryLink link = room.connect(Handshake.builder().topic("t").controlMessages(true));

    assertThat(room.arrived(link)).containsExactly("$hello");
    assertThat(Room.json(link.received().get(0)).get("payload"))
        .isEqualTo(
            Map.of(
                "clientId",
                link.clientId(),
                "id",
                hub.lastId(),
                "resumed",
                false,
                "syncMs",
                15_000L,
                "topics",
                List.of("t")));
  }

  @Test
  void plainClientGetsNoControlMessages() {
    room.publish("t", 0, 2);

    MemoryLink link = room.connect("t");
    room.publish("t", 2, 3);

    assertThat(room.arrived(link)).containsExactly(2L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "nonsense", "0000000000000000-0000000000000001", "\"\u0000\uD83D\uDE80"})
  void afterThatIsNotOfThisHubIsAGapOfEveryTopic(String after) {
    room.publish("t", 0, 2);
    String last = hub.lastId();

    MemoryLink link =
        room.connect(Handshake.builder().topic("t").after(after).controlMessages(true));
    room.publish("t", 2, 3);

    assertThat(room.arrived(link)).containsExactly("$hello", "$gap", "$gap", 2L);
    assertThat(Room.payload(link.received().get(0))).containsEntry("resumed", false);
    assertThat(Room.controls(link, "$gap"))
        .containsExactlyInAnyOrder(
            Map.of("after", after, "next", next(last)),
            Map.of("topic", "t", "after", after, "next", next(last)));
  }

  @Test
  void afterBeyondTheHorizonIsAGapOfEveryTopic() {
    room.publish("t", 0, 2);

    MemoryLink link =
        room.connect(
            Handshake.builder().topic("t").after(next(hub.lastId())).controlMessages(true));

    assertThat(room.arrived(link)).containsExactly("$hello", "$gap", "$gap");
  }

  @Test
  void evictedMessagesAreAGapOfTheirTopicAloneAndTheRestFollows() {
    String id = hub.lastId();
    room.publish("t", 0, 10);
    hub.broadcast("N", 10);

    MemoryLink link = room.connect(Handshake.builder().topic("t").after(id).controlMessages(true));

    assertThat(room.arrived(link)).containsExactly("$hello", "$gap", 5L, 6L, 7L, 8L, 9L, 10L);
    assertThat(Room.controls(link, "$gap"))
        .containsExactly(Map.of("topic", "t", "after", id, "next", Room.idOf(link, 2)));
    assertThat(Room.payload(link.received().get(0))).containsEntry("resumed", false);
  }

  @Test
  void whoSendsAfterIsToldOfGapsWithoutAskingForControlMessages() {
    String id = hub.lastId();
    room.publish("t", 0, 10);

    MemoryLink link = room.connect(Handshake.builder().topic("t").after(id));

    assertThat(room.arrived(link)).containsExactly("$gap", 5L, 6L, 7L, 8L, 9L);
  }

  @Test
  void lastRetainedMessageIsResumedWithoutAGap() {
    room.publish("t", 0, 5);
    String lastEvicted = hub.lastId();
    room.publish("t", 5, 10);

    MemoryLink link =
        room.connect(Handshake.builder().topic("t").after(lastEvicted).controlMessages(true));

    assertThat(room.arrived(link)).containsExactly("$hello", 5L, 6L, 7L, 8L, 9L);
    assertThat(Room.payload(link.received().get(0))).containsEntry("resumed", true);
  }

  @Test
  void messagesThatAreTooOldAtTheResumeAreAGap() {
    String id = hub.lastId();
    room.publish("t", 0, 2);
    room.clock.addAndGet(AGE.toNanos() + 1);

    MemoryLink link = room.connect(Handshake.builder().topic("t").after(id));

    assertThat(room.arrived(link)).containsExactly("$gap");
    assertThat(hub.stats().retainedMessages()).isZero();
  }

  @Test
  void topicThatWasForgottenIsAGap() {
    String id = hub.lastId();
    room.publish("t", 0, 2);
    room.clock.addAndGet(AGE.toNanos() + 1);
    room.publish("other", 0, 1);
    assertThat(hub.stats().topics()).as("broadcasts and the other").isEqualTo(2);
    room.publish("t", 2, 3);

    MemoryLink link = room.connect(Handshake.builder().topic("t").after(id));

    assertThat(room.arrived(link)).containsExactly("$gap", 2L);
  }

  @Test
  void topicWhoseOnlyMessageMadeRoomIsAGapAndTheNewOneFollows() {
    Room tiny = new Room(Hub.builder().maxLogBytes(379));
    String id = tiny.hub.lastId();
    tiny.publish("t", 0, 2);

    MemoryLink link = tiny.connect(Handshake.builder().topic("t").after(id));

    assertThat(tiny.arrived(link)).containsExactly("$gap", 1L);
  }

  @Test
  void messagesToAUserWaitForItsNextConnection() {
    MemoryLink before = room.connect(Handshake.builder().user("ann"));
    hub.user("ann").send("N", 0);
    assertThat(room.arrived(before)).containsExactly(0L);
    before.cut();
    hub.user("ann").send("N", 1);

    MemoryLink after = room.connect(Handshake.builder().user("ann").after(Room.idOf(before, 0)));

    assertThat(room.arrived(after)).containsExactly(1L);
  }

  private static String next(String id) {
    return id.substring(0, 17) + "%016d".formatted(Long.parseLong(id.substring(17)) + 1);
  }
}
