package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Accepted;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Refused;
import io.github.signalhub.jdkserver.internal.ws.WebSocketHandshake.Result;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebSocketHandshakeTest {
  private static final String RFC_KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String RFC_ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

  private final WebSocketHandshake handshake = new WebSocketHandshake(List.of("chat", "v2.chat"));
  private final Map<String, List<String>> headers =
      new HashMap<>(
          Map.of(
              "host", List.of("server.example.com"),
              "upgrade", List.of("websocket"),
              "connection", List.of("Upgrade"),
              "sec-websocket-key", List.of(RFC_KEY),
              "sec-websocket-version", List.of("13")));

  @Test
  void theExampleOfTheRfcIsAccepted() {
    assertThat(check()).isEqualTo(new Accepted(RFC_ACCEPT, Optional.empty()));
  }

  @Nested
  class RequestLine {
    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "OPTIONS", "CONNECT", "get", "Get", ""})
    void mustHaveTheMethodGet(String method) {
      assertThat(handshake.check(method, "HTTP/1.1", headers, DeflatePolicy.OFF))
          .isEqualTo(
              new Refused(
                  405, "a handshake must be a GET (RFC 6455 §4.2.1)", Map.of("Allow", "GET")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HTTP/1.0", "HTTP/0.9", "HTTP/1", "http/1.1", "HTTP/1.1 ", "HTTP/1.10"})
    void mustHaveAtLeastHttp11(String version) {
      assertThat(handshake.check("GET", version, headers, DeflatePolicy.OFF))
          .isEqualTo(badRequest("a handshake needs HTTP/1.1 or later (RFC 6455 §4.2.1)"));
    }
  }

  @Nested
  class Host {
    @Test
    void mustBeThereOnceAndNotEmpty() {
      Refused refused = badRequest("a handshake must have exactly one Host (RFC 6455 §4.2.1)");

      assertThat(checkWith("host")).isEqualTo(refused);
      assertThat(checkWith("host", "")).isEqualTo(refused);
      assertThat(checkWith("host", "a", "a")).isEqualTo(refused);
    }
  }

  @Nested
  class Body {
    @ParameterizedTest
    @CsvSource({"content-length,5", "content-length,00", "transfer-encoding,chunked"})
    void mustNotBeThere(String name, String value) {
      assertThat(checkWith(name, value))
          .isEqualTo(badRequest("a handshake must have no body (RFC 6455 §4.1)"));
    }

    @Test
    void ofNoBytesMayBeDeclared() {
      assertThat(checkWith("content-length", "0")).isInstanceOf(Accepted.class);
    }
  }

  @Nested
  class Upgrade {
    @ParameterizedTest
    @ValueSource(
        strings = {"WebSocket", "WEBSOCKET", "h2c, websocket", "websocket,foo", " websocket "})
    void mayBeInAnyCaseAndAmongOthers(String value) {
      assertThat(checkWith("upgrade", value)).isInstanceOf(Accepted.class);
    }

    @Test
    void mayHaveSeveralLines() {
      assertThat(checkWith("upgrade", "h2c", "websocket")).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "websockets", "web socket", "websocket/13", "h2c"})
    void mustNameWebSocket(String value) {
      Refused refused = (Refused) checkWith("upgrade", value);

      assertThat(refused.status()).isEqualTo(426);
      assertThat(refused.reason())
          .isEqualTo("a handshake must have Upgrade: websocket (RFC 6455 §4.2.1)");
      assertThat(refused.headers())
          .containsOnly(
              Map.entry("Upgrade", "websocket"),
              Map.entry("Connection", "Upgrade"),
              Map.entry("Sec-WebSocket-Version", "13"));
      assertThat(WebSocketHandshake.isAskedFor(headers)).isFalse();
    }

    @Test
    void isWhatTellsAHandshakeFromOtherRequests() {
      assertThat(WebSocketHandshake.isAskedFor(headers)).isTrue();
      assertThat(WebSocketHandshake.isAskedFor(Map.of())).isFalse();
    }
  }

  @Nested
  class Connection {
    @ParameterizedTest
    @ValueSource(
        strings = {"upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade,keep-alive", ",Upgrade"})
    void mayHaveOtherMembers(String value) {
      assertThat(checkWith("connection", value)).isInstanceOf(Accepted.class);
    }

    @Test
    void mayHaveSeveralLines() {
      assertThat(checkWith("connection", "keep-alive", "Upgrade")).isInstanceOf(Accepted.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "keep-alive", "Upgrades", "keep-alive Upgrade", "close"})
    void mustHaveTheMemberUpgrade(String value) {
      assertThat(checkWith("connection", value))
          .isEqualTo(badRequest("a handshake must have Connection: Upgrade (RFC 6455 §4.2.1)"));
    }
  }

  @Nested
  class Version {
    @ParameterizedTest
    @ValueSource(strings = {"", "8", "12", "14", "013", "13, 8", "13a", "x"})
    void mustBe13(String value) {
      assertVersionRefused(checkWith("sec-websocket-version", value));
    }

    @Test
    void mustBeThereOnce() {
      assertVersionRefused(checkWith("sec-websocket-version"));
      assertVersionRefused(checkWith("sec-websocket-version", "13", "13"));
    }

    private static void assertVersionRefused(Result result) {
      assertThat(result)
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> {
                assertThat(refused.status()).isEqualTo(426);
                assertThat(refused.reason())
                    .isEqualTo("Sec-WebSocket-Version must be 13 (RFC 6455 §4.4)");
                assertThat(refused.headers())
                    .containsEntry("Sec-WebSocket-Version", "13")
                    .containsEntry("Upgrade", "websocket");
              });
    }
  }

  @Nested
  class Key {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "dGhlIHNhbXBsZSBub25jZQ", // no padding
          "dGhlIHNhbXBsZSBub25jZQ=",
          "dGhlIHNhbXBsZSBub25jZQ=A",
          "dGhlIHNhbXBsZSBub25j", // 15 bytes
          "dGhlIHNhbXBsZSBub25jZSE=", // 17 bytes
          "dGhlIHNhbXBsZSBub25jZQ==dGhlIHNhbXBsZSBub25jZQ==",
          "dGhlIHNhbXBsZSBub2-jZQ==", // not the standard alphabet
          "dGhlIHNhbXBs SBub25jZQ==",
          "not base64 at all!!!!!=="
        })
    void mustBe16BytesInBase64(String value) {
      assertKeyRefused(checkWith("sec-websocket-key", value));
    }

    @Test
    void mustBeThereOnce() {
      assertKeyRefused(checkWith("sec-websocket-key"));
      assertKeyRefused(checkWith("sec-websocket-key", RFC_KEY, RFC_KEY));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "AAAAAAAAAAAAAAAAAAAAAA==",
          "/////////////////////w==",
          "++++++++++++++++++++/g==",
          "dGhlIHNhbXBsZSBub25jZR==", // bits after the 16th byte, which have no meaning
          "AQIDBAUGBwgJCgsMDQ4PEC==" // RFC 6455 §4.1
        })
    void mayBeAny16Bytes(String value) {
      assertThat(checkWith("sec-websocket-key", value)).isInstanceOf(Accepted.class);
    }

    private static void assertKeyRefused(Result result) {
      assertThat(result)
          .isEqualTo(
              badRequest(
                  "a handshake must have exactly one Sec-WebSocket-Key, 16 bytes in Base64"
                      + " (RFC 6455 §4.2.1)"));
    }
  }

  @Nested
  class Subprotocol {
    @ParameterizedTest
    @CsvSource(
        delimiter = ';',
        value = {
          "chat; chat",
          "chat, v2.chat; chat",
          "v2.chat,chat; v2.chat",
          "soap, v2.chat; v2.chat",
          ", chat,; chat"
        })
    void isTheFirstOfTheClientsThatTheServerSpeaks(String offered, String chosen) {
      assertThat(checkWith("sec-websocket-protocol", offered))
          .isEqualTo(new Accepted(RFC_ACCEPT, Optional.of(chosen)));
    }

    @Test
    void mayBeOfferedOverSeveralLines() {
      assertThat(checkWith("sec-websocket-protocol", "soap", "chat"))
          .isEqualTo(new Accepted(RFC_ACCEPT, Optional.of("chat")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"soap", "CHAT", "chats"})
    void isLeftOutIfTheServerSpeaksNone(String offered) {
      assertThat(checkWith("sec-websocket-protocol", offered))
          .isEqualTo(new Accepted(RFC_ACCEPT, Optional.empty()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "chat, chat", "a b", "chat/1", "soap;q=1", "\"chat\"", "é"})
    void offersMustBeUniqueTokens(String offered) {
      assertThat(checkWith("sec-websocket-protocol", offered))
          .isEqualTo(
              badRequest("Sec-WebSocket-Protocol must be a list of unique tokens (RFC 6455 §4.1)"));
    }

    @Test
    void ofTheServerMustBeAToken() {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new WebSocketHandshake(List.of("a b")))
          .withMessage("expected a token as the name of a subprotocol (RFC 6455 §4.1), was a b");
    }
  }

  private Result check() {
    return handshake.check("GET", "HTTP/1.1", headers, DeflatePolicy.OFF);
  }

  /** Checks the request with these lines of a field instead of its own. */
  private Result checkWith(String name, String... lines) {
    headers.remove(name);
    if (lines.length > 0) {
      headers.put(name, List.of(lines));
    }
    return check();
  }

  private static Refused badRequest(String reason) {
    return new Refused(400, reason, Map.of());
  }
}
