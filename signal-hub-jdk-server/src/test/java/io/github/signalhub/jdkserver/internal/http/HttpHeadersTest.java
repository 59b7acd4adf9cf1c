package io.github.signalhub.jdkserver.internal.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class HttpHeadersTest {
  private final HttpHeaders headers =
      HttpHeaders.of("Connection", " keep-alive ,Upgrade", "X", "", "connection", ",,\tother\t,");

  @Test
  void namesAreFoundInAnyCase() {
    assertThat(headers.first("CONNECTION")).contains(" keep-alive ,Upgrade");
    assertThat(headers.contains("x")).isTrue();
    assertThat(headers.contains("y")).isFalse();
    assertThat(headers.size()).isEqualTo(3);
  }

  @Test
  void listsAreReadOverAllFields() {
    assertThat(headers.list("Connection")).containsExactly("keep-alive", "Upgrade", "other");
    assertThat(headers.list("X")).isEmpty();
    assertThat(headers.list("Y")).isEmpty();
  }

  @Test
  void tokensAreFoundInAnyCaseAndOnlyWhole() {
    assertThat(headers.hasToken("connection", "upgrade")).isTrue();
    assertThat(headers.hasToken("connection", "keep")).isFalse();
  }

  @Test
  void aNameWithoutValueIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> HttpHeaders.of("A", "1", "B"));
  }
}
