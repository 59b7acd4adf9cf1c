package io.github.signalhub.jdkserver.internal.ws;

import static io.github.signalhub.jdkserver.internal.ws.Wire.bytes;
import static io.github.signalhub.jdkserver.internal.ws.Wire.frame;
import static io.github.signalhub.jdkserver.internal.ws.Wire.join;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PartialMessageBudgetTest {
  private static final int BINARY = 0x82;
  private static final int FIRST_OF_BINARY = 0x02;
  private static final int FIRST_OF_COMPRESSED = 0x42;
  private static final int LAST = 0x80;
  private static final int WHOLE = Integer.MAX_VALUE;
  private static final String REFUSED =
      "failed 1013 no room for more unfinished messages, try again later";

  private final PartialMessageBudget memory = new PartialMessageBudget(100_000);
  private final RecordingPeer one = new RecordingPeer(WebSocketLimits.DEFAULT, memory);
  private final RecordingPeer other = new RecordingPeer(WebSocketLimits.DEFAULT, memory);

  @Test
  void mustHaveRoomForSomething() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PartialMessageBudget(0));
  }

  @Nested
  class UnfinishedMessages {
    @Test
    void areCountedForAllClientsTogetherAndTheOldestOfTheLongestGoes() {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      assertThat(one.wanted).isOne();
      assertThat(memory.heldBytes()).isEqualTo(60_000);

      one.protocol.giveUpMessage();

      assertThat(one.events).containsExactly(REFUSED);
      assertThat(one.writes())
          .startsWith("88")
          .contains("03f5")
          .endsWith(Wire.hex("no room for more unfinished messages, try again later".getBytes()));
      other.receives(WHOLE, frame(LAST, new byte[0]));
      assertThat(other.events).hasSize(1).allMatch(event -> event.startsWith("binary"));
    }

    @Test
    void thatAreTheLongestThemselvesGo() {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[40_000]));
      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[70_000]));

      assertThat(other.events).containsExactly(REFUSED);
      assertThat(one.wanted).isZero();
      assertThat(memory.heldBytes()).isEqualTo(40_000);
    }

    @Test
    void goFromTheGroupThatHoldsMostHoweverShortTheyAre() {
      RecordingPeer[] many = new RecordingPeer[12];
      for (int i = 0; i < many.length; i++) {
        many[i] = new RecordingPeer(WebSocketLimits.DEFAULT, memory);
        many[i].receives(WHOLE, frame(FIRST_OF_BINARY, new byte[5_000]));
      }
      RecordingPeer honest = new RecordingPeer(WebSocketLimits.DEFAULT, memory, "127.0.0.2");

      honest.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[45_000]));

      assertThat(honest.events).isEmpty();
      assertThat(honest.wanted).isZero();
      assertThat(many[0].wanted).isOne();
      for (int i = 1; i < many.length; i++) {
        assertThat(many[i].wanted).isZero();
      }
    }

    @Test
    void thatHaveToGoAreRefusedWhateverComesFirst() {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));

      one.receives(WHOLE, frame(0x00, new byte[1]));

      assertThat(one.events).containsExactly(REFUSED);
      one.protocol.giveUpMessage();
      assertThat(one.events).hasSize(1);
    }

    @Test
    void thatHaveToGoAndEndInTimeAreDelivered() {
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));

      one.receives(WHOLE, frame(LAST, new byte[1]));
      one.protocol.giveUpMessage();

      assertThat(one.events).hasSize(1).allMatch(event -> event.startsWith("binary"));
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[30_000]));
      assertThat(memory.heldBytes()).isEqualTo(90_000);
    }

    @Test
    void areNotReplacedFasterThanTheyGo() {
      RecordingPeer[] more = new RecordingPeer[5];
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000])); // one must be dropped
      for (int i = 0; i < more.length; i++) {
        more[i] = new RecordingPeer(WebSocketLimits.DEFAULT, memory);
        more[i].receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));
        assertThat(more[i].events).containsExactly(REFUSED);
      }
      assertThat(other.wanted).isZero();

      one.protocol.giveUpMessage();
      RecordingPeer next = new RecordingPeer(WebSocketLimits.DEFAULT, memory);
      next.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[60_000]));

      assertThat(next.events).isEmpty();
      assertThat(other.wanted).isOne();
    }

    @Test
    void ofClientsThatHoldMuchLessFindRoomWhileLongOnesGo() {
      RecordingPeer[] long12 = new RecordingPeer[8];
      for (int i = 0; i < long12.length; i++) {
        long12[i] = new RecordingPeer(WebSocketLimits.DEFAULT, memory);
        long12[i].receives(WHOLE, frame(FIRST_OF_BINARY, new byte[12_000]));
      }
      one.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[11_000]));
      assertThat(long12[0].wanted).isOne(); // and is not dropped yet

      other.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[11_000]));
      RecordingPeer small = new RecordingPeer(WebSocketLimits.DEFAULT, memory);
      small.receives(WHOLE, frame(FIRST_OF_BINARY, new byte[6_000]));

      assertThat(other.events).containsExactly(REFUSED);
      assertThat(small.events).isEmpty();
      assertThat(small.wanted).isZero();
      assertThat(long12[1].wanted).isOne();
    }

    @Test
    void areAtMostTheLimitAndAQuarterWhateverIsTried() {
      Random random = new Random(1);
      RecordingPeer[] many = new RecordingPeer[60];
      for (int i = 0; i < 5_000; i++) {
        int which = random.nextInt(many.length);
        if (many[which] == null || many[which].events.size() > 0) {
          many[which] = new RecordingPeer(WebSocketLimits.DEFAULT, memory, random.nextInt(3));
          many[which].receives(WHOLE, frame(FIRST_OF_BINARY, new byte[random.nextInt(12_000)]));
        } else if (random.nextBoolean()) {
          many[which].receives(WHOLE, frame(0x00, new byte[1]));
        } else if (random.nextBoolean()) {
          many[which].receives(WHOLE, frame(LAST, new byte[0]));
        } else {
          many[which].protocol.giveUpMessage();
        }
        assertThat(memory.heldBytes()).isBetween(0L, 100_000L);
        assertThat(memory.leavingBytes()).isBetween(0L, 25_000L);
      }
      for (RecordingPeer peer : many) {
        if (peer != null) {
          peer.protocol.close();
        }
      }

      assertThat(memory.heldBytes()).isZero();
      assertThat(memory.leavingBytes()).isZero();
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
      try (PermessageDeflate deflate = new PermessageDeflate(0)) {
        RecordingPeer peer =
            new RecordingPeer(
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
