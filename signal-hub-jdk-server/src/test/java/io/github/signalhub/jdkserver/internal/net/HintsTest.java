package io.github.signalhub.jdkserver.internal.net;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** What goes into a log because of what a peer said: how often, and in which characters. */
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

  @Nested
  class Text {
    @Test
    void isEscapedWhereItCouldForgeALine() {
      assertThat(LogText.of("a\r\nb\u001b[2Jc\u0000\u007f"))
          .isEqualTo("a\\u000d\\u000ab\\u001b[2Jc\\u0000\\u007f");
      assertThat(LogText.of("a\u0085\u009b\u2028\u2029"))
          .isEqualTo("a\\u0085\\u009b\\u2028\\u2029");
      assertThat(LogText.of("a\u202eb\u2066c\u200fd\u061c"))
          .isEqualTo("a\\u202eb\\u2066c\\u200fd\\u061c");
      assertThat(LogText.of("C:\\u000d")).isEqualTo("C:\\\\u000d");
    }

    @Test
    void isLeftAsItIsOtherwise() {
      assertThat(LogText.of("https://ex\u00e4mple.com:81 \u20ac {0} {}"))
          .isEqualTo("https://ex\u00e4mple.com:81 \u20ac {0} {}");
    }

    @Test
    void keepsWholeCharactersAndIsShort() {
      assertThat(LogText.of("\ud83d\ude00\ud83d")).isEqualTo("\ud83d\ude00\\ud83d");
      assertThat(LogText.of("x".repeat(10_000))).hasSize(201).endsWith("\u2026");
    }
  }
}
