package io.github.signalhub.json;

import io.github.signalhub.fuzz.SeedCorpus;
import org.junit.jupiter.api.Test;

/** The inputs kept for {@link JsonFuzz}. */
class JsonFuzzTest {
  @Test
  void noInputIsReadInTwoWays() throws Exception {
    SeedCorpus.replay(JsonFuzz.class, JsonFuzz::fuzzerTestOneInput);
  }
}
