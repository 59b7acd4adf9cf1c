package io.github.signalhub.testkit.nodes;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Plays random stories of hubs and their clients. {@link NodesStoryRun} plays more of them. */
class NodesStoryTest {
  @Test
  void everyClientSeesEverythingOrIsToldOfAGapWhateverFails() {
    assertThat(NodesStoryRun.play()).isEmpty();
  }
}
