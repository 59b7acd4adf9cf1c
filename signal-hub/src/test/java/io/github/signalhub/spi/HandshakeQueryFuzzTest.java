package io.github.signalhub.spi;

import io.github.signalhub.fuzz.SeedCorpus;
import org.junit.jupiter.api.Test;

/** The inputs kept for {@link HandshakeQueryFuzz}. */
class HandshakeQueryFuzzTest {
  @Test
  void everyInputIsReadWithinItsLimitsOrRefused() throws Exception {
    SeedCorpus.replay(HandshakeQueryFuzz.class, HandshakeQueryFuzz::fuzzerTestOneInput);
  }
}
