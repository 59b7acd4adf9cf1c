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
  void whatLeftAfterTheCloseIsNoSecondLag() {
    TopicOptions one = TopicOptions.DEFAULT.withMessages(1);
    TopicOptions three = TopicOptions.DEFAULT.withMessages(3);
    assertHolds(
        new Setup(2, 3, 6, 3, 1 << 20, Duration.ZERO, FOUR, one, three, 0, 4_096, false),
        new Step.Connect(0, 0, From.NOW, 44, 1, true, true, ALL),
        new Step.Meanwhile(new Publish(To.TOPIC, 5, 3, 27)),
        new Step.Close(0),
        new Step.Read(0, 0),
        new Publish(To.EVERYONE, 1, 3, 3),
        new Step.RunAll(),
        new Step.Connect(2, 0, From.LAST, 7, 1, true, false, ALL),
        new Step.Meanwhile(new Publish(To.EVERYONE, 4, 4, 36)),
        new Step.RunAll(),
        new Step.Read(0, 338),
        new Publish(To.EVERYONE, 5, 3, 30));
  }

  @Test
  void whatLeftAfterTheCloseOfATopicThatOwedNothingIsNoSecondLag() {
    TopicOptions small = options(6, 1_552, 10);
    TopicOptions all = TopicOptions.DEFAULT.withMessages(1_000);
    TopicOptions five = TopicOptions.DEFAULT.withMessages(5);
    assertHolds(
        new Setup(3, 1, 2, 3, 1 << 20, Duration.ZERO, small, all, five, 600_000, 4_096, false),
        new Step.Connect(0, 0, From.LAST, 0, -2, true, false, ALL),
        new Step.Cut(0),
        new Step.Connect(0, 0, From.LAST, 1, 0, false, false, ALL),
        new Publish(To.TOPIC, 10, 4, 37),
        new Step.Read(0, 0),
        new Step.RunAll(),
        new Step.Join(0, 1),
        new Publish(To.TOPIC, 4, 3, 9),
        new Step.Close(0),
        new Step.RunAll(),
        new Step.Meanwhile(new Publish(To.TOPIC, 3, 2, 30)),
        new Step.Read(0, 251),
        new Step.RunAll(),
        new Publish(To.TOPIC, 9, 29, 25));
  }

  @Test
  void whatLeftAfterTheCloseBetweenTwoReadsIsNoSecondLag() {
    TopicOptions small = options(1_000, 795, 10);
    TopicOptions three = options(3, 1 << 20, 10);
    TopicOptions one = options(1, 1 << 20, 10);
    assertHolds(
        new Setup(2, 2, 1, 3, 1 << 20, Duration.ZERO, small, three, one, 600_000, 47, false),
        new Step.Connect(0, 1, From.OLDER, 1, 0, true, false, ALL),
        new Step.Cut(0),
        new Step.Connect(0, 0, From.LAST, 1, -2, false, false, ALL),
        new Step.Read(0, 300),
        new Publish(To.TOPIC, 3, 2, 39),
        new Publish(To.TOPIC, 7, 2, 6),
        new Step.RunTask(0),
        new Publish(To.TOPIC, 2, 1, 1_147),
        new Step.Connect(1, 0, From.OTHER_EPOCH, 1, 2, false, false, 0),
        new Step.Read(0, ALL),
        new Publish(To.EVERYONE, 9, 5, 23),
        new Step.Close(0),
        new Step.RunTask(0),
        new Step.Read(0, 284),
        new Step.RunTask(0),
        new Publish(To.TOPIC, 10, 7, 29),
        new Step.Cut(1),
        new Step.RunTask(0),
        new Publish(To.TOPIC, 4, 4, 16));
  }

  @Test
  void whatLeftAfterTheCloseForLackOfBytesIsNoSecondLag() {
    TopicOptions topics = options(6, 1_016, 10);
    TopicOptions broadcasts = TopicOptions.DEFAULT.withMessages(6).withBytes(548);
    TopicOptions one = TopicOptions.DEFAULT.withMessages(1);
    assertHolds(
        new Setup(1, 7, 1, 1, 1 << 20, Duration.ZERO, topics, broadcasts, one, 0, 4_096, true),
        new Step.Connect(6, 0, From.OLDER, 0, 0, true, false, 294),
        new Publish(To.EVERYONE, 5, 5, 16),
        new Publish(To.TOPIC, 8, 11, 1_561),
        new Publish(To.EVERYONE, 10, 5, 27),
        new Step.Cut(6),
        new Step.Connect(6, 0, From.LAST, 1, 0, true, false, 0),
        new Step.RunTask(0),
        new Step.Meanwhile(new Publish(To.EVERYONE, 3, 4, 12)),
        new Step.Read(6, ALL),
        new Step.RunTask(0),
        new Step.Read(6, 166),
        new Step.Close(6),
        new Publish(To.USER, 4, 4, 8),
        new Step.RunTask(0),
        new Publish(To.EVERYONE, 0, 6, 881),
        new Step.RunTask(0),
        new Publish(To.EVERYONE, 2, 1, 1_056));
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

  /** The gaps of two second lags wait together. One gap was widened, the other was not. */
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

  /** Expired messages leave even if the published message has no room at its client. */
  @Test
  void messagesThatAreRefusedLookAtTheAgesToo() {
    assertHolds(
        new Setup(
            2,
            2,
            2,
            2,
            1 << 20,
            Duration.ofSeconds(2),
            options(5, 1 << 20, 1_000_000),
            options(1_000, 489, 10),
            options(1_000, 1 << 20, 10),
            0,
            34,
            true),
        new Publish(To.USER, 10, 6, 23),
        new Step.Advance(6_000_000_000L),
        new Step.Connect(0, 0, From.LAST, 1, 0, false, false, ALL),
        new Step.Advance(4_000_000_000L),
        new Publish(To.CLIENT, 10, 64, 18),
        new Step.Advance(2_000_000_000L),
        new Step.Meanwhile(new Publish(To.CLIENT, 6, 4, 36)),
        new Step.RunTask(0),
        new Step.Cut(0));
  }

  /** Expired messages leave before a new message is refused for want of room. */
  @Test
  void messagesThatAreTooOldKeepNothingOut() {
    TopicOptions lasting = options(1_000, 1 << 20, 1_000_000);
    assertHolds(
        new Setup(
            2,
            2,
            5,
            2,
            1 << 20,
            Duration.ZERO,
            options(6, 1 << 20, 1_000_000),
            lasting,
            options(2, 1 << 20, 10),
            600_000,
            4_096,
            false),
        new Step.Connect(0, 0, From.LAST, 17, -2, true, true, ALL),
        new Publish(To.CLIENT, 6, 69, 29),
        new Step.Read(0, 0),
        new Step.Advance(4_000_000_000L),
        new Step.RunAll(),
        new Step.Advance(6_000_000_000L),
        new Publish(To.CLIENT, 8, 3, 33));
  }

  private static TopicOptions options(int messages, long bytes, int ageSeconds) {
    return TopicOptions.DEFAULT
        .withMessages(messages)
        .withBytes(bytes)
        .withAge(Duration.ofSeconds(ageSeconds));
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
