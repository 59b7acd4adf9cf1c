package io.github.signalhub.jdkserver.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RateLimitTest {
  private static final long SECOND = 1_000_000_000;

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - SECOND, -SECOND})
  void admitsASecondsWorthAtOnceAndNoMore(long start) {
    RateLimit limit = new RateLimit(5, start);

    for (int i = 0; i < 5; i++) {
      assertThat(limit.admits(start)).isTrue();
    }
    assertThat(limit.admits(start)).isFalse();
    assertThat(limit.admits(start + SECOND / 5)).isTrue();
    assertThat(limit.admits(start + SECOND / 5)).isFalse();
  }

  @Test
  void admitsAnEvenPaceForGood() {
    RateLimit limit = new RateLimit(1000, 0);

    for (long i = 0; i < 100_000; i++) {
      assertThat(limit.admits(i * SECOND / 1000)).isTrue();
    }
  }

  @Test
  void savesNoMoreThanASecond() {
    RateLimit limit = new RateLimit(2, 0);
    long later = 3600 * SECOND;

    assertThat(limit.admits(later)).isTrue();
    assertThat(limit.admits(later)).isTrue();
    assertThat(limit.admits(later)).isFalse();
  }
}
