package io.github.signalhub.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FaultsTest {
  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1.1, Double.NaN})
  void probabilitiesAreFrom0To1(double probability) {
    Faults.Builder faults = Faults.builder();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> faults.cut(probability))
        .withMessage("expected cut of 0 to 1, was " + probability);
    assertThatIllegalArgumentException().isThrownBy(() -> faults.stall(probability));
    assertThatIllegalArgumentException().isThrownBy(() -> faults.partialWrite(probability));
    assertThatIllegalArgumentException().isThrownBy(() -> faults.halfOpen(probability));
  }

  @Test
  void probabilitiesAreNoMoreThan1Together() {
    assertThatIllegalArgumentException()
        .isThrownBy(Faults.builder().cut(0.6).halfOpen(0.6)::build)
        .withMessage(
            "expected the sum of stall, partialWrite, cut and halfOpen of 0 to 1, was 1.2");
  }

  @Test
  void delaysHaveAnOrder() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Faults.builder().delay(Duration.ofMillis(2), Duration.ofMillis(1)))
        .withMessage("expected greatest delay of PT0.002S to 292 years, was PT0.001S");
  }

  @Test
  void stallsTakeTimeAndPartialWritesBytes() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Faults.builder().stallTime(Duration.ZERO))
        .withMessage("expected stallTime of PT0.000000001S to 292 years, was PT0S");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Faults.builder().partialBytes(0))
        .withMessage("expected partialBytes of at least 1, was 0");
  }

  @Test
  void faultsAreEqualIfAllSettingsAreAndPrintThem() {
    assertThat(Faults.builder().build()).isEqualTo(Faults.NONE).hasSameHashCodeAs(Faults.NONE);
    assertThat(Faults.builder().cut(0.1).build()).isNotEqualTo(Faults.NONE);
    assertThat(Faults.NONE)
        .hasToString(
            "Faults[stall=0.0, partialWrite=0.0, cut=0.0, halfOpen=0.0, stallTime=PT2S,"
                + " partialBytes=200, minDelay=PT0S, maxDelay=PT0S]");
  }
}
