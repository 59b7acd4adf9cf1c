package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The retention by age in topics without new messages. */
class AgeTest {
  private static final int PATTERNS = 12;
  private static final int TOPICS = 4_937;

  @Test
  void topicsOfEveryPatternLeaveWhileOnlyBroadcastsArePublished() {
    HubBuilder options = Hub.builder();
    for (int pattern = 0; pattern < PATTERNS; pattern++) {
      Duration age = Duration.ofSeconds(9 + pattern);
      options.topic("pattern" + pattern + ":*", TopicOptions.DEFAULT.withAge(age));
    }
    Room room = new Room(options);
    MemoryLink innocent = room.connect();
    for (int topic = 0; topic < TOPICS; topic++) {
      room.publish("pattern" + topic % PATTERNS + ":" + topic, 0, 1);
    }

    int broadcasts = 0;
    for (int second = 0; second < 45; second++) {
      room.clock.addAndGet(Duration.ofSeconds(1).toNanos());
      for (int i = 0; i < 10; i++) {
        assertThat(room.hub.broadcast("N", broadcasts++).isAccepted()).isTrue();
      }
      room.run();
    }

    assertThat(room.hub.stats().topics()).as("broadcasts alone").isEqualTo(1);
    assertThat(room.hub.stats().retainedMessages()).isEqualTo(broadcasts);
    assertThat(room.arrived(innocent)).hasSize(broadcasts);
  }

  @Test
  void messageThatIsTooOldStaysWhileNothingIsPublishedButNoClientThatComesIsSentIt() {
    Room room = new Room(Hub.builder().topicDefaults(TopicOptions.DEFAULT));
    String before = room.hub.lastId();
    room.publish("topic", 0, 1);
    room.clock.addAndGet(Duration.ofHours(1).toNanos());
    assertThat(room.hub.stats().retainedMessages()).isEqualTo(1);

    MemoryLink link =
        room.connect(Handshake.builder().controlMessages(true).topic("topic").after(before));

    assertThat(room.arrived(link)).containsExactly("$hello", "$gap");
    assertThat(room.hub.stats().retainedMessages()).isZero();
  }
}
