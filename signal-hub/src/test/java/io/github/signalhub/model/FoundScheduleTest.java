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
  void closeThatWaitsSkipsNothingForWhatWasPublishedAfterIt() {
    TopicOptions all = TopicOptions.DEFAULT.withMessages(1_000);
    assertHolds(
        new Setup(3, 1, 5, 2, 1 << 20, Duration.ZERO, all, FOUR, FOUR, 600_000, 68, false),
        new Step.Connect(0, 0, From.NOW, 17, 0, false, false, ALL),
        new Publish(To.EVERYONE, 1, 5, 3),
        new Step.RunTask(0),
        new Step.Cut(0),
        new Step.Connect(0, 0, From.LAST, 23, 0, false, false, ALL),
        new Step.Read(0, 353),
        new Publish(To.TOPIC, 7, 5, 25),
        new Step.Join(0, 3),
        new Publish(To.TOPIC, 1, 1, 31),
        new Step.Close(0),
        new Step.RunTask(0),
        new Step.Meanwhile(new Publish(To.EVERYONE, 3, 4, 35)),
        new Step.RunAll(),
        new Publish(To.EVERYONE, 8, 2, 39),
        new Step.Read(0, 218),
        new Publish(To.EVERYONE, 2, 3, 26));
  }

  @Test
  void privateMessagesThatASecondLagSkipsMakeRoomForMore() {
    TopicOptions two = TopicOptions.DEFAULT.withMessages(2);
    TopicOptions six = TopicOptions.DEFAULT.withMessages(6);
    assertHolds(
        new Setup(1, 1, 6, 3, 1 << 20, Duration.ZERO, two, six, six, 600_000, 4_096, false),
        new Step.Meanwhile(new Publish(To.TOPIC, 6, 2, 32)),
        new Step.Connect(0, 0, From.LAST, 11, -2, false, false, ALL),
        new Step.RunTask(0),
        new Step.Cut(0),
        new Step.Connect(0, 0, From.LAST, 56, 2, false, false, ALL),
        new Step.Read(0, 0),
        new Step.Meanwhile(new Publish(To.TOPIC, 11, 2, 25)),
        new Step.RunAll(),
        new Publish(To.TOPIC, 11, 6, 8),
        new Step.Read(0, ALL),
        new Step.Read(0, 0),
        new Publish(To.EVERYONE, 0, 6, 33),
        new Publish(To.CLIENT, 8, 54, 31),
        new Step.RunAll(),
        new Publish(To.CLIENT, 10, 6, 14),
        new Publish(To.EVERYONE, 2, 4, 18),
        new Step.RunTask(0),
        new Publish(To.CLIENT, 6, 6, 27));
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

  /** The gaps of two second lags wait together, those of one topic widened and another's not. */
  @Test
  void gapsThatNameNoTopicMayEndInAnyOrder() {
    TopicOptions small = TopicOptions.DEFAULT.withMessages(6).withBytes(735);
    assertHolds(
        new Setup(1, 2, 2, 3, 4_223, Duration.ZERO, FOUR, small, FOUR, 0, 23, true),
        new Step.Connect(1, 0, From.LAST, 1, 0, true, false, ALL),
        new Step.Read(1, 0),
        new Step.Connect(0, 0, From.NOW, 2, -2, true, true, 55),
        new Publish(To.EVERYONE, 7, 2, 37),
        new Step.RunAll(),
        new Publish(To.EVERYONE, 8, 2, 4),
        new Step.Read(1, 307),
        new Publish(To.USER, 3, 6, 23),
        new Publish(To.CLIENT, 7, 2, 7),
        new Step.RunTask(0),
        new Publish(To.EVERYONE, 0, 21, 16),
        new Step.RunAll(),
        new Publish(To.EVERYONE, 11, 6, 17),
        new Publish(To.TOPIC, 3, 4, 32),
        new Publish(To.TOPIC, 5, 3, 34),
        new Publish(To.CLIENT, 3, 4, 25),
        new Step.Read(0, ALL),
        new Step.RunAll(),
        new Publish(To.TOPIC, 3, 3, 36));
  }

  private static void assertHolds(long maxLogBytes, Step... steps) {
    assertHolds(
        new Setup(1, 2, 1, 1, maxLogBytes, Duration.ZERO, FOUR, FOUR, FOUR, 0, 4_096, false),
        steps);
  }

  private static void assertHolds(Setup setup, Step... steps) {
    assertThatCode(() -> World.play(new Schedule(setup, List.of(steps))))
        .doesNotThrowAnyException();
  }
}
