package io.github.signalhub.jdkserver.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class UpgradeQueryTest {
  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", "&&"})
  void anEmptyQueryAsksForNothing(String query) {
    UpgradeQuery parsed = UpgradeQuery.parse(query);

    assertThat(parsed.topics()).isEmpty();
    assertThat(parsed.after()).isEmpty();
    assertThat(parsed.controlMessages()).isFalse();
  }

  @Test
  void parametersAreDecodedAndKeptInOrder() {
    UpgradeQuery parsed = UpgradeQuery.parse("b=1&a=%E2%82%AC+x&b=2=3&c&%C3%A4=");

    assertThat(parsed.parameters().keySet()).containsExactly("b", "a", "c", "\u00e4");
    assertThat(parsed.parameters().get("a")).containsExactly("\u20ac x");
    assertThat(parsed.parameters().get("b")).containsExactly("1", "2=3");
    assertThat(parsed.parameters().get("c")).containsExactly("");
  }

  @Test
  void theHubsOwnParametersAreRead() {
    UpgradeQuery parsed =
        UpgradeQuery.parse("topic=flow%3A42&topic=ledger&topic=ledger&after=0a-1&signal-hub=1");

    assertThat(parsed.topics()).isEqualTo(List.of("flow:42", "ledger"));
    assertThat(parsed.after()).contains("0a-1");
    assertThat(parsed.controlMessages()).isTrue();
  }

  @Test
  void anEmptyAfterIsNone() {
    assertThat(UpgradeQuery.parse("after=").after()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a=%",
        "a=%4",
        "a=%g1",
        "a=%1g",
        "%ff=1",
        "a=%c3",
        "a=%ed%a0%80",
        "a=%c0%80",
        "topic=",
        "topic",
        "topic=%24hub",
        "topic=$hub",
        "after=1&after=1"
      })
  void whatNobodyMayAskIs400(String query) {
    assertThatExceptionOfType(HttpException.class)
        .isThrownBy(() -> UpgradeQuery.parse(query))
        .returns(400, HttpException::status);
  }

  @Test
  void topicsHaveLimits() {
    UpgradeQuery.parse("topic=a&".repeat(128));
    UpgradeQuery.parse("topic=" + "x".repeat(255));

    assertThatExceptionOfType(HttpException.class)
        .isThrownBy(() -> UpgradeQuery.parse("topic=a&".repeat(129)))
        .withMessage("expected at most 128 topics");
    assertThatExceptionOfType(HttpException.class)
        .isThrownBy(() -> UpgradeQuery.parse("topic=" + "x".repeat(256)));
  }
}
