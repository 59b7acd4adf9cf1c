package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import io.github.signalhub.memory.MemoryTransport;
import io.github.signalhub.spi.Handshake;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HubUserTest {
  private final Room room = new Room(Hub.builder().maxTopicsPerClient(1));
  private final Hub hub = room.hub;
  private final HubUser ann = hub.user("ann");

  @Nested
  class Names {
    @Test
    void makeUsersOfOneHubEqual() {
      assertThat(ann).isEqualTo(hub.user("ann")).hasSameHashCodeAs(hub.user("ann"));
      assertThat(ann).isNotEqualTo(hub.user("bob")).isNotEqualTo(hub.topic("ann"));
      assertThat(ann).isNotEqualTo(Hub.create().user("ann"));
      assertThat(ann.name()).isEqualTo("ann");
      assertThat(ann).hasToString("HubUser ann");
    }

    @Test
    void haveOneTo255BytesOfUtf8() {
      assertThat(hub.user("$é".repeat(85)).name()).hasSize(170);
      assertThatIllegalArgumentException().isThrownBy(() -> hub.user(""));
      assertThatIllegalArgumentException().isThrownBy(() -> hub.user("é".repeat(128)));
      assertThatExceptionOfType(NullPointerException.class).isThrownBy(() -> hub.user(null));
    }
  }

  @Nested
  class Clients {
    @Test
    void areThoseOfTheUserOnAnyLoop() throws Exception {
      MemoryTransport loops = new MemoryTransport(2);
      hub.attach(loops);
      Client first = room.client(loops.connect(handshake("ann").build()));
      Client second = room.client(loops.connect(handshake("ann").build()));
      room.connect(handshake("bob"));
      room.connect();

      assertThat(ann.clients()).containsExactlyInAnyOrder(first, second);
      assertThatExceptionOfType(UnsupportedOperationException.class)
          .isThrownBy(() -> ann.clients().clear());
    }

    @Test
    void areNoneOfAUserThatIsNotConnected() {
      MemoryLink link = room.connect(handshake("ann"));
      link.cut();

      assertThat(ann.clients()).isEmpty();
      assertThat(ann.join("t")).isEmpty();
      ann.leave("t");
      ann.disconnect();
      assertThat(ann.send("N", 1).isAccepted()).as("she may come back").isTrue();
    }
  }

  @Nested
  class Joins {
    @Test
    void areDoneByEveryClientThatMay() {
      MemoryLink link = room.connect(handshake("ann"));
      Client free = room.client(link);
      Client full = room.client(room.connect(handshake("ann").topic("other")));

      assertThat(ann.join("t")).containsExactly(free);
      assertThat(ann.clients()).containsExactlyInAnyOrder(free, full);
      room.run();
      room.publish("t", 0, 1);

      assertThat(room.arrived(link)).containsExactly(0L);
      assertThat(hub.topic("t").subscribers()).containsExactly(free);
      ann.leave("t");
      assertThat(hub.topic("t").subscribers()).isEmpty();
    }

    @Test
    void mayBeginAfterAnId() {
      MemoryLink link = room.connect(handshake("ann"));
      String before = hub.lastId();
      room.publish("t", 0, 2);
      room.run();

      assertThat(ann.join("t", before)).containsExactly(room.client(link));

      assertThat(room.arrived(link)).containsExactly(0L, 1L);
    }

    @Test
    void withABadNameOrIdAreErrorsEvenIfTheUserHasNoClients() {
      for (String topic : List.of("", "$broadcast", "é".repeat(128))) {
        assertThatIllegalArgumentException().isThrownBy(() -> ann.join(topic));
        assertThatIllegalArgumentException().isThrownBy(() -> ann.join(topic, hub.lastId()));
      }
      assertThatIllegalArgumentException()
          .isThrownBy(() -> ann.join("t", "7"))
          .withMessage("expected the id of a message as after");
    }
  }

  @Nested
  class Disconnects {
    @Test
    void endTheUsersClientsAtOnceSoThatTheyStayAway() {
      MemoryLink first = room.connect(handshake("ann"));
      MemoryLink second = room.connect(handshake("ann"));
      MemoryLink other = room.connect(handshake("bob"));
      hub.broadcast("N", 1).orThrow();

      ann.disconnect();
      room.run();

      assertThat(first.closeReason()).contains(new DisconnectReason(4000, "disconnected"));
      assertThat(second.closeReason()).contains(DisconnectReason.DISCONNECTED);
      assertThat(first.received()).isEmpty();
      assertThat(room.arrived(other)).containsExactly(1L);
    }

    @Test
    void ofOneClientLeaveTheOthers() {
      MemoryLink first = room.connect(handshake("ann"));
      MemoryLink second = room.connect(handshake("ann"));
      DisconnectReason reason = new DisconnectReason(4003, "banned");

      room.client(first).disconnect(reason);
      room.run();

      assertThat(first.closeReason()).contains(reason);
      assertThat(second.closeReason()).isEmpty();
    }

    @Test
    void dropWhatWaitsWhereACloseSendsItFirst() {
      MemoryLink dropped = room.connect();
      MemoryLink served = room.connect();
      Client client = room.client(dropped);
      hub.broadcast("N", 1).orThrow();

      client.disconnect();
      client.disconnect(); // nothing more happens
      room.client(served).close(DisconnectReason.DISCONNECTED);
      room.run();

      assertThat(dropped.received()).isEmpty();
      assertThat(room.arrived(served)).containsExactly(1L);
      assertThat(served.closeReason()).contains(DisconnectReason.DISCONNECTED);
    }
  }

  private static Handshake.Builder handshake(String user) {
    return Handshake.builder().user(user);
  }
}
