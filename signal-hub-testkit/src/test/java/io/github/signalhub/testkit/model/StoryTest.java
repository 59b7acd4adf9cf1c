package io.github.signalhub.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Plays random stories of the whole protocol. {@link StoryRun} describes how to play more of them,
 * and how to repeat a failing one.
 */
class StoryTest {
  @Test
  void everyClientSeesTheTruthOverAllItsConnections() {
    assertThat(StoryRun.play()).isEmpty();
  }
}
