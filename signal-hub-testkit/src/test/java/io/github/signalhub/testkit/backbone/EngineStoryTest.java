package io.github.signalhub.testkit.backbone;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Plays random stories of several nodes. {@link EngineStoryRun} plays more of them. */
class EngineStoryTest {
  @Test
  void everyNodeSeesTheSameOrderWhateverFails() {
    assertThat(EngineStoryRun.play()).isEmpty();
  }
}
