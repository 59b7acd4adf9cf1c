package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class WebSocketLimitsTest {
  @Test
  void defaultsAreAMebibyteIn131072Fragments() {
    assertThat(WebSocketLimits.DEFAULT).isEqualTo(new WebSocketLimits(1_048_576, 131_072));
  }

  @Test
  void limitsOutOfTheirRangeAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WebSocketLimits(0, 1))
        .withMessage("expected maxClientMessageBytes of 1 to 1073741824, was 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WebSocketLimits((1 << 30) + 1, 1))
        .withMessage("expected maxClientMessageBytes of 1 to 1073741824, was 1073741825");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new WebSocketLimits(1, 0))
        .withMessage("expected maxFragments of at least 1, was 0");
  }
}
