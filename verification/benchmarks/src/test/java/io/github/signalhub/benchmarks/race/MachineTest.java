package io.github.signalhub.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIOException;

import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void limitOfOpenFilesThatIsTooLowIsNamedWithItsCure() {
    assertThatIOException()
        .isThrownBy(() -> Machine.requireOpenFiles(1_000, 1_024))
        .withMessage(
            "expected a limit of at least 1,300 open files for 1,000 clients, was 1,024:"
                + " run 'ulimit -n 1300' first");
    assertThatCode(() -> Machine.requireOpenFiles(1_000, 1_300)).doesNotThrowAnyException();
  }
}
