package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void probabilitiesAreFrom0To1(double probability) {
    assertThatIllegalArgumentException().isThrownBy(Faults.builder().cut(probability)::build);
    assertThatIllegalArgumentException().isThrownBy(Faults.builder().stall(probability)::build);
  }

  @Test
  void probabilitiesAreNoMoreThan1Together() {
    assertThatIllegalArgumentException()
        .isThrownBy(Faults.builder().cut(0.6).halfOpen(0.6)::build)
        .withMessage("expected a probability of 0 to 1, was 1.2");
  }

  @Test
  void delaysHaveAnOrder() {
    assertThatIllegalArgumentException()
        .isThrownBy(Faults.builder().delay(Duration.ofMillis(2), Duration.ofMillis(1))::build);
  }

  @Test
  void stallsTakeTime() {
    assertThatIllegalArgumentException()
        .isThrownBy(Faults.builder().stallTime(Duration.ZERO)::build);
  }
}
