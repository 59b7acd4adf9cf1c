package io.github.signalhub.spi;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import org.junit.jupiter.api.Test;

class HandshakeTest {
  @Test
  void ofACallThatIsRefusedNothingIsKept() {
    Handshake.Builder builder = Handshake.builder();

    assertThatNullPointerException().isThrownBy(() -> builder.topic(null, "x"));
    assertThatNullPointerException().isThrownBy(() -> builder.topic("a", null));

    assertThat(builder.build().starts()).isEmpty();
    assertThat(builder.build().topics()).isEmpty();
  }
}
