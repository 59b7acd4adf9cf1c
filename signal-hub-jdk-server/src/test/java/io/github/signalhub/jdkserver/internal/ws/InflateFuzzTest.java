package io.github.signalhub.jdkserver.internal.ws;

import io.github.signalhub.fuzz.SeedCorpus;
import org.junit.jupiter.api.Test;

/** The inputs kept for {@link InflateFuzz}. */
class InflateFuzzTest {
  @Test
  void noInputIsReadInTwoWays() throws Exception {
    SeedCorpus.replay(InflateFuzz.class, InflateFuzz::fuzzerTestOneInput);
  }
}
