package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalInt;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageMemoryTest {
  private static final int BINARY = 0x82;
  private static final int FIRST_OF_BINARY = 0x02;
  private static final int FIRST_OF_COMPRESSED = 0x42;
  private static final int LAST = 0x80;
  private static final int WHOLE = Integer.MAX_VALUE;
  private static final String REFUSED =
      "failed 1013 no room for more unfinished messages, try again later";

  private final MessageMemory memory = new MessageMemory(100_000);
  private final Peer one = new Peer(WebSocketLimits.DEFAULT, memory);
  private final Peer other = new Peer(WebSocketLimits.DEFAULT, memory);

  @Test
  void mustHaveRoomForSomething() {
    assertThatIllegalArgumentException().isThrownBy(() -> new MessageMemory(0));
  }

  @Nested
  class UnfinishedMessages {
    @Test
    void areCountedForAllClientsTogether() {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));

      assertThat(one.events).isEmpty();
      assertThat(other.events).containsExactly(REFUSED);
      assertThat(other.writes())
          .startsWith("88")
          .contains("03f5")
          .endsWith(Wire.hex("no room for more unfinished messages, try again later".getBytes()));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 65_536})
    void areCountedAsTheyArriveAndNotAsTheyWereDeclared(int chunk) {
      byte[] wire = frame(BINARY, new byte[150_000]);
      one.receives("82 ff 0000000000100000 00000000 00"); // a byte of 1 MiB
      assertThat(memory.heldBytes()).isZero();

      other.receives(chunk, wire);

      assertThat(other.events).containsExactly(REFUSED);
      assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void ofAFewBytesAreNotCounted() {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[4096]));
      assertThat(memory.heldBytes()).isZero();

      one.receives(WHOLE, frame(0x00, new byte[1]));

      assertThat(memory.heldBytes()).isGreaterThan(4096);
    }

    @Test
    void giveTheirRoomBackWhenTheyAreComplete() {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      one.receives(WHOLE, frame(LAST, new byte[0]));
      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));

      assertThat(one.events).hasSize(1);
      assertThat(other.events).isEmpty();
      assertThat(memory.heldBytes()).isBetween(60_000L, 100_000L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"83 80 00000000", "88 80 00000000", ""})
    void giveTheirRoomBackHoweverTheConnectionEnds(String end) {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      assertThat(memory.heldBytes()).isPositive();

      one.receives(WHOLE, bytes(end));
      one.protocol.close();
      one.protocol.close();

      assertThat(memory.heldBytes()).isZero();
    }

    @Test
    void thatAreCompressedCountWhatInflatesThemToo() {
      try (PermessageDeflate deflate = new PermessageDeflate(0, 0, 1 << 20)) {
        Peer peer =
            new Peer(
                WebSocketLimits.DEFAULT, deflate, new DeflateParameters(true, OptionalInt.empty()));
        peer.receives(WHOLE, frame(FIRST_OF_COMPRESSED, bytes("f248")));
        assertThat(peer.memory.heldBytes()).isEqualTo(56 << 10);

        peer.receives(WHOLE, frame(LAST, bytes("cdc9c90700")));

        assertThat(peer.events).containsExactly("binary 48656c6c6f");
        assertThat(peer.memory.heldBytes()).isZero();
      }
    }
  }

  @Test
  void messagesThatArriveWholeAreTakenWhateverOthersHold() {
    one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[100_000]));
    other.receives(WHOLE, join(frame(BINARY, new byte[60_000]), frame(BINARY, new byte[60_000])));

    assertThat(other.events).hasSize(2).allMatch(event -> event.startsWith("binary 00"));
  }
}
