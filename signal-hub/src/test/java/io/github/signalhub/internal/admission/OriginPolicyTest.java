package io.github.signalhub.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.internal.admission.OriginPolicy.RequestScheme;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class OriginPolicyTest {
  private final OriginPolicy policy = OriginPolicy.sameOrigin();

  @Nested
  class SameOrigin {
    @ParameterizedTest
    @CsvSource({
      "http://example.com,          example.com",
      "http://example.com,          example.com:80",
      "http://example.com:80,       example.com",
      "http://example.com,          example.com:",
      "https://example.com,         example.com",
      "https://example.com,         example.com:443",
      "https://example.com:8443,    example.com:8443",
      "http://localhost:8080,       localhost:8080",
      "HTTP://Example.COM,          eXAMPLE.com",
      "http://127.0.0.1:8080,       127.0.0.1:8080",
      "http://[::1]:8080,           [::1]:8080",
      "http://[2001:DB8::1],        [2001:db8::1]:80"
    })
    void admitsPagesFromTheHostAndPortTheyConnectTo(String origin, String host) {
      assertThat(policy.admits(List.of(origin), List.of(host), RequestScheme.UNKNOWN)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
      "http://evil.com,             example.com",
      "http://example.com.evil.com, example.com",
      "http://notexample.com,       example.com",
      "http://sub.example.com,      example.com",
      "http://example.com.,         example.com",
      "http://example.com:8080,     example.com",
      "http://example.com,          example.com:8080",
      "http://example.com,          example.com:443",
      "https://example.com,         example.com:80",
      "http://[::1],                [::2]",
      "http://example.com,          ''",
      "http://example.com,          example.com:x",
      "http://example.com,          example.com:99999",
      "ftp://example.com:21,        example.com:21",
      "chrome-extension://abc:80,   abc:80"
    })
    void refusesAllOthers(String origin, String host) {
      assertThat(policy.admits(List.of(origin), List.of(host), RequestScheme.UNKNOWN)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
      "http://example.com:8080,  HTTP,  true",
      "http://example.com:8080,  HTTPS, false",
      "https://example.com:8080, HTTPS, true",
      "https://example.com:8080, HTTP,  false"
    })
    void comparesTheSchemeWhereItIsKnown(String origin, RequestScheme scheme, boolean admitted) {
      assertThat(policy.admits(List.of(origin), List.of("example.com:8080"), scheme))
          .isEqualTo(admitted);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "null",
          "*",
          "example.com",
          "//example.com",
          "http:example.com",
          "http://",
          "http://example.com/",
          "http://example.com/path",
          "http://user@example.com",
          "http://example.com:",
          "http://example.com:0",
          "http://example.com:65536",
          "http://example.com:080000",
          "http://example.com:-80",
          "http://exa mple.com",
          " http://example.com",
          "http://example.com\n",
          "http://[::1",
          "http://::1",
          "http://example.com http://example.com",
          "1http://example.com"
        })
    void refusesWhatIsNoOrigin(String origin) {
      assertThat(policy.admits(List.of(origin), List.of("example.com"), RequestScheme.UNKNOWN))
          .isFalse();
    }
  }

  @Nested
  class AllowList {
    private final OriginPolicy policy =
        OriginPolicy.sameOriginOr(List.of("https://app.example", "chrome-extension://abc"));

    @ParameterizedTest
    @CsvSource({
      "https://app.example,      true",
      "https://APP.example:443,  true",
      "chrome-extension://abc,   true",
      "http://hub.example,       true",
      "http://app.example,       false",
      "https://app.example:444,  false",
      "https://x.app.example,    false",
      "chrome-extension://abcd,  false"
    })
    void admitsExactlyItsOriginsAndTheSameOne(String origin, boolean admitted) {
      assertThat(policy.admits(List.of(origin), List.of("hub.example"), RequestScheme.HTTP))
          .isEqualTo(admitted);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "*",
          "NULL",
          "",
          "app.example",
          "*.example",
          "https://app.example/",
          "https://*",
          "https://*.",
          "https://*:*",
          "https://*example.org",
          "https://a.*.example.org",
          "https://*.*.example.org",
          "*://example.org",
          "https://example.org:80*",
          "https://example.org:80:*",
          "file:///",
          "file://*",
          "https://app.example:0",
          "https://app.example:65536"
        })
    void takesNothingButOrigins(String origin) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OriginPolicy.sameOriginOr(List.of(origin)))
          .withMessage(
              "expected allowedOrigins such as https://example.com, https://*.example.com,"
                  + " http://localhost:*, file:// or null, was "
                  + origin);
    }
  }

  @Nested
  class Patterns {
    @ParameterizedTest
    @CsvSource({
      "https://*.example.org, https://a.example.org, true",
      "https://*.example.org, https://A.B.EXAMPLE.org:443, true",
      "https://*.example.org, https://example.org, false",
      "https://*.example.org, https://aexample.org, false",
      "https://*.example.org, https://a.example.org.evil.com, false",
      "https://*.example.org, https://a.example.org., false",
      "https://*.example.org, http://a.example.org, false",
      "https://*.example.org, https://a.example.org:444, false",
      "https://*.example.org, https://.example.org, true", // no browser has such a page
      "http://localhost:*, http://localhost, true",
      "http://localhost:*, http://localhost:5173, true",
      "http://localhost:*, https://localhost:5173, false",
      "http://localhost:*, http://a.localhost:5173, false",
      "http://localhost:*, http://localhost.evil.com:5173, false",
      "http://[::1]:*, http://[::1]:5173, true",
      "http://[::1]:*, http://[::2]:5173, false",
      "https://*.example.org:*, https://a.example.org:8443, true",
      "https://*.example.org:*, https://example.org:8443, false",
      "https://*.example.org:8443, https://a.example.org:8443, true",
      "https://*.example.org:8443, https://a.example.org, false",
      "capacitor://localhost, capacitor://localhost, true",
      "capacitor://localhost, ionic://localhost, false",
      "capacitor://localhost, capacitor://localhost:80, false",
      "file://, file://, true",
      "file://, null, false",
      "null, null, true",
      "null, file://, false",
      "null, '', false",
      "null, http://evil.com, false",
    })
    void admitWhatTheySay(String allowed, String origin, boolean admitted) {
      OriginPolicy policy = OriginPolicy.sameOriginOr(List.of(allowed));

      assertThat(policy.admits(List.of(origin), List.of("hub.example"), RequestScheme.UNKNOWN))
          .isEqualTo(admitted);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "https://hub.example:8443, true",
    "https://hub.example,      true",
    "http://hub.example:443,   false",
    "https://other.example,    false",
  })
  void anyOfTheHostsOfARequestWillDo(String origin, boolean admitted) {
    List<String> hosts = List.of("hub.example", "hub.example:8443");

    assertThat(policy.admits(List.of(origin), hosts, RequestScheme.HTTPS)).isEqualTo(admitted);
  }

  @ParameterizedTest
  @CsvSource({"null, true", "file://, true", "https://a, true", "a, false", "https://*.a, false"})
  void aListCanAllowOnlyWhatIsAnOrigin(String origin, boolean can) {
    assertThat(OriginPolicy.canAllow(origin)).isEqualTo(can);
  }

  @ParameterizedTest
  @EnumSource
  void aClientThatSendsNoOriginIsNoBrowser(RequestScheme scheme) {
    assertThat(policy.admits(List.of(), List.of("example.com"), scheme)).isTrue();
  }

  @Test
  void twoOriginsAreRefusedByEveryPolicy() {
    List<String> twice = List.of("http://example.com", "http://example.com");

    assertThat(policy.admits(twice, List.of("example.com"), RequestScheme.HTTP)).isFalse();
    assertThat(OriginPolicy.any().admits(twice, List.of("example.com"), RequestScheme.HTTP))
        .isFalse();
  }

  @Test
  void anyAdmitsEveryPage() {
    assertThat(OriginPolicy.any().admits(List.of("null"), List.of("a"), RequestScheme.HTTPS))
        .isTrue();
    assertThat(OriginPolicy.any().admits(List.of("http://b"), List.of("a"), RequestScheme.HTTPS))
        .isTrue();
  }
}
