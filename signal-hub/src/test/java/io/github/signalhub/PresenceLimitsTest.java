package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The cost of one user that joins and leaves ever new rooms with presence. */
class PresenceLimitsTest {
  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final int OF_A_CLIENT = 128;
  private static final int OF_A_USER = 4 * OF_A_CLIENT;

  private final List<String> events = new ArrayList<>();
  private final Room room = watched(options());

  @Nested
  class OneClient {
    private final MemoryLink link = connect(room, "mallory");

    @Test
    void thatRunsThroughRoomsIsToldThatThoseItLeftCount() {
      MemoryLink innocent = connect(room, "ann", "room:innocent");
      int joined = 0;
      for (int i = 0; i < 50_000; i++) {
        link.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"room:%d\"}}".formatted(i));
        link.send("{\"type\":\"$leave\",\"payload\":{\"topic\":\"room:%d\"}}".formatted(i));
        joined += room.hub.topic("room:" + i).presence().size();
        room.run();
      }

      System.out.printf(
          "50,000 rooms in no time: %d joined, %,d bytes of presence%n",
          joined, room.hub.stats().presenceBytes());
      assertThat(joined).isEqualTo(OF_A_CLIENT);
      assertThat(room.hub.stats().presenceBytes()).isLessThan(OF_A_CLIENT * 1_000);
      assertThat(Room.controls(link, "$error").get(0))
          .isEqualTo(Map.of("code", "too_many_topics", "reason", "no more topics can be followed"));
      assertThat(room.hub.topic("room:innocent").presence()).containsExactly("ann");
      assertThat(innocent.closeReason()).isEmpty();
    }

    @Test
    void mayComeBackToARoomThatItLeftThoughItMayNotComeToAnother() {
      Client client = room.client(link);
      for (int i = 0; i < OF_A_CLIENT; i++) {
        assertThat(client.join("room:" + i)).isTrue();
        client.leave("room:" + i);
      }

      assertThat(client.join("room:other")).isFalse();
      assertThat(client.join("room:5")).isTrue();
      client.leave("room:5");
      pass(GRACE);
      assertThat(client.join("room:other")).as("the grace is over").isTrue();
    }

    @Test
    void mayFollowAsManyTopicsWithoutPresenceOneAfterTheOther() {
      Client client = room.client(link);
      for (int i = 0; i < 1_000; i++) {
        assertThat(client.join("stream:" + i)).isTrue();
        client.leave("stream:" + i);
      }
      assertThat(room.hub.stats().presenceBytes()).isZero();
    }
  }

  @Nested
  class OneUser {
    @Test
    void thatReconnectsToEverNewRoomsLosesTheFirstThatItLeft() {
      for (int connection = 0; connection < 500; connection++) {
        String[] rooms = new String[OF_A_CLIENT];
        for (int i = 0; i < rooms.length; i++) {
          rooms[i] = "room:" + connection + ":" + i;
        }
        MemoryLink link = connect(room, "mallory", rooms);
        assertThat(link.closeReason()).isEmpty();
        link.cut();
        room.run();
      }

      assertThat(room.hub.stats().presenceBytes()).isLessThan(OF_A_USER * 1_000);
      assertThat(room.hub.topic("room:0:0").presence()).isEmpty();
      assertThat(room.hub.topic("room:499:127").presence()).containsExactly("mallory");
      assertThat(events).contains("-mallory room:0:0");
      pass(GRACE);
      assertThat(room.hub.stats().presenceBytes()).isZero();
      assertThat(events).hasSize(2 * 500 * OF_A_CLIENT);
    }

    @Test
    void thatReconnectsToTheSameRoomsLosesNone() {
      String[] rooms = new String[OF_A_CLIENT];
      for (int i = 0; i < rooms.length; i++) {
        rooms[i] = "room:" + i;
      }
      for (int connection = 0; connection < 20; connection++) {
        connect(room, "ann", rooms).cut();
      }

      assertThat(events).hasSize(OF_A_CLIENT).noneMatch(event -> event.startsWith("-"));
    }

    @Test
    void isInNoMoreRoomsThanFourClientsMayBe() {
      List<MemoryLink> links = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        links.add(connect(room, "mallory", rooms(i)));
      }
      room.run();

      assertThat(links.subList(0, 4)).allMatch(link -> link.closeReason().isEmpty());
      assertThat(links.get(4).closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
      MemoryLink one = connect(room, "mallory");
      assertThat(room.client(one).join("room:x")).isFalse();
      assertThat(room.client(one).join("room:0:1")).as("a room where it is already").isTrue();
      links.forEach(MemoryLink::cut);
      one.cut();
      pass(GRACE);
      assertThat(room.hub.stats().presenceBytes()).isZero();
    }

    private static String[] rooms(int client) {
      String[] rooms = new String[OF_A_CLIENT];
      for (int i = 0; i < rooms.length; i++) {
        rooms[i] = "room:" + client + ":" + i;
      }
      return rooms;
    }
  }

  @Nested
  class TheHub {
    private final Room small = watched(options().maxPresenceBytes(4_000));

    @Test
    void thatHasNoRoomSaysSoOnceAndTakesUsersAgainWhenThereIs() {
      try (LoggedWarnings warnings = new LoggedWarnings()) {
        List<MemoryLink> links = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          links.add(connect(small, "user" + i, "room:" + i));
        }
        small.run();

        MemoryLink refused = links.get(19);
        assertThat(refused.closeReason()).contains(DisconnectReason.TRY_AGAIN_LATER);
        assertThat(links.get(0).closeReason()).isEmpty();
        MemoryLink other = connect(small, "other");
        other.send("{\"type\":\"$join\",\"payload\":{\"topic\":\"room:1\",\"ref\":1}}");
        small.run();
        assertThat(Room.controls(other, "$error").get(0).toString()).contains("code=overloaded");
        assertThat(small.client(other).join("room:1")).isFalse();
        assertThat(small.client(other).join("stream:1")).isTrue();
        assertThat(small.hub.stats().presenceBytes()).isLessThanOrEqualTo(4_000);
        assertThat(warnings.texts())
            .singleElement()
            .asString()
            .startsWith("Joins of topics with presence are refused")
            .endsWith(" of 4000 bytes");

        links.forEach(MemoryLink::cut);
        small.clock.addAndGet(GRACE.toNanos());
        assertThat(small.hub.topic("room:1").presence()).isEmpty();
        assertThat(small.client(other).join("room:1")).isTrue();
      }
    }

    @Test
    void whoseListenersAreSlowCountsWhatTheyHaveYetToBeTold() {
      Queue<Runnable> waiting = new ArrayDeque<>();
      Room slow = watched(options().maxPresenceBytes(4_000), waiting);
      List<MemoryLink> links = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        links.add(connect(slow, "user" + i, "room:" + i));
      }
      runAll(waiting);
      links.forEach(MemoryLink::cut);
      slow.clock.addAndGet(GRACE.toNanos());
      assertThat(slow.hub.topic("room:0").presence()).isEmpty();
      assertThat(slow.hub.stats().presenceBytes()).as("believed to be there").isPositive();

      runAll(waiting);

      assertThat(slow.hub.stats().presenceBytes()).isZero();
    }

    @Test
    void takesPositiveLimits() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> Hub.builder().maxPresenceBytes(0).build())
          .withMessage("expected maxPresenceBytes of at least 1, was 0");
    }
  }

  private static void runAll(Queue<Runnable> waiting) {
    while (!waiting.isEmpty()) {
      waiting.remove().run();
    }
  }

  private static HubBuilder options() {
    return Hub.builder()
        .topic("room:*", TopicOptions.DEFAULT.withPresence(GRACE))
        .authorizeJoins((client, topic) -> true);
  }

  private Room watched(HubBuilder options) {
    return listened(new Room(options));
  }

  private Room watched(HubBuilder options, Queue<Runnable> executor) {
    return listened(new Room(options, executor::add));
  }

  private Room listened(Room watched) {
    watched.hub.addListener(
        new HubListener() {
          @Override
          public void onPresent(String topic, String user) {
            events.add("+" + user + " " + topic);
          }

          @Override
          public void onAbsent(String topic, String user) {
            events.add("-" + user + " " + topic);
          }
        });
    return watched;
  }

  private void pass(Duration time) {
    room.clock.addAndGet(time.toNanos());
    room.hub.topic("room:any").presence(); // checks for expired absences
  }

  private static MemoryLink connect(Room room, String user, String... topics) {
    Handshake.Builder handshake = Handshake.builder().user(user).controlMessages(true);
    List.of(topics).forEach(handshake::topic);
    return room.connect(handshake);
  }
}
