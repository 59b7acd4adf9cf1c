package io.github.signalhub.internal.admission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.internal.admission.OriginPolicy.RequestScheme;
import io.github.signalhub.internal.admission.Requester.Source;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequesterTest {
  private static final TrustedProxies PROXIES =
      TrustedProxies.of(List.of("10.0.0.0/8", "192.168.1.1", "fd00::/7"));
  private static final InetSocketAddress PROXY = new InetSocketAddress("10.1.2.3", 4000);
  private static final InetSocketAddress STRANGER = new InetSocketAddress("203.0.113.9", 4000);

  @Nested
  class AStranger {
    @Test
    void isNotBelieved() {
      Requester peer =
          peer(
              STRANGER,
              "X-Forwarded-For",
              "1.2.3.4",
              "X-Forwarded-Proto",
              "https",
              "X-Forwarded-Host",
              "evil.example",
              "X-Forwarded-Port",
              "81");

      assertThat(peer)
          .isEqualTo(
              new Requester(STRANGER, RequestScheme.UNKNOWN, List.of("hub"), Source.CONNECTION));
    }

    @Test
    void isHeardNotEvenWithContradictions() {
      assertThat(peer(STRANGER, "X-Forwarded-For", "1.2.3.4", "Forwarded", "for=\"").address())
          .isEqualTo(STRANGER);
    }
  }

  @Nested
  class AProxy {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "203.0.113.7                       | 203.0.113.7    | 0",
          "203.0.113.7:99                    | 203.0.113.7    | 99",
          "6.6.6.6, 203.0.113.7              | 203.0.113.7    | 0", // the client's own entry
          "203.0.113.7, 10.9.9.9, 192.168.1.1 | 203.0.113.7   | 0",
          "2001:db8::1                       | 2001:db8::1    | 0",
          "[2001:db8::1]:443                 | 2001:db8::1    | 443",
          "6.6.6.6, unknown                  | 10.1.2.3       | 4000",
          "6.6.6.6, 1.2.3.4:70000            | 10.1.2.3       | 4000",
          "localhost                         | 10.1.2.3       | 4000",
          "10.0.0.1                          | 10.0.0.1       | 0",
        })
    void namesItsClientLast(String field, String address, int port) {
      assertThat(peer(PROXY, "X-Forwarded-For", field).address())
          .isEqualTo(new InetSocketAddress(address, port));
    }

    @Test
    void mayUseSeveralLines() {
      Requester peer = peer(PROXY, "X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "203.0.113.7");

      assertThat(peer.address().getHostString()).isEqualTo("203.0.113.7");
      assertThat(peer.source()).isEqualTo(Source.PROXY);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "for=203.0.113.7;proto=https              | 203.0.113.7 | HTTPS",
          "For=6.6.6.6, PROTO=http;FOR=203.0.113.7  | 203.0.113.7 | HTTP",
          "for=\"[2001:db8::1]:80\";by=_x           | 2001:db8::1 | UNKNOWN",
          "for=\"6.6.6.6, for=7.7.7.7\", for=203.0.113.7 | 203.0.113.7 | UNKNOWN",
          "for=_hidden;proto=https                  | 10.1.2.3    | HTTPS",
        })
    void mayUseTheStandardField(String field, String address, RequestScheme scheme) {
      Requester peer = peer(PROXY, "Forwarded", field);

      assertThat(peer.address().getAddress())
          .isEqualTo(new InetSocketAddress(address, 0).getAddress());
      assertThat(peer.scheme()).isEqualTo(scheme);
    }

    @Test
    void saysWhichSchemeTheClientUsed() {
      assertThat(peer(PROXY, "X-Forwarded-Proto", "https").scheme()).isEqualTo(RequestScheme.HTTPS);
      assertThat(peer(PROXY, "X-Forwarded-Proto", "https, http").scheme())
          .isEqualTo(RequestScheme.HTTP); // the last entry is the proxy's own
      assertThat(peer(PROXY, "X-Forwarded-Proto", "gopher").scheme())
          .isEqualTo(RequestScheme.UNKNOWN);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "X-Forwarded-For: 203.0.113.7, 10.0.0.2 | https, http      | HTTPS",
          "X-Forwarded-For: 203.0.113.7, 10.0.0.2 | https; http      | HTTPS", // two lines
          "X-Forwarded-For: 203.0.113.7, 10.0.0.2 | http, https      | HTTP",
          "X-Forwarded-For: 203.0.113.7, 10.0.0.2 | https            | HTTPS", // passed on
          "X-Forwarded-For: 203.0.113.7           | https, http      | HTTP", // forged or odd
          "X-Forwarded-For: 6.6.6.6, 203.0.113.7  | https, http      | HTTP", // forged
          "X-Forwarded-For: 6.6.6.6, 203.0.113.7, 10.0.0.2 | https, http, https | HTTP",
          "X-Forwarded-For: unknown, 10.0.0.2     | https, http      | HTTPS",
          "X-Other: 1                             | https, http      | HTTP",
        })
    void saysTheSchemeWithTheAddress(String clients, String schemes, RequestScheme scheme) {
      List<String> fields = new ArrayList<>(List.of(clients.split(": ")));
      for (String line : schemes.split("; ")) {
        fields.addAll(List.of("X-Forwarded-Proto", line));
      }

      assertThat(peer(PROXY, fields.toArray(String[]::new)).scheme()).isEqualTo(scheme);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "for=203.0.113.7;proto=https;host=a, for=10.0.0.2;proto=http;host=b | HTTPS | a",
          "for=6.6.6.6;proto=https;host=a, for=203.0.113.7;proto=http;host=b | HTTP | b",
          "for=_hidden;proto=https;host=a, for=10.0.0.2;proto=http;host=b | HTTPS | a",
          "for=203.0.113.7;host=\"a:81\", for=10.0.0.2;proto=https | UNKNOWN | a:81",
          "for=203.0.113.7, for=10.0.0.2;host=b | UNKNOWN | hub",
        })
    void saysSchemeAndHostInTheElementOfTheAddress(
        String field, RequestScheme scheme, String host) {
      Requester peer = peer(PROXY, "Forwarded", field);

      assertThat(peer.scheme()).isEqualTo(scheme);
      assertThat(peer.hosts()).containsExactly(host);
    }

    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        nullValues = "-",
        value = {
          "app.example       | -         | app.example",
          "app.example       | 8443      | app.example;app.example:8443",
          "app.example:8443  | 80        | app.example:8443",
          "[2001:db8::1]     | 8443      | [2001:db8::1];[2001:db8::1]:8443",
          "[2001:db8::1]:81  | 8443      | [2001:db8::1]:81",
          "a, b              | 1, 2      | a;a:1",
          "-                 | 8443      | hub;hub:8443",
          "-                 | -         | hub",
        })
    void saysWhichHostTheClientAskedFor(String host, String port, String hosts) {
      List<String> fields = new ArrayList<>(List.of("X-Forwarded-For", "203.0.113.7, 10.0.0.2"));
      if (host != null) {
        fields.addAll(List.of("X-Forwarded-Host", host));
      }
      if (port != null) {
        fields.addAll(List.of("X-Forwarded-Port", port));
      }

      assertThat(peer(PROXY, fields.toArray(String[]::new)).hosts())
          .containsExactly(hosts.split(";"));
    }
  }

  @Nested
  class TwoFields {
    @Test
    void thatNameTheSameClientAreBelievedAndFillEachOthersGaps() {
      Requester peer =
          peer(
              PROXY,
              "X-Forwarded-For",
              "203.0.113.7",
              "Forwarded",
              "for=203.0.113.7;proto=https;host=app.example");

      assertThat(peer)
          .isEqualTo(
              new Requester(
                  new InetSocketAddress("203.0.113.7", 0),
                  RequestScheme.HTTPS,
                  List.of("app.example"),
                  Source.PROXY));
      assertThat(peer(PROXY, "X-Forwarded-For", "203.0.113.7", "Forwarded", "proto=https"))
          .returns(RequestScheme.HTTPS, Requester::scheme)
          .returns(Source.PROXY, Requester::source);
    }

    @ParameterizedTest
    @ValueSource(strings = {"for=6.6.6.6", "for=6.6.6.6;proto=http;host=evil", "for=\"", "x"})
    void thatContradictEachOtherAreBothNotBelieved(String forwarded) {
      Requester peer =
          peer(
              PROXY,
              "X-Forwarded-For",
              "203.0.113.7",
              "X-Forwarded-Proto",
              "https",
              "X-Forwarded-Host",
              "app.example",
              "Forwarded",
              forwarded);

      assertThat(peer)
          .isEqualTo(
              new Requester(
                  PROXY, RequestScheme.HTTPS, List.of("app.example"), Source.CONTRADICTION));
    }

    @ParameterizedTest
    @ValueSource(strings = {"for=6.6.6.6;proto=http;host=evil", "for=\"", "x"})
    void areOneIfTheProxiesAreKnownToWriteXForwardedFor(String forwarded) {
      Requester peer =
          peer(
              PROXIES.writing(ProxyField.X_FORWARDED),
              "X-Forwarded-For",
              "203.0.113.7",
              "Forwarded",
              forwarded);

      assertThat(peer.address().getHostString()).isEqualTo("203.0.113.7");
      assertThat(peer.hosts()).containsExactly("hub");
      assertThat(peer.scheme()).isEqualTo(RequestScheme.UNKNOWN);
      assertThat(peer(PROXIES.writing(ProxyField.X_FORWARDED), "Forwarded", forwarded).source())
          .isEqualTo(Source.CONNECTION);
    }

    @Test
    void areOneIfTheProxiesAreKnownToWriteForwarded() {
      Requester peer =
          peer(
              PROXIES.writing(ProxyField.FORWARDED),
              "X-Forwarded-For",
              "6.6.6.6",
              "X-Forwarded-Proto",
              "http",
              "X-Forwarded-Host",
              "evil",
              "Forwarded",
              "for=203.0.113.7;proto=https");

      assertThat(peer)
          .isEqualTo(
              new Requester(
                  new InetSocketAddress("203.0.113.7", 0),
                  RequestScheme.HTTPS,
                  List.of("hub"),
                  Source.PROXY));
    }

    @ParameterizedTest
    @ValueSource(strings = {"for=\"6.6.6.6, for=203.0.113.7", "for", "for=a;b"})
    void whoseFieldIsMalformedIsRefused(String field) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> peer(PROXY, "Forwarded", field))
          .withMessage("Forwarded is malformed (RFC 7239 §4)");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.com", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "::/129", "", "/8"})
  void aRangeThatIsNoneIsRefused(String range) {
    assertThatIllegalArgumentException().isThrownBy(() -> TrustedProxies.of(List.of(range)));
  }

  /** Invalid addresses must not become requests to a name server. */
  @ParameterizedTest
  @ValueSource(strings = {"999.1.1.1", "1.2.3.256", "01.2.3.4", "1.2.3", "1.2.3.4.5", "a.b.c.d"})
  void numbersThatAreNoAddressAreNotLookedUp(String text) {
    assertThat(TrustedProxies.parseAddress(text)).isNull();
  }

  private static Requester peer(InetSocketAddress remote, String... fields) {
    return Requester.of(headers(fields), remote, false, PROXIES);
  }

  private static Requester peer(TrustedProxies proxies, String... fields) {
    return Requester.of(headers(fields), PROXY, false, proxies);
  }

  private static FieldLines headers(String... fields) {
    List<String> all = new ArrayList<>(List.of("Host", "hub"));
    all.addAll(List.of(fields));
    return new FieldLines(all);
  }
}
