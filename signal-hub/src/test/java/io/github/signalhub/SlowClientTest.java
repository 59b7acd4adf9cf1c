package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class SlowClientTest {
  /** A frame of the memory transport: 4 bytes and the text of a message with a small number. */
  private static final int FRAME =
      4 + "{'type':'N','payload':1,'topic':'t','id':'0123456789abcdef-0123456789012345'}".length();

  private final Room room =
      new Room(
          Hub.builder()
              .retentionGrace(Duration.ZERO)
              .topicDefaults(TopicOptions.DEFAULT.withMessages(3)));
  private final Hub hub = room.hub;

  static IntStream everySplit() {
    return IntStream.rangeClosed(1, 2 * FRAME + 1);
  }

  @Test
  void stalledClientCostsTheOthersNothing() {
    MemoryLink stalled = room.connect("t");
    MemoryLink reading = room.connect("t");
    stalled.stall();

    for (int n = 0; n < 100; n++) {
      room.publish("t", n, n + 1);
      room.run();
    }

    assertThat(room.arrived(reading)).hasSize(100);
    assertThat(hub.stats().retainedMessages()).isEqualTo(3);
  }

  @Test
  void whatPiledUpGoesOutInOneWrite() {
    MemoryLink link = room.connect("t");
    room.publish("t", 0, 3);

    assertThat(room.arrived(link)).hasSize(3);

    assertThat(link.writes()).isEqualTo(1);
  }

  @ParameterizedTest
  @MethodSource("everySplit")
  void halfWrittenFrameIsFinishedBeforeTheGapWhateverIsEvictedMeanwhile(int bytes) {
    MemoryLink link = room.connect(Handshake.builder().topic("t").after(hub.lastId()));
    link.read(bytes);
    room.publish("t", 0, 3);
    room.run();
    for (int n = 3; n < 9; n++) {
      room.publish("t", n, n + 1);
      room.run();
    }

    link.resume();

    List<Object> expected = new ArrayList<>();
    for (long n = 0; n < (bytes + FRAME - 1) / FRAME; n++) {
      expected.add(n); // the frame was begun, so it is finished
    }
    if (expected.size() < 6) {
      expected.add("$gap");
    }
    expected.addAll(List.of(6L, 7L, 8L));
    assertThat(room.arrived(link)).isEqualTo(expected);
    assertThat(Room.controls(link, "$gap")).hasSize(1);
  }

  @ParameterizedTest
  @MethodSource("everySplit")
  void plainClientThatFellBehindIsClosedBehindItsHalfWrittenFrame(int bytes) {
    MemoryLink link = room.connect("t");
    link.read(bytes);
    room.publish("t", 0, 3);
    room.run();
    for (int n = 3; n < 9; n++) {
      room.publish("t", n, n + 1);
      room.run();
    }
    assertThat(link.closeReason()).as("the frame is not finished, or the close not read").isEmpty();

    link.resume();

    assertThat(room.arrived(link)).hasSize((bytes + FRAME - 1) / FRAME).startsWith(0L);
    assertThat(link.closeReason()).contains(DisconnectReason.FELL_BEHIND);
  }

  @Test
  void lossesOfOneTopicAreToldTogetherAndThoseOfOthersApart() {
    MemoryLink link = room.connect(Handshake.builder().topic("t").topic("u").after(hub.lastId()));
    link.stall();
    String before = hub.lastId();
    for (int n = 0; n < 40; n++) {
      room.publish(n % 2 == 0 ? "t" : "u", n, n + 1);
      room.run();
    }

    link.resume();

    assertThat(room.arrived(link)).containsExactly("$gap", "$gap", 34L, 35L, 36L, 37L, 38L, 39L);
    assertThat(Room.controls(link, "$gap"))
        .containsExactlyInAnyOrder(
            Map.of("topic", "t", "after", before, "next", idBefore(Room.idOf(link, 2), 1)),
            Map.of("topic", "u", "after", before, "next", idBefore(Room.idOf(link, 3), 1)));
  }

  @Test
  void clientThatReadsByteByByteGetsWholeFramesInOrder() {
    MemoryLink link = room.connect(Handshake.builder().topic("t").controlMessages(true));
    link.stall();
    room.publish("t", 0, 3);
    hub.broadcast("N", 3);

    for (int i = 0; i < 5 * 400 && link.received().size() < 5; i++) {
      link.read(1);
      room.run();
    }

    assertThat(room.arrived(link)).containsExactly("$hello", 0L, 1L, 2L, 3L);
  }

  @Test
  void drainingCloseSendsWhatWasPublishedBeforeItAndNothingLater() {
    MemoryLink link = room.connect("t");
    link.read(10);
    room.publish("t", 0, 2);
    room.client(link).send("N", 2);
    room.run();
    room.client(link).close();
    room.run();
    room.publish("t", 3, 4);
    room.run();

    link.resume();

    assertThat(room.arrived(link)).containsExactly(0L, 1L, 2L);
    assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
  }

  @Test
  void abortSendsTheHalfWrittenFrameAlone() {
    MemoryLink link = room.connect("t");
    link.read(10);
    room.publish("t", 0, 3);
    room.run();
    link.sendBinary(new byte[] {1}); // the refusal aborts the link

    link.resume();

    assertThat(room.arrived(link)).containsExactly(0L);
    assertThat(link.closeReason()).contains(DisconnectReason.UNSUPPORTED_DATA);
  }

  @Test
  void clientThatNeverReadsItsCloseIsCutAtTheDeadlineOfTheTransport() {
    MemoryLink link = room.connect("t");
    link.stall();
    room.publish("t", 0, 1);
    room.client(link).close();
    room.run();

    room.transport.expireClosing();

    assertThat(link.closeReason()).contains(DisconnectReason.ABNORMAL);
    assertThat(hub.clients()).isEmpty();
  }

  private static String idBefore(String id, int distance) {
    return id.substring(0, 17) + "%016d".formatted(Long.parseLong(id.substring(17)) - distance);
  }
}
