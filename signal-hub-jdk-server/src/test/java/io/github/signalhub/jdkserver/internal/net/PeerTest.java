package io.github.signalhub.jdkserver.internal.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import io.github.signalhub.jdkserver.internal.ws.OriginPolicy.RequestScheme;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PeerTest {
  private static final TrustedProxies PROXIES =
      TrustedProxies.of(List.of("10.0.0.0/8", "192.168.1.1", "fd00::/7"));
  private static final InetSocketAddress PROXY = new InetSocketAddress("10.1.2.3", 4000);
  private static final InetSocketAddress STRANGER = new InetSocketAddress("203.0.113.9", 4000);

  @Nested
  class AStranger {
    @Test
    void isNotBelieved() {
      Peer peer = peer(STRANGER, "X-Forwarded-For", "1.2.3.4", "X-Forwarded-Proto", "https");

      assertThat(peer).isEqualTo(new Peer(STRANGER, RequestScheme.UNKNOWN, false));
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
          "6.6.6.6, 203.0.113.7              | 203.0.113.7    | 0", // what the client wrote itself
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
      Peer peer = peer(PROXY, "X-Forwarded-For", "6.6.6.6", "X-Forwarded-For", "203.0.113.7");

      assertThat(peer.address().getHostString()).isEqualTo("203.0.113.7");
      assertThat(peer.forwarded()).isTrue();
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
      Peer peer = peer(PROXY, "Forwarded", field);

      assertThat(peer.address().getAddress())
          .isEqualTo(new InetSocketAddress(address, 0).getAddress());
      assertThat(peer.scheme()).isEqualTo(scheme);
    }

    @Test
    void saysWhichSchemeTheClientUsed() {
      assertThat(peer(PROXY, "X-Forwarded-Proto", "https").scheme()).isEqualTo(RequestScheme.HTTPS);
      assertThat(peer(PROXY, "X-Forwarded-Proto", "https, http").scheme())
          .isEqualTo(RequestScheme.HTTP); // the last one is the proxy's own
      assertThat(peer(PROXY, "X-Forwarded-Proto", "gopher").scheme())
          .isEqualTo(RequestScheme.UNKNOWN);
    }

    @Test
    void thatNamesTwoClientsIsRefused() {
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(
              () -> peer(PROXY, "X-Forwarded-For", "203.0.113.7", "Forwarded", "for=6.6.6.6"))
          .returns(400, HttpException::status);
      assertThat(peer(PROXY, "X-Forwarded-For", "203.0.113.7", "Forwarded", "for=203.0.113.7"))
          .returns(true, Peer::forwarded);
      assertThat(peer(PROXY, "X-Forwarded-For", "203.0.113.7", "Forwarded", "proto=https"))
          .returns(RequestScheme.HTTPS, Peer::scheme);
    }

    @ParameterizedTest
    @ValueSource(strings = {"for=\"6.6.6.6, for=203.0.113.7", "for", "for=a;b"})
    void whoseFieldIsMalformedIsRefused(String field) {
      assertThatExceptionOfType(HttpException.class)
          .isThrownBy(() -> peer(PROXY, "Forwarded", field))
          .returns(400, HttpException::status);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.com", "10.0.0.0/33", "10.0.0", "10.0.0.0/", "::/129", "", "/8"})
  void aRangeThatIsNoneIsRefused(String range) {
    assertThatIllegalArgumentException().isThrownBy(() -> TrustedProxies.of(List.of(range)));
  }

  private static Peer peer(InetSocketAddress remote, String... fields) {
    return Peer.of(HttpHeaders.of(fields), remote, false, PROXIES);
  }
}
