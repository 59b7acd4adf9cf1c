package io.github.signalhub.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The limit on log lines with a text of a peer. */
class HintsTest {
  @Nested
  class FirstTime {
    private long nanos = -5;
    private final FirstTimes times = new FirstTimes(() -> nanos);

    @Test
    void isToldOnce() {
      assertThat(times.isFirst("a")).isTrue();
      assertThat(times.isFirst("a")).isFalse();
      assertThat(times.isFirst("b")).isTrue();
    }

    @Test
    void isToldOfNoMoreThanAHundredAnHour() {
      long told = IntStream.range(0, 100_000).filter(i -> times.isFirst("a" + i)).count();
      assertThat(told).isEqualTo(FirstTimes.MOST);

      nanos += TimeUnit.HOURS.toNanos(1) - 1;
      assertThat(times.isFirst("new")).isFalse();
      nanos++;

      assertThat(times.isFirst("new")).isTrue();
    }
  }
}
