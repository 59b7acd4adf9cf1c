package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Messages that a platform reports in parts. */
class CallbackPartsTest {
  private static final String CLEF = "\uD834\uDD1E"; // U+1D11E: two chars, four bytes

  private final FakePlatform platform =
      new FakePlatform(Hub.builder().maxClientMessageBytes(1_000));
  private final FakeSender sender = new FakeSender(true);
  private final CallbackLink link = platform.open(sender);

  @Nested
  class Texts {
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 100})
    void areTheSameHoweverTheyAreCut(int chunk) {
      String text = "a" + CLEF + "é€" + CLEF + CLEF + "z";

      for (int from = 0; from < text.length(); from += chunk) {
        int to = Math.min(text.length(), from + chunk);
        link.textPart(text.substring(from, to), to == text.length());
      }
      platform.run();

      assertThat(platform.received).containsExactly(text);
      assertThat(link.waitingBytes()).isZero();
    }

    @Test
    void mayEndWithAnEmptyPart() {
      link.textPart("a", false);
      link.textPart("", true);
      link.textPart("", false);
      link.textPart("", true);
      platform.run();

      assertThat(platform.received).containsExactly("a", "");
    }

    @Test
    void endAlsoWithAWholeText() {
      link.textPart("a", false);
      link.text("b");
      platform.run();

      assertThat(platform.received).containsExactly("ab");
    }

    @Test
    void withASurrogateWithoutItsOtherHalfHaveAQuestionMarkThere() {
      link.textPart("a" + CLEF.charAt(0), false);
      link.textPart("b" + CLEF.charAt(0), true);
      link.textPart(CLEF.substring(1), true);
      platform.run();

      assertThat(platform.received).containsExactly("a?b?", "?");
    }
  }

  @Nested
  class BinaryMessages {
    @Test
    void arePutTogether() {
      link.binaryPart(new byte[300], false);
      link.binaryPart(ByteBuffer.allocate(300), false);
      link.binary(new byte[300]);
      platform.run();

      assertThat(platform.received).containsExactly("binary 900");
    }

    @Test
    void areCopiedFromABufferWhosePositionStays() {
      ByteBuffer buffer = ByteBuffer.allocate(10).position(3).limit(8);

      link.binaryPart(buffer, true);
      platform.run();

      assertThat(platform.received).containsExactly("binary 5");
      assertThat(buffer.position()).isEqualTo(3);
    }

    @Test
    void doNotBeginWithinATextNorTheOtherWayRound() {
      FakeSender second = new FakeSender(true);
      CallbackLink other = platform.open(second);

      link.textPart("a", false);
      link.binaryPart(new byte[1], true);
      other.binaryPart(new byte[1], false);
      other.textPart("a", true);
      platform.run();

      assertThat(sender.calls).containsExactly("close 1002");
      assertThat(second.calls).containsExactly("close 1002");
      assertThat(platform.received).isEmpty();
    }
  }

  @Nested
  class Size {
    @Test
    void ofTheLimitIsTaken() {
      link.textPart("x".repeat(999), false);
      link.textPart("x", true);
      platform.run();

      assertThat(platform.received).containsExactly("x".repeat(1_000));
    }

    @Test
    void isRefusedAtTheFirstPartBeyondTheLimitAndNothingIsKept() {
      link.textPart("{}", true);
      link.textPart("x".repeat(999), false);
      link.textPart("é", false);

      assertThat(link.waitingBytes()).as("the message before it").isEqualTo(2);
      link.textPart("x", true);
      platform.run();
      assertThat(sender.calls).containsExactly("close 1009");
      assertThat(platform.received).containsExactly("{}");
    }

    @Test
    void isRefusedBeforeABufferIsCopied() {
      link.binaryPart(new byte[1], false);
      link.binaryPart(ByteBuffer.allocate(1_000), false);
      platform.run();

      assertThat(sender.calls).containsExactly("close 1009");
      assertThat(link.waitingBytes()).isZero();
    }

    @Test
    void countsWithWhatWaitsOnAPlatformThatDoesNotPause() {
      FakePlatform busy = new FakePlatform(Hub.builder().maxClientMessageBytes(8 << 20));
      FakeSender flooded = new FakeSender(true);
      CallbackLink flood = busy.open(flooded);

      flood.binary(new byte[CallbackLink.MAX_WAITING_BYTES - 10]);
      flood.binaryPart(new byte[10], false);
      assertThat(flood.waitingBytes()).isEqualTo(CallbackLink.MAX_WAITING_BYTES);
      flood.binaryPart(new byte[1], false);
      busy.run();

      assertThat(flooded.calls).contains("close 1013");
      assertThat(flood.waitingBytes()).isZero();
    }
  }

  @Nested
  class Rate {
    @Test
    void ofNothingIsRefusedAfterTenSeconds() {
      link.textPart("x", false);
      platform.run();

      platform.pass(9_990, TimeUnit.MILLISECONDS);
      assertThat(sender.calls).isEmpty();
      platform.pass(1, TimeUnit.SECONDS);

      assertThat(sender.calls).containsExactly("close 1013");
      assertThat(link.waitingBytes()).isZero();
      assertThat(platform.hub.metrics())
          .anySatisfy(
              metric -> {
                assertThat(metric.labels()).containsEntry("limit", "minMessageBytesPerSecond");
                assertThat(metric.value()).isEqualTo(1);
              });
    }

    @Test
    void ofEmptyPartsIsRefusedToo() {
      for (int second = 0; second < 12; second++) {
        link.binaryPart(new byte[0], false);
        platform.pass(1, TimeUnit.SECONDS);
      }

      assertThat(sender.calls).containsExactly("close 1013");
    }

    @Test
    void ofTheLeastIsEnough() {
      FakePlatform slow =
          new FakePlatform(Hub.builder(), options -> options.minMessageBytesPerSecond(100));
      CallbackLink patient = slow.open(sender);
      for (int second = 0; second < 100; second++) {
        patient.textPart("x".repeat(100), false);
        slow.pass(1, TimeUnit.SECONDS);
      }
      patient.textPart("", true);
      slow.run();

      assertThat(sender.calls).isEmpty();
      assertThat(slow.received).containsExactly("x".repeat(10_000));
    }

    @Test
    void isOfEachMessageAlone() {
      for (int message = 0; message < 10; message++) {
        link.textPart("x", false);
        platform.pass(9, TimeUnit.SECONDS);
        link.textPart("y", true);
      }
      platform.pass(100, TimeUnit.SECONDS);

      assertThat(platform.received).hasSize(10);
      assertThat(sender.calls).isEmpty();
    }

    @Test
    void needsOneTimerHoweverManyMessagesComeInParts() {
      for (int message = 0; message < 1_000; message++) {
        link.textPart("x", false);
        platform.run();
        link.textPart("y", true);
        platform.run();
      }

      assertThat(platform.timers()).isEqualTo(1);
      platform.pass(100, TimeUnit.SECONDS);
      assertThat(platform.timers()).isZero();
    }

    @Test
    void doesNotCountWhileTheHubWantsNoMessages() {
      for (int message = 0; message < 65; message++) {
        link.text("m");
      }
      link.textPart("x", false);
      platform.runLoop();
      assertThat(link.isReadEnabled()).isFalse();
      platform.passLoop(100, TimeUnit.SECONDS);
      assertThat(sender.calls).containsExactly("pause");

      platform.run();
      assertThat(sender.calls).containsExactly("pause", "read");
      platform.pass(9, TimeUnit.SECONDS);
      assertThat(sender.calls).doesNotContain("close 1013");
      platform.pass(2, TimeUnit.SECONDS);
      assertThat(sender.calls).contains("close 1013");
    }
  }
}
