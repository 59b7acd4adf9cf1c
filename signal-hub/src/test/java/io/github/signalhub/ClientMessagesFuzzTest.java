package io.github.signalhub;

import io.github.signalhub.fuzz.SeedCorpus;
import org.junit.jupiter.api.Test;

/** The inputs kept for {@link ClientMessagesFuzz}. */
class ClientMessagesFuzzTest {
  @Test
  void everyTextIsAnsweredAsItsRefAsksAndNothingIsHeld() throws Exception {
    SeedCorpus.replay(ClientMessagesFuzz.class, ClientMessagesFuzz::fuzzerTestOneInput);
  }
}
