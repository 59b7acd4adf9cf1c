package io.github.signalhub.internal.logger;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LogTextTest {
  @Test
  void isEscapedWhereItCouldForgeALine() {
    assertThat(LogText.of("a\r\nb\u001b[2Jc\u0000\u007f"))
        .isEqualTo("a\\u000d\\u000ab\\u001b[2Jc\\u0000\\u007f");
    assertThat(LogText.of("a\u0085\u009b\u2028\u2029")).isEqualTo("a\\u0085\\u009b\\u2028\\u2029");
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
