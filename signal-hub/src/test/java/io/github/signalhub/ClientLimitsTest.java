package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.memory.MemoryLink;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The hub's limits on the size and the rate of a client's messages, for every transport. */
class ClientLimitsTest {
  private static final String MESSAGE = "{\"type\":\"A\"}";

  private final List<String> heard = new ArrayList<>();

  @Nested
  class Size {
    private final Room room = room(Hub.builder().maxClientMessageBytes(MESSAGE.length()));

    @Test
    void ofTheLimitIsTakenAndOneByteMoreCloses() {
      MemoryLink link = room.connect();

      link.send(MESSAGE);
      assertThat(link.closeReason()).isEmpty();
      link.send(MESSAGE + " ");
      link.send(MESSAGE);

      assertThat(link.closeReason()).contains(DisconnectReason.TOO_LARGE);
      assertThat(DisconnectReason.TOO_LARGE.code()).isEqualTo(1009);
      assertThat(heard).containsExactly("A");
    }

    @Test
    void holdsForBinaryMessagesAndAfterWhetherTheyAreTakenAtAll() {
      MemoryLink refused = room.connect();
      refused.sendBinary(new byte[1_000]);
      assertThat(refused.closeReason()).contains(DisconnectReason.UNSUPPORTED_DATA);

      room.hub.addListener(
          new HubListener() {
            @Override
            public boolean acceptsBinary() {
              return true;
            }

            @Override
            public void onBinary(Client client, byte[] bytes) {
              heard.add("binary");
            }
          });
      MemoryLink link = room.connect();
      link.sendBinary(new byte[MESSAGE.length()]);
      link.sendBinary(new byte[MESSAGE.length() + 1]);

      assertThat(link.closeReason()).contains(DisconnectReason.TOO_LARGE);
      assertThat(heard).containsExactly("binary");
    }
  }

  @Nested
  class Rate {
    private final Room room = room(Hub.builder().maxClientMessagesPerSecond(10));

    @Test
    void allowsThoseOfOneSecondAtOnceAndClosesAtOneMore() {
      MemoryLink link = room.connect();
      MemoryLink other = room.connect();

      send(link, 10);
      assertThat(link.closeReason()).isEmpty();
      send(link, 5);
      send(other, 1);

      assertThat(link.closeReason()).contains(DisconnectReason.RATE_LIMITED);
      assertThat(DisconnectReason.RATE_LIMITED.code()).isEqualTo(4101);
      assertThat(heard).hasSize(11);
      assertThat(other.closeReason()).isEmpty();
    }

    @Test
    void isRegainedMessageByMessage() {
      MemoryLink link = room.connect();
      send(link, 10);

      pass(100);
      send(link, 1);
      pass(200);
      send(link, 2);
      assertThat(link.closeReason()).isEmpty();
      pass(99);
      send(link, 1);

      assertThat(link.closeReason()).contains(DisconnectReason.RATE_LIMITED);
      assertThat(heard).hasSize(13);
    }

    @Test
    void isNotSavedUpBeyondOneSecond() {
      MemoryLink link = room.connect();

      pass(60_000);
      send(link, 11);

      assertThat(heard).hasSize(10);
    }

    @Test
    void countsTextsThatAreNoMessages() {
      MemoryLink link = room.connect();

      for (int i = 0; i < 11; i++) {
        link.send("hello");
      }

      assertThat(link.closeReason()).contains(DisconnectReason.RATE_LIMITED);
      assertThat(room.hub.stats().ignored()).isEqualTo(10);
    }

    private void pass(long millis) {
      room.clock.addAndGet(TimeUnit.MILLISECONDS.toNanos(millis));
    }

    private void send(MemoryLink link, int messages) {
      for (int i = 0; i < messages; i++) {
        link.send(MESSAGE);
      }
    }
  }

  @Test
  void limitsThatCannotBeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Hub.builder().maxClientMessageBytes(0))
        .withMessageContaining("maxClientMessageBytes");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Hub.builder().maxClientMessagesPerSecond(-1))
        .withMessageContaining("maxClientMessagesPerSecond");
  }

  private Room room(HubBuilder options) {
    Room room = new Room(options);
    room.hub.onMessage((client, message) -> heard.add(message.type()));
    return room;
  }
}
