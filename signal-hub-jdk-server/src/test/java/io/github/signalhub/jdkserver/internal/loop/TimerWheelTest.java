package io.github.signalhub.jdkserver.internal.loop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TimerWheelTest {
  private static final long TICK = 10;
  private static final long TURN = TICK * TimerWheel.SLOTS;

  private final List<String> fired = new ArrayList<>();
  private long now = -1_000_003; // a nano clock starts at any value
  private final TimerWheel wheel = new TimerWheel(TICK, () -> now);

  @Nested
  class ATimer {
    @ParameterizedTest
    @ValueSource(longs = {1, 9, 10, 11, 4_999, TURN - 1, TURN, TURN + 1, 3 * TURN + 7, 1_000_000})
    void firesAtItsTimeAndNotBefore(long delay) {
      timer("a").start(delay);

      now += delay - 1;
      poll();
      assertThat(fired).isEmpty();
      now += TICK + 1;
      poll();
      assertThat(fired).containsExactly("a");
      assertThat(wheel.running()).isZero();
    }

    @Test
    void firesOnce() {
      timer("a").start(5);
      now += 100;
      poll();

      now += 3 * TURN;
      poll();

      assertThat(fired).containsExactly("a");
    }

    @Test
    void thatIsCancelledDoesNotFire() {
      TimerWheel.Timer timer = timer("a");
      timer.start(50);
      timer.cancel();
      timer.cancel();

      now += 2 * TURN;
      poll();

      assertThat(fired).isEmpty();
      assertThat(timer.isRunning()).isFalse();
    }

    @Test
    void thatIsStartedAgainFiresAtItsNewTimeAlone() {
      TimerWheel.Timer timer = timer("a");
      timer.start(50);
      timer.start(500);

      now += 100;
      poll();
      assertThat(fired).isEmpty();
      now += 500;
      poll();
      assertThat(fired).containsExactly("a");
      assertThat(wheel.running()).isZero();
    }

    @Test
    void mayStartItselfAgainWhenItFires() {
      TimerWheel.Timer[] timer = new TimerWheel.Timer[1];
      timer[0] =
          wheel.timer(
              () -> {
                fired.add("a");
                timer[0].start(0);
              });
      timer[0].start(0);

      for (int i = 0; i < 5; i++) {
        now += TICK;
        poll();
      }

      assertThat(fired).hasSize(5);
    }

    @Test
    void mayCancelAnotherThatIsDueAtTheSameTime() {
      TimerWheel.Timer second = timer("b");
      wheel
          .timer(
              () -> {
                fired.add("a");
                second.cancel();
              })
          .start(20);
      second.start(20);

      now += 100;
      poll();

      assertThat(fired).containsExactly("a");
      assertThat(wheel.running()).isZero();
    }
  }

  @Nested
  class ManyTimers {
    @Test
    void fireAfterALongPauseAllAtOnceAndLaterOnesNot() {
      timer("a").start(5);
      timer("b").start(TURN + 5);
      timer("c").start(20 * TURN);

      now += 5 * TURN;
      poll();

      assertThat(fired).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void fireInTheOrderOfTheirTicks() {
      timer("c").start(300);
      timer("a").start(100);
      timer("b").start(200);

      now += 1_000;
      poll();

      assertThat(fired).containsExactly("a", "b", "c");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void fireWithinATickWhenTheOwnerSleepsAsLongAsItIsTold(long seed) {
      Random random = new Random(seed);
      List<Long> late = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        long due = now + random.nextLong(5 * TURN);
        wheel.timer(() -> late.add(now - due)).start(due - now);
      }

      while (wheel.running() > 0) {
        long nanos = wheel.nanosToNext();
        assertThat(nanos).isBetween(0L, TURN);
        now += Math.max(1, nanos);
        poll();
      }

      assertThat(late).hasSize(300).allMatch(nanos -> nanos >= 0 && nanos <= TICK);
    }
  }

  @Nested
  class Sleeping {
    @Test
    void isForeverWithoutTimers() {
      assertThat(wheel.nanosToNext()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void endsWithTheNextTimer() {
      timer("b").start(4_000);
      timer("a").start(1_000);

      assertThat(wheel.nanosToNext()).isEqualTo(1_000);
      now += 999;
      assertThat(wheel.nanosToNext()).isEqualTo(1);
      now += 10;
      assertThat(wheel.nanosToNext()).isZero();
    }
  }

  private TimerWheel.Timer timer(String name) {
    return wheel.timer(() -> fired.add(name));
  }

  private void poll() {
    Runnable action;
    while ((action = wheel.poll()) != null) {
      action.run();
    }
  }
}
