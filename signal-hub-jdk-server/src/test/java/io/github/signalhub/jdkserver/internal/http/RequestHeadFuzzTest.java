package io.github.signalhub.jdkserver.internal.http;

import io.github.signalhub.fuzz.SeedCorpus;
import org.junit.jupiter.api.Test;

/** The inputs kept for {@link RequestHeadFuzz}. */
class RequestHeadFuzzTest {
  @Test
  void noInputIsReadInTwoWays() throws Exception {
    SeedCorpus.replay(RequestHeadFuzz.class, RequestHeadFuzz::fuzzerTestOneInput);
  }
}
