package io.github.signalhub.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Plays random schedules on a hub and checks it against the reference model. {@link ModelRun}
 * describes how to play more of them, and how to repeat a failing one.
 */
class ModelTest {
  @Test
  void everyClientGetsItsMessagesInOrderOnceOrIsToldOfTheGap() {
    assertThat(ModelRun.play()).isEmpty();
  }

  @Test
  void noMessageWaitsForTheNextHoweverPublishersAndLoopsRace() {
    assertThat(RaceRun.play()).isEmpty();
  }

  @Test
  void schedulesAreCutDownToTheStepsThatMatter() {
    List<Integer> all = IntStream.range(0, 100).boxed().toList();
    List<Integer> cause = List.of(3, 40, 41, 97);

    List<Integer> kept = Shrinker.shrink(all, steps -> steps.containsAll(cause));

    assertThat(kept).isEqualTo(cause);
  }

  @Test
  void seedAlwaysGivesTheSameSchedule() {
    assertThat(Schedule.draw(7)).isEqualTo(Schedule.draw(7)).isNotEqualTo(Schedule.draw(8));
  }
}
