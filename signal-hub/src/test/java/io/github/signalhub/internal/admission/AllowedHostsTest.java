package io.github.signalhub.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AllowedHostsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "LOCALHOST:8080",
        "localhost.",
        "127.0.0.1",
        "127.0.0.1:8080",
        "192.168.1.7:80",
        "[::1]",
        "[::1]:8080",
        "[2001:DB8::1]:",
        "", // no browser omits it
      })
  void whatCannotBeReboundIsAlwaysAllowed(String host) {
    assertThat(AllowedHosts.LOCAL.admits(host)).isTrue();
    assertThat(AllowedHosts.of(List.of("example.com")).admits(host)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "evil.example",
        "evil.example:8080",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "evil-localhost",
        "a.localhost",
        "1.2.3.4.5",
        "1.2.3.999",
        "[evil]",
        "[::1",
      })
  void everythingElseIsNotAllowedAtALoopbackAddress(String host) {
    assertThat(AllowedHosts.LOCAL.admits(host)).isFalse();
    assertThat(AllowedHosts.ANY.admits(host)).isTrue();
  }

  @Test
  void eachHostIsJudgedByItselfWhicheverWasAllowedBefore() {
    AllowedHosts hosts = AllowedHosts.of(List.of("example.com"));

    assertThat(hosts.admits("example.com")).isTrue();
    assertThat(hosts.admits("evil.example")).isFalse();
    assertThat(hosts.admits("evil.example")).isFalse();
    assertThat(hosts.admits("example.com")).isTrue();
    assertThat(hosts.admits("example.com.evil")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "example.com,        true",
    "EXAMPLE.com.:8080,  true",
    "sub.example.com,    false",
    "example.org,        false",
    "a.example.org,      true",
    "a.b.Example.Org:81, true",
    "aexample.org,       false",
    "a.example.org.evil, false",
  })
  void namesAndSubdomainsAreAllowedAsListed(String host, boolean allowed) {
    AllowedHosts hosts = AllowedHosts.of(List.of("Example.com", "*.example.org"));

    assertThat(hosts.admits(host)).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "*", "*.", "a:80", "http://a", "a/", "a.*", "*a", "a..b", ".a", "a.", "[::1]"})
  void whatIsNoNameIsRefused(String name) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> AllowedHosts.of(List.of(name)))
        .withMessage(
            "expected allowedHosts such as example.com or *.example.com, without a port, was "
                + name);
  }

  @Test
  void theNameAloneIsWhatCounts() {
    assertThat(AllowedHosts.name("A.Example:80")).isEqualTo("a.example");
    assertThat(AllowedHosts.name("[::1]:80")).isEqualTo("::1");
  }
}
