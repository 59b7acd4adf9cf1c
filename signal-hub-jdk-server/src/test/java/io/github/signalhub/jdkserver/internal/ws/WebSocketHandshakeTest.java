package io.github.signalhub.jdkserver.internal.ws;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.internal.http.HttpException;
import io.github.signalhub.jdkserver.internal.http.HttpHeaders;
import io.github.signalhub.jdkserver.internal.http.HttpVersion;
import io.github.signalhub.jdkserver.internal.http.RequestHead;
import io.github.signalhub.jdkserver.internal.ws.DeflateParameters.Policy;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
    assertThat(handshake().acceptValue()).isEqualTo(RFC_ACCEPT);
  }

  @Nested
  class RequestLine {
    @ParameterizedTest
    @ValueSource(strings = {"POST", "HEAD", "OPTIONS", "CONNECT", "get", "Get", ""})
    void mustHaveTheMethodGet(String method) {
      assertThat(check(method, HttpVersion.HTTP_1_1))
          .contains(
              new Refusal(
                  405, "a handshake must be a GET (RFC 6455 §4.2.1)", Map.of("Allow", "GET")));
    }

    @Test
    void mustHaveAtLeastHttp11() {
      assertThat(check("GET", HttpVersion.HTTP_1_0))
          .contains(badRequest("a handshake needs HTTP/1.1 or later (RFC 6455 §4.2.1)"));
    }
  }

  @Nested
  class Host {
    @Test
    void mustBeThereOnceAndNotEmpty() {
      Refusal refused = badRequest("a handshake must have exactly one Host (RFC 6455 §4.2.1)");

      assertThat(checkWith("host")).contains(refused);
      assertThat(checkWith("host", "")).contains(refused);
      assertThat(checkWith("host", "a", "a")).contains(refused);
    }
  }

  @Nested
  class Body {
    @ParameterizedTest
    @CsvSource({"content-length,5", "content-length,00", "transfer-encoding,chunked"})
    void mustNotBeThere(String name, String value) {
      assertThat(checkWith(name, value))
          .contains(badRequest("a handshake must have no body (RFC 6455 §4.1)"));
    }

    @Test
    void ofNoBytesMayBeDeclared() {
      assertThat(checkWith("content-length", "0")).isEmpty();
    }
  }

  @Nested
  class Upgrade {
    @ParameterizedTest
    @ValueSource(
        strings = {"WebSocket", "WEBSOCKET", "h2c, websocket", "websocket,foo", " websocket "})
    void mayBeInAnyCaseAndAmongOthers(String value) {
      assertThat(checkWith("upgrade", value)).isEmpty();
    }

    @Test
    void mayHaveSeveralLines() {
      assertThat(checkWith("upgrade", "h2c", "websocket")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "websockets", "web socket", "websocket/13", "h2c"})
    void mustNameWebSocket(String value) {
      Refusal refused = checkWith("upgrade", value).orElseThrow();

      assertThat(refused.status()).isEqualTo(426);
      assertThat(refused.reason())
          .isEqualTo("a handshake must have Upgrade: websocket (RFC 6455 §4.2.1)");
      assertThat(refused.fields())
          .containsOnly(
              Map.entry("Upgrade", "websocket"),
              Map.entry("Connection", "Upgrade"),
              Map.entry("Sec-WebSocket-Version", "13"));
      assertThat(WebSocketHandshake.isAskedFor(fields())).isFalse();
    }

    @Test
    void isWhatTellsAHandshakeFromOtherRequests() {
      assertThat(WebSocketHandshake.isAskedFor(fields())).isTrue();
      assertThat(WebSocketHandshake.isAskedFor(HttpHeaders.EMPTY)).isFalse();
    }
  }

  @Nested
  class Connection {
    @ParameterizedTest
    @ValueSource(
        strings = {"upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade,keep-alive", ",Upgrade"})
    void mayHaveOtherMembers(String value) {
      assertThat(checkWith("connection", value)).isEmpty();
    }

    @Test
    void mayHaveSeveralLines() {
      assertThat(checkWith("connection", "keep-alive", "Upgrade")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "keep-alive", "Upgrades", "keep-alive Upgrade", "close"})
    void mustHaveTheMemberUpgrade(String value) {
      assertThat(checkWith("connection", value))
          .contains(badRequest("a handshake must have Connection: Upgrade (RFC 6455 §4.2.1)"));
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

    private static void assertVersionRefused(Optional<Refusal> result) {
      assertThat(result)
          .hasValueSatisfying(
              refused -> {
                assertThat(refused.status()).isEqualTo(426);
                assertThat(refused.reason())
                    .isEqualTo("Sec-WebSocket-Version must be 13 (RFC 6455 §4.4)");
                assertThat(refused.fields())
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
      assertThat(checkWith("sec-websocket-key", value)).isEmpty();
    }

    private static void assertKeyRefused(Optional<Refusal> result) {
      assertThat(result)
          .contains(
              badRequest(
                  "a handshake must have exactly one Sec-WebSocket-Key, 16 bytes in Base64"
                      + " (RFC 6455 §4.2.1)"));
    }
  }

  @Nested
  class Subprotocol {
    @ParameterizedTest
    @ValueSource(strings = {"chat", "chat, v2.chat", "v2.chat,chat", ", chat,", "CHAT, chat"})
    void offersMayBeAnyList(String offered) {
      assertThat(checkWith("sec-websocket-protocol", offered)).isEmpty();
    }

    @Test
    void mayBeOfferedOverSeveralLines() {
      assertThat(checkWith("sec-websocket-protocol", "soap", "chat")).isEmpty();
      assertThat(checkWith("sec-websocket-protocol", "chat", "chat")).isPresent();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "chat, chat", "a b", "chat/1", "soap;q=1", "\"chat\"", "é"})
    void offersMustBeUniqueTokens(String offered) {
      assertThat(checkWith("sec-websocket-protocol", offered))
          .contains(
              badRequest("Sec-WebSocket-Protocol must be a list of unique tokens (RFC 6455 §4.1)"));
    }
  }

  @Nested
  class Response {
    @Test
    void isThatOfTheRfc() {
      assertThat(response(Optional.of("chat")))
          .isEqualTo(
              """
              HTTP/1.1 101 Switching Protocols\r
              Upgrade: websocket\r
              Connection: Upgrade\r
              Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r
              Sec-WebSocket-Protocol: chat\r
              \r
              """);
    }

    @Test
    void namesNoSubprotocolWhereNoneWasAgreedOn() {
      headers.put("sec-websocket-protocol", List.of("chat"));

      assertThat(response(Optional.empty())).doesNotContain("Sec-WebSocket-Protocol");
    }

    @Test
    void namesWhatWasAgreedOnForCompression() {
      headers.put("sec-websocket-extensions", List.of("permessage-deflate"));

      assertThat(response(Optional.empty()))
          .contains(
              "\r\nSec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover\r\n");
    }

    @Test
    void comesAfterThe100ThatTheClientExpects() {
      headers.put("expect", List.of("100-continue"));

      assertThat(response(Optional.empty()))
          .startsWith("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 101 Switching Protocols\r\n");
    }

    private String response(Optional<String> subprotocol) {
      return new String(handshake().response(subprotocol), StandardCharsets.ISO_8859_1);
    }
  }

  private record Refusal(int status, String reason, Map<String, String> fields) {}

  private WebSocketHandshake handshake() {
    return WebSocketHandshake.of(head("GET", HttpVersion.HTTP_1_1), Policy.ANY_OFFER);
  }

  private Optional<Refusal> check(String method, HttpVersion version) {
    try {
      WebSocketHandshake.of(head(method, version), Policy.OFF);
      return Optional.empty();
    } catch (HttpException e) {
      return Optional.of(new Refusal(e.status(), e.getMessage(), e.fields()));
    }
  }

  /** Checks the request with these lines of a field in the place of its own. */
  private Optional<Refusal> checkWith(String name, String... lines) {
    headers.remove(name);
    if (lines.length > 0) {
      headers.put(name, List.of(lines));
    }
    return check("GET", HttpVersion.HTTP_1_1);
  }

  private RequestHead head(String method, HttpVersion version) {
    return new RequestHead(method, "/ws", version, fields(), URI.create("/ws"));
  }

  private HttpHeaders fields() {
    List<String> namesAndValues = new ArrayList<>();
    headers.forEach(
        (name, lines) ->
            lines.forEach(
                value -> {
                  namesAndValues.add(name);
                  namesAndValues.add(value);
                }));
    return HttpHeaders.of(namesAndValues.toArray(String[]::new));
  }

  private static Refusal badRequest(String reason) {
    return new Refusal(400, reason, Map.of());
  }
}
