package io.github.signalhub.model;

import static org.assertj.core.api.Assertions.assertThatCode;

import io.github.signalhub.TopicOptions;
import io.github.signalhub.model.Step.From;
import io.github.signalhub.model.Step.Publish;
import io.github.signalhub.model.Step.To;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Schedules that once broke the guarantee. */
class FoundScheduleTest {
  private static final long ALL = Long.MAX_VALUE;
  private static final TopicOptions FOUR = TopicOptions.DEFAULT.withMessages(4);

  @Test
  void lossInTheMiddleOfATakeBeginsWhereTheLinkGotTo() {
    assertHolds(
        1 << 20,
        new Step.Connect(0, 0, From.START, 1, -1, true, false, 145), // the $hello is cut
        new Publish(To.TOPIC, 0, 6, 35),
        new Step.RunAll(),
        new Step.Meanwhile(new Publish(To.TOPIC, 0, 3, 21)),
        new Step.Read(0, 1));
  }

  @Test
  void closeThatWaitsForAStalledPlainClientDoesNotHideWhatItLost() {
    assertHolds(
        1 << 20,
        new Step.Connect(0, 0, From.NOW, 0, -1, false, true, 10),
        new Publish(To.EVERYONE, 0, 2, 0),
        new Step.RunAll(),
        new Step.Close(0),
        new Publish(To.EVERYONE, 0, 6, 0),
        new Step.RunAll(),
        new Publish(To.EVERYONE, 0, 6, 0),
        new Step.Read(0, ALL));
  }

  @Test
  void joinThatComesAfterTheEndHoldsUpNobody() {
    assertHolds(
        2_000,
        new Step.Connect(0, 0, From.NOW, 0, -1, false, false, ALL),
        new Step.Connect(1, 0, From.NOW, 0, -1, false, false, ALL),
        new Step.Join(0, 0),
        new Step.Cut(0),
        new Step.RunAll(),
        new Publish(To.TOPIC, 0, 14, 12));
  }

  private static void assertHolds(long maxLogBytes, Step... steps) {
    Setup setup =
        new Setup(1, 2, 1, 1, maxLogBytes, Duration.ZERO, FOUR, FOUR, FOUR, 0, 4_096, false);
    assertThatCode(() -> World.play(new Schedule(setup, List.of(steps))))
        .doesNotThrowAnyException();
  }
}
