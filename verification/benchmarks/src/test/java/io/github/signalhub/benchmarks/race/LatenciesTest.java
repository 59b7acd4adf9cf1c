package io.github.signalhub.benchmarks.race;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatenciesTest {
  private final Latencies latencies = new Latencies();

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 64, 65, 127, 128, 1_000, 65_535, 65_536, 999_999_937L})
  void durationIsKeptToWithinTwoPercentAndNeverShortened(long nanos) {
    latencies.record(nanos);

    assertThat(latencies.nanosAt(1)).isGreaterThanOrEqualTo(nanos);
    assertThat((double) latencies.nanosAt(1)).isCloseTo(nanos, withinPercentage(2));
  }

  @Test
  void shareIsCountedFromTheShortest() {
    for (int i = 1; i <= 1_000; i++) {
      latencies.record(i * 1_000_000L);
    }

    assertThat((double) latencies.nanosAt(0.5)).isCloseTo(500e6, withinPercentage(2));
    assertThat((double) latencies.nanosAt(0.99)).isCloseTo(990e6, withinPercentage(2));
    assertThat((double) latencies.nanosAt(0.999)).isCloseTo(999e6, withinPercentage(2));
  }

  @Test
  void durationsOutOfRangeCountAsTheNearestOne() {
    latencies.record(-5);
    assertThat(latencies.nanosAt(1)).isZero();

    latencies.record(Long.MAX_VALUE);
    assertThat(latencies.nanosAt(1)).isEqualTo((1L << 36) - 1);
  }

  @Test
  void nothingRecordedIsZero() {
    assertThat(latencies.nanosAt(0.99)).isZero();
  }
}
