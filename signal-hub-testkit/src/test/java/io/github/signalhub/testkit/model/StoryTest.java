package io.github.signalhub.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Plays random stories of the whole protocol. {@link StoryRun} says how to play more of them, and
 * how to play a failing one again.
 */
class StoryTest {
  @Test
  void everyClientSeesTheTruthOverAllItsConnections() {
    assertThat(StoryRun.play()).isEmpty();
  }
}
