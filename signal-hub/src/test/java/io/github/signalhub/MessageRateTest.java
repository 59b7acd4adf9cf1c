package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MessageRateTest {
  private static final long SECOND = 1_000_000_000;

  @ParameterizedTest
  @ValueSource(longs = {0, Long.MAX_VALUE - SECOND, -SECOND})
  void admitsASecondsWorthAtOnceAndNoMore(long start) {
    MessageRate rate = new MessageRate(5, start);

    for (int i = 0; i < 5; i++) {
      assertThat(rate.admit(start)).isTrue();
    }
    assertThat(rate.admit(start)).isFalse();
    assertThat(rate.admit(start + SECOND / 5)).isTrue();
    assertThat(rate.admit(start + SECOND / 5)).isFalse();
  }

  @Test
  void admitsAnEvenPaceForGood() {
    MessageRate rate = new MessageRate(1000, 0);

    for (long i = 0; i < 100_000; i++) {
      assertThat(rate.admit(i * SECOND / 1000)).isTrue();
    }
  }

  @Test
  void savesNoMoreThanASecond() {
    MessageRate rate = new MessageRate(2, 0);
    long later = 3600 * SECOND;

    assertThat(rate.admit(later)).isTrue();
    assertThat(rate.admit(later)).isTrue();
    assertThat(rate.admit(later)).isFalse();
  }
}
