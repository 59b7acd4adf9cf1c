package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Answer;
import java.io.IOException;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §4: the opening handshake. */
class Rfc6455HandshakeIT extends OverEachCarrier {
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String ACCEPT = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
  private static final String HOST = "Host: localhost";
  private static final String UPGRADE = "Upgrade: websocket";
  private static final String CONNECTION = "Connection: Upgrade";
  private static final String VERSION = "Sec-WebSocket-Version: 13";
  private static final String KEY_LINE = "Sec-WebSocket-Key: " + KEY;

  @Nested
  class Accepted {
    @Test
    void isAnsweredAsInTheRfcAndWithNothingElse() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(request("GET /ws HTTP/1.1", HOST, UPGRADE, CONNECTION, VERSION, KEY_LINE));

        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.header("Upgrade")).isEqualToIgnoringCase("websocket");
        assertThat(answer.header("Connection")).isEqualToIgnoringCase("upgrade");
        assertThat(answer.header("Sec-WebSocket-Accept")).isEqualTo(ACCEPT);
        assertThat(answer.headers())
            .doesNotContainKeys(
                "Sec-WebSocket-Protocol",
                "Sec-WebSocket-Extensions",
                "Sec-WebSocket-Version",
                "Content-Length",
                "Transfer-Encoding");
        assertEchoes(client);
      }
    }

    @ParameterizedTest
    @CsvSource({
      "AAAAAAAAAAAAAAAAAAAAAA==, ICX+Yqv66kxgM0FcWaLWlFLwTAI=",
      "/////////////////////w==, XXpj4jYzLM2yUE0C7TIgMwTQh2g=",
      "x3JJHMbDL1EzLkh9GBhXDw==, HSmrc0sMlYUkAGmm5OPpG2HaGWk=",
      "AQIDBAUGBwgJCgsMDQ4PEC==, OfS0wDaT5NoxF2gqm7Zj2YtetzM=", // §4.1, with bits after the bytes
    })
    void provesThatTheKeyWasRead(String key, String accept) throws Exception {
      try (RawClient client = server.connect()) {
        client.send(
            request(
                "GET /ws HTTP/1.1",
                HOST,
                UPGRADE,
                CONNECTION,
                VERSION,
                "Sec-WebSocket-Key: " + key));

        assertThat(client.readAnswer().header("Sec-WebSocket-Accept")).isEqualTo(accept);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "host: localhost|UPGRADE: WebSocket|cOnNeCtIoN: uPgRaDe|SEC-WEBSOCKET-VERSION: 13",
          "Host: localhost|Upgrade: h2c, websocket|Connection: keep-alive, Upgrade"
              + "|Sec-WebSocket-Version: 13",
          "Host: localhost|Upgrade: h2c|Upgrade: websocket|Connection: keep-alive"
              + "|Connection: Upgrade|Sec-WebSocket-Version: 13",
          "Host: localhost|Upgrade: ,websocket,|Connection: , ,Upgrade"
              + "|Sec-WebSocket-Version: 13",
          "Host:localhost|Upgrade:\twebsocket \t|Connection:Upgrade|Sec-WebSocket-Version:  13\t",
          "Host: [::1]:8080|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Version: 13",
          "Host: localhost|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Version: 13"
              + "|Content-Length: 0",
          "Host: localhost|Upgrade: websocket|Connection: Upgrade|Sec-WebSocket-Version: 13"
              + "|Sec-WebSocket-Extensions: x-unknown; a=\"bc\"; d, x-other"
              + "|Sec-WebSocket-Protocol: chat, superchat|X-Empty:|Cookie: a=b; c=\"d\"",
        })
    void isEveryWayToSayTheSame(String lines) throws Exception {
      try (RawClient client = server.connect()) {
        client.send(request("GET /ws HTTP/1.1", (lines + "|" + KEY_LINE).split("\\|")));

        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.headers())
            .doesNotContainKeys("Sec-WebSocket-Extensions", "Sec-WebSocket-Protocol");
        assertEchoes(client);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/ws?", "/ws?signal-hub=1", "HTTP://other.example/ws", "/%77s"})
    void isItForEveryFormOfTheTarget(String target) throws Exception {
      try (RawClient client = server.connect()) {
        client.send(RawClient.handshake(target));

        assertThat(client.readAnswer().status()).isEqualTo(101);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 64})
    void comesInAnyChunksAndWithTheFirstFrameBehindIt(int chunk) throws Exception {
      try (RawClient client = server.connect()) {
        byte[] handshake = RawClient.handshake("/ws").getBytes(ISO_8859_1);

        client.sendInChunks(chunk, RawClient.join(handshake, RawClient.text("first")));

        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertThat(client.readFrame().text()).isEqualTo("first");
      }
    }

    @Test
    void isPrecededBy100IfTheClientExpectsIt() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(RawClient.handshake("/ws", "Expect: 100-continue"));

        assertThat(client.readAnswer().status()).isEqualTo(100); // RFC 9110 §7.8
        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertEchoes(client);
      }
    }

    @Test
    void choosesASubprotocolOfTheClientsOfferAlsoFromASecondLine() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(
            RawClient.handshake(
                "/ws",
                "Sec-WebSocket-Protocol: chat",
                "Sec-WebSocket-Protocol: superchat, signal-hub.v1"));

        assertThat(client.readAnswer().header("Sec-WebSocket-Protocol")).isEqualTo("signal-hub.v1");
      }
    }
  }

  @Nested
  class Refused {
    /** Lines that replace the valid ones of the same name; {@code -Name} removes a line. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            400 | -Host
            400 | Host:
            400 | Host: a b
            400 | Host: a, b
            400 | Host: user@localhost
            400 | Host: localhost:port
            400 | Host: localhost:65536
            400 | +Host: localhost
            426 | -Upgrade
            426 | Upgrade: websockets
            426 | Upgrade: h2c
            426 | Upgrade: web socket
            426 | Upgrade: websocket;q=1
            400 | -Connection
            400 | Connection: keep-alive
            400 | Connection: Upgraded
            400 | Connection: close
            426 | -Sec-WebSocket-Version
            426 | Sec-WebSocket-Version: 8
            426 | Sec-WebSocket-Version: 12
            426 | Sec-WebSocket-Version: 14
            426 | Sec-WebSocket-Version: 013
            426 | Sec-WebSocket-Version: 13.0
            426 | Sec-WebSocket-Version: abc
            426 | Sec-WebSocket-Version: 256
            426 | Sec-WebSocket-Version: -13
            426 | Sec-WebSocket-Version: 13, 8
            426 | +Sec-WebSocket-Version: 13
            400 | -Sec-WebSocket-Key
            400 | Sec-WebSocket-Key:
            400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ
            400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=
            400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j
            400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZWFi
            400 | Sec-WebSocket-Key: dGhl IHNhbXBsZSBub25jZQ==
            400 | Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==
            400 | Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25j_Q==
            400 | Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==, AAAAAAAAAAAAAAAAAAAAAA==
            400 | +Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==
            400 | +Sec-WebSocket-Protocol:
            400 | +Sec-WebSocket-Protocol: a b
            400 | +Sec-WebSocket-Protocol: chat, chat
            400 | +Sec-WebSocket-Protocol: "chat"
            400 | +Sec-WebSocket-Extensions: ;
            400 | +Sec-WebSocket-Extensions: a; b=
            400 | +Sec-WebSocket-Extensions: a; b="
            400 | +Sec-WebSocket-Extensions: a b
            400 | +Sec-WebSocket-Extensions: a; b="c,d"
            400 | +Content-Length: 5
            400 | +Transfer-Encoding: chunked
            400 | +Transfer-Encoding: gzip
            501 | +Transfer-Encoding: gzip, chunked
            417 | +Expect: 200-ok
            403 | +Origin: http://evil.example
            403 | +Origin: null
            403 | +Origin: http://localhost.evil.example
            """)
    void isWhatMissesOneThing(int status, String change) throws Exception {
      try (RawClient client = server.connect()) {
        client.send(request("GET /ws HTTP/1.1", changed(change)));

        Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(status);
        if (status == 426) { // §4.4, RFC 9110 §15.5.22
          assertThat(answer.header("Upgrade")).isEqualTo("websocket");
          assertThat(answer.header("Connection")).containsIgnoringCase("upgrade");
        }
        if (change.contains("Version")) {
          assertThat(answer.header("Sec-WebSocket-Version")).isEqualTo("13");
        }
        client.assertEnds();
      }
    }

    @Test
    void areTwoOrigins() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(
            RawClient.handshake("/ws", "Origin: http://localhost", "Origin: http://localhost"));

        assertThat(client.readAnswer().status()).isEqualTo(403);
      }
    }

    @ParameterizedTest
    @CsvSource({
      "405, POST /ws HTTP/1.1",
      "405, HEAD /ws HTTP/1.1",
      "501, get /ws HTTP/1.1",
      "501, BREW /ws HTTP/1.1",
      "400, GET /ws HTTP/1.0",
      "505, GET /ws HTTP/2.0",
      "505, GET /ws HTTP/0.9",
      "400, GET /ws#fragment HTTP/1.1",
      "400, GET ws HTTP/1.1",
      "400, GET ws://localhost/ws HTTP/1.1",
      "404, GET /WS HTTP/1.1",
      "404, GET /ws/ HTTP/1.1",
      "404, GET /other HTTP/1.1",
    })
    void isEveryOtherRequestLine(int status, String line) throws Exception {
      try (RawClient client = server.connect()) {
        client.send(request(line, HOST, UPGRADE, CONNECTION, VERSION, KEY_LINE));

        assertThat(client.readAnswerTo(line.split(" ")[0]).status()).isEqualTo(status);
      }
    }

    @Test
    void isAResourceOfHttpsOnAPlainConnection() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(RawClient.handshake("https://localhost/ws"));

        int expected = carrier == Carrier.TLS ? 101 : 421; // RFC 9110 §7.4
        assertThat(client.readAnswer().status()).isEqualTo(expected);
      }
    }

    @Test
    void neverBecomesAWebSocketWhateverFollows() throws Exception {
      try (RawClient client = server.connect()) {
        byte[] request =
            request("GET /ws HTTP/1.1", HOST, UPGRADE, CONNECTION, VERSION).getBytes(ISO_8859_1);

        client.send(RawClient.join(request, RawClient.text("x"), RawClient.frame(0x89, request)));

        assertThat(client.readAnswer().status()).isEqualTo(400);
        client.assertEnds();
      }
    }

    private String[] changed(String change) {
      String lines = String.join("\n", HOST, UPGRADE, CONNECTION, VERSION, KEY_LINE) + "\n";
      if (change.startsWith("+")) {
        return (lines + change.substring(1)).split("\n");
      }
      String name = change.startsWith("-") ? change.substring(1) + ":" : change.split(" ")[0];
      String replacement = change.startsWith("-") ? "" : change + "\n";
      String changed = lines.replaceFirst(name + ".*\n", replacement);
      assertThat(changed).isNotEqualTo(lines);
      return changed.split("\n");
    }
  }

  private static void assertEchoes(RawClient client) throws IOException {
    client.send(RawClient.text("after"));
    assertThat(client.readFrame().text()).isEqualTo("after");
  }

  private static String request(String line, String... fields) {
    return line + "\r\n" + String.join("\r\n", fields) + "\r\n\r\n";
  }
}
