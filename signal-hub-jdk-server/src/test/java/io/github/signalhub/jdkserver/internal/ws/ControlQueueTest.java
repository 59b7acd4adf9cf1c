package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

class ControlQueueTest {
  private static final byte[] PONG_1 = Wire.bytes("8a 02 0101");
  private static final byte[] PONG_2 = Wire.bytes("8a 02 0202");
  private static final byte[] PING = Wire.bytes("89 01 ff");
  private static final byte[] CLOSE = Wire.bytes("88 02 03e8");

  private final ControlQueue queue = new ControlQueue();

  @Nested
  class Order {
    @Test
    void isPongThenPingThenCloseWhateverCameFirst() {
      queue.close(CLOSE);
      queue.ping(PING);
      queue.pong(PONG_1);

      assertThat(peek(100)).isEqualTo("8a020101" + "8901ff" + "880203e8");
    }

    @Test
    void ofPongsIsTheirOwn() {
      queue.pong(PONG_1);
      queue.pong(PONG_2);

      assertThat(peek(100)).isEqualTo("8a020101" + "8a020202");
    }

    @Test
    void leavesOutTheOldestOfTooManyPongs() {
      queue.pong(PONG_1);
      for (int i = 0; i < ControlQueue.MAX_PONGS; i++) {
        queue.pong(PONG_2);
      }

      assertThat(peek(1000)).isEqualTo("8a020202".repeat(ControlQueue.MAX_PONGS));
    }

    @Test
    void nothingFollowsAClose() {
      queue.close(CLOSE);
      peek(100);
      queue.accepted(1);
      queue.pong(PONG_1);
      queue.ping(PING);

      assertThat(peek(100)).isEqualTo("0203e8");
      queue.accepted(3);

      assertThat(queue.closeAccepted()).isTrue();
      assertThat(queue.isEmpty()).isTrue();
      assertThat(peek(100)).isEmpty();
    }

    @Test
    void aPongThatCameBeforeTheCloseBeganGoesFirst() {
      queue.close(CLOSE);
      peek(100);
      queue.accepted(0);
      queue.pong(PONG_1);

      assertThat(peek(100)).isEqualTo("8a020101" + "880203e8");
    }
  }

  @Nested
  class Offers {
    @ParameterizedTest
    @FieldSource("io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS")
    void areRepeatedFromTheFirstByteThatWasNotAccepted(int chunk) {
      queue.pong(PONG_1);
      queue.ping(PING);
      queue.close(CLOSE);
      StringBuilder written = new StringBuilder();

      while (!queue.isEmpty()) {
        String offered = peek(100);
        int accepted = Math.min(chunk, offered.length() / 2);
        queue.accepted(accepted);
        written.append(offered, 0, 2 * accepted);
      }

      assertThat(written).hasToString("8a020101" + "8901ff" + "880203e8");
      assertThat(queue.closeAccepted()).isTrue();
    }

    @ParameterizedTest
    @FieldSource("io.github.signalhub.jdkserver.internal.ws.Wire#CHUNKS")
    void areCutToTheRoomThereIs(int room) {
      queue.pong(PONG_1);
      queue.close(CLOSE);
      StringBuilder written = new StringBuilder();

      while (!queue.isEmpty()) {
        String offered = peek(Math.min(room, 100));
        queue.accepted(offered.length() / 2);
        written.append(offered);
      }

      assertThat(written).hasToString("8a020101" + "880203e8");
    }

    @Test
    void thatWereNotAcceptedAreReplacedByNewerPings() {
      queue.ping(PING);
      assertThat(peek(100)).isEqualTo("8901ff");
      queue.ping(Wire.bytes("89 01 ee"));
      queue.accepted(0);

      assertThat(peek(100)).isEqualTo("8901ee");
    }

    @Test
    void thatWereNotAcceptedLeaveNoMorePongsThanMayWait() {
      queue.pong(PONG_1);
      queue.pong(PONG_2);
      peek(100);
      for (int i = 1; i < ControlQueue.MAX_PONGS; i++) {
        queue.pong(PONG_1);
      }
      queue.accepted(0);

      assertThat(peek(1000)).isEqualTo("8a020202" + "8a020101".repeat(ControlQueue.MAX_PONGS - 1));
    }

    @Test
    void areAcceptedAsTheyWereEvenIfANewerFrameCameMeanwhile() {
      queue.pong(PONG_1);
      peek(100);
      queue.pong(PONG_2);
      queue.accepted(3);

      assertThat(queue.midFrame()).isTrue();
      assertThat(peek(100)).isEqualTo("01" + "8a020202");
    }

    @Test
    void ofAHalfAcceptedFrameStayAtTheHead() {
      queue.ping(PING);
      peek(100);
      queue.accepted(1);
      queue.pong(PONG_1);

      assertThat(peek(100)).isEqualTo("01ff" + "8a020101");
      queue.accepted(2);

      assertThat(queue.midFrame()).isFalse();
      assertThat(peek(100)).isEqualTo("8a020101");
    }

    @Test
    void madeTwiceCountOnce() {
      queue.pong(PONG_1);
      queue.close(CLOSE);
      peek(100);
      queue.pong(PONG_2);
      peek(3);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> queue.accepted(4))
          .withMessage("expected at most the 3 bytes that were offered, was 4");
      assertThat(peek(100)).isEqualTo("8a020101" + "8a020202" + "880203e8");
    }

    @Test
    void cannotBeAcceptedTwiceOrInTheNegative() {
      queue.pong(PONG_1);
      peek(100);
      queue.accepted(1);

      assertThatIllegalArgumentException().isThrownBy(() -> queue.accepted(1));
      assertThatIllegalArgumentException().isThrownBy(() -> queue.accepted(-1));
    }
  }

  private String peek(int room) {
    ByteBuffer out = ByteBuffer.allocate(room);
    int bytes = queue.peek(out);
    assertThat(out.position()).isEqualTo(bytes);
    return Wire.hex(Arrays.copyOf(out.array(), bytes));
  }
}
