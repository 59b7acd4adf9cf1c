package io.github.signalhub.admission;

import io.github.signalhub.fuzz.SeedCorpus;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The inputs kept for {@link AdmissionFuzz}. */
class AdmissionFuzzTest {
  private final Logger log = Logger.getLogger(Admission.class.getName());

  @BeforeEach
  void beQuiet() {
    log.setLevel(Level.OFF); // each foreign name logs a warning
  }

  @AfterEach
  void logAgain() {
    log.setLevel(null);
  }

  @Test
  void everyRequestGetsAnAnswerThatQuotesNothing() throws Exception {
    SeedCorpus.replay(AdmissionFuzz.class, AdmissionFuzz::fuzzerTestOneInput);
  }
}
