package io.github.signalhub.jdkserver.internal.ws;

import io.github.signalhub.fuzz.SeedCorpus;
import org.junit.jupiter.api.Test;

/** The inputs kept for {@link FrameStreamFuzz}. */
class FrameStreamFuzzTest {
  @Test
  void noInputIsReadInTwoWays() throws Exception {
    SeedCorpus.replay(FrameStreamFuzz.class, FrameStreamFuzz::fuzzerTestOneInput);
  }
}
