package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.spi.Handshake;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Revocations during a client's request, or just before it gets the right. */
class RevocationTest {
  private static final DisconnectReason BANNED = new DisconnectReason(4003, "banned");

  /** An action during the next decision of the hook, which then accepts. */
  private Consumer<Client> meanwhile = client -> {};

  private final Room room =
      new Room(
          Hub.builder()
              .topic("room", TopicOptions.DEFAULT.withPresence(Duration.ZERO))
              .authorizeJoins(
                  (client, topic) -> {
                    Consumer<Client> now = meanwhile;
                    meanwhile = any -> {};
                    now.accept(client);
                    return true;
                  }));

  @Nested
  class DuringAJoin {
    private final MemoryLink link = room.connect(ann());

    @Test
    void holdsThoughTheHookSaysYes() {
      meanwhile = client -> client.leave("t");

      join("t", 1);
      room.publish("t", 0, 1);

      assertThat(room.arrived(link)).containsExactly("$hello", "$error");
      assertThat(Room.controls(link, "$error"))
          .containsExactly(
              Map.of("ref", 1L, "code", "forbidden", "reason", "this topic may not be joined"));
      assertThat(room.client(link).topics()).isEmpty();
    }

    @Test
    void holdsAlsoIfTheClientFollowedTheTopicBefore() {
      room.client(link).join("t");
      meanwhile = client -> client.leave("t");

      join("t", 1);
      room.publish("t", 0, 1);

      assertThat(room.arrived(link)).contains("$left", "$error").doesNotContain(0L);
      assertThat(room.client(link).topics()).isEmpty();
    }

    @Test
    void ofAnotherTopicChangesNothing() {
      meanwhile = client -> client.leave("u");

      join("t", 1);

      assertThat(room.client(link).topics()).containsExactly("t");
    }

    @Test
    void isOverWhenTheApplicationGivesTheTopicBack() {
      meanwhile =
          client -> {
            client.leave("t");
            client.join("t");
          };

      join("t", 1);

      assertThat(room.client(link).topics()).containsExactly("t");
    }

    @Test
    void doesNotHoldAgainstALaterDecision() {
      meanwhile = client -> client.leave("t");
      join("t", 1);

      join("t", 2);
      room.publish("t", 0, 1);

      assertThat(room.client(link).topics()).containsExactly("t");
      assertThat(room.arrived(link)).contains(0L);
    }

    @Test
    void ofTheUserHolds() {
      meanwhile = client -> room.hub.user("ann").leave("t");

      join("t", 1);

      assertThat(room.client(link).topics()).isEmpty();
    }

    @Test
    void makesNobodyPresent() {
      meanwhile = client -> client.leave("room");

      join("room", 1);

      assertThat(room.hub.topic("room").presence()).isEmpty();
    }

    @Test
    void ofTheWholeConnectionLeavesNothingToFollow() {
      meanwhile = client -> client.close();

      join("room", 1);

      assertThat(room.hub.topic("room").presence()).isEmpty();
      assertThat(link.closeReason()).contains(DisconnectReason.NORMAL);
    }

    private void join(String topic, int ref) {
      link.send(
          "{\"type\":\"$join\",\"payload\":{\"topic\":\"%s\",\"ref\":%d}}".formatted(topic, ref));
      room.run();
    }
  }

  @Nested
  class DuringAHandshake {
    private final Set<String> present = new HashSet<>();

    DuringAHandshake() {
      room.hub.addListener(
          new HubListener() {
            @Override
            public void onPresent(String topic, String user) {
              present.add(user);
            }
          });
    }

    @Test
    void takesTheTopicThoughTheHookGaveIt() {
      Handshake decided = decidedBefore(() -> room.hub.user("ann").leave("room")).build();

      MemoryLink link = room.transport.connect(decided);
      room.publish("room", 0, 1);
      room.publish("kept", 1, 2);

      assertThat(room.arrived(link)).containsExactly("$hello", "$left", 1L);
      assertThat(room.client(link).topics()).containsExactly("kept");
      assertThat(present).isEmpty();
    }

    @Test
    void ofAnotherUserChangesNothing() {
      Handshake decided =
          decidedBefore(
                  () -> {
                    room.hub.user("bob").leave("room");
                    room.hub.user("bob").disconnect(BANNED);
                  })
              .build();

      MemoryLink link = room.transport.connect(decided);

      assertThat(room.client(link).topics()).containsExactlyInAnyOrder("room", "kept");
    }

    @Test
    void doesNotHoldAgainstALaterDecision() {
      room.hub.user("ann").leave("room");
      room.hub.user("ann").disconnect(BANNED);

      MemoryLink link = room.transport.connect(decidedBefore(() -> {}).build());
      room.publish("room", 0, 1);

      assertThat(room.arrived(link)).containsExactly("$hello", 0L);
    }

    @Test
    void ofTheWholeUserClosesTheClientBeforeItIsSentAnything() {
      Handshake.Builder decided = decidedBefore(() -> room.hub.user("ann").disconnect(BANNED));

      MemoryLink link = room.transport.connect(decided.after(room.hub.lastId()).build());
      room.hub.user("ann").send("N", 0);

      assertThat(room.arrived(link)).isEmpty();
      assertThat(link.closeReason()).contains(BANNED);
    }

    @Test
    void thatBeganBeforeMoreRevocationsThanAreKnownIsDecidedAgain() {
      Handshake decided =
          decidedBefore(
                  () -> {
                    for (int i = 0; i <= Revocations.MAX; i++) {
                      room.hub.user("user " + i).leave("t");
                    }
                  })
              .build();

      MemoryLink link = room.transport.connect(decided);

      assertThat(room.arrived(link)).isEmpty();
      assertThat(link.closeReason()).map(DisconnectReason::code).contains(4200);
    }

    @Test
    void thatNobodyHadToDecideIsAsGranted() {
      room.hub.user("ann").leave("room");

      MemoryLink link = room.connect(ann().topic("room"));

      assertThat(room.client(link).topics()).containsExactly("room");
    }

    private Handshake.Builder decidedBefore(Runnable revocation) {
      long since = room.transport.revocations();
      revocation.run();
      return ann().topic("room").topic("kept").decidedSince(since);
    }
  }

  @Nested
  class OfAUser {
    @Test
    void reachesAllItsClientsAndNobodyElse() {
      MemoryLink first = room.connect(ann().topic("t"));
      MemoryLink second = room.connect(ann().topic("t"));
      MemoryLink other = room.connect(Handshake.builder().user("bob").topic("t"));
      MemoryLink nobody = room.connect("t");

      room.hub.user("ann").leave("t");
      room.publish("t", 0, 1);

      assertThat(room.arrived(first)).containsExactly("$hello", "$left");
      assertThat(room.arrived(second)).containsExactly("$hello", "$left");
      assertThat(room.arrived(other)).containsExactly(0L);
      assertThat(room.arrived(nobody)).containsExactly(0L);
    }

    @Test
    void closesAllItsClientsAndSendsThemNothingMore() {
      MemoryLink link = room.connect(ann().topic("t"));
      MemoryLink other = room.connect(Handshake.builder().user("bob").topic("t"));
      room.run();
      room.publish("t", 0, 1); // the loop is about to write

      room.hub.user("ann").disconnect(BANNED);
      room.publish("t", 1, 2);

      assertThat(room.arrived(link)).containsExactly("$hello");
      assertThat(link.closeReason()).isEqualTo(Optional.of(BANNED));
      assertThat(room.arrived(other)).containsExactly(0L, 1L);
    }
  }

  private static Handshake.Builder ann() {
    return Handshake.builder().user("ann").controlMessages(true);
  }
}
