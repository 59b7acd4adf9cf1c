package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.RawClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 from outside, section by section: bytes to a real server that echoes messages. */
@Timeout(60)
class ConformanceIT {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  private static SignalServer server;

  @BeforeAll
  static void start() throws IOException {
    server =
        SignalServer.builder(new EchoRegistrar())
            .port(0)
            .loops(1)
            .paths("/", "/ws")
            .maxMessageBytes(MAX_MESSAGE_BYTES)
            .start();
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  @Nested
  class Section4Handshake {
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "101 | Upgrade: websocket             | Upgrade: WEBSOCKET",
          "101 | Upgrade: websocket             | Upgrade: foo/1, websocket",
          "101 | Connection: Upgrade            | Connection: keep-alive, uPgrAde",
          "426 | Upgrade: websocket             | Upgrade: h2c",
          "400 | Connection: Upgrade            | Connection: keep-alive",
          "400 | Connection: Upgrade            | Connection: Upgraded",
          "400 | Host: localhost                | X: localhost",
          "400 | Host: localhost                | Host: a~Host: b",
          "400 | Host: localhost                | Host: a b",
          "426 | Sec-WebSocket-Version: 13      | Sec-WebSocket-Version: 8",
          "426 | Sec-WebSocket-Version: 13      | Sec-WebSocket-Version: 013",
          "426 | Sec-WebSocket-Version: 13      | X: 13",
          "400 | dGhlIHNhbXBsZSBub25jZQ==       | dGhlIHNhbXBsZSBub25jZQ",
          "400 | dGhlIHNhbXBsZSBub25jZQ==       | dGhlIHNhbXBsZSBub25jZR==",
          "400 | dGhlIHNhbXBsZSBub25jZQ==       | YQ==",
          "400 | Host: localhost                | Host: localhost~Content-Length: 5",
          "400 | Host: localhost                | Host: localhost~Transfer-Encoding: chunked",
          "400 | Host: localhost                | Host : localhost",
          "400 | Host: localhost                | Host: localhost~ folded",
          "405 | GET                            | POST",
          "400 | HTTP/1.1                       | HTTP/1.0",
          "403 | Host: localhost                | Host: localhost~Origin: http://evil.example",
          "403 | Host: localhost | Host: localhost~Origin: http://localhost~Origin: http://localhost",
          "404 | /ws                            | /elsewhere",
        })
    void isJudgedByItsRules(int status, String replaced, String by) throws Exception {
      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws").replace(replaced, by.replace("~", "\r\n")));

        assertThat(client.readAnswer().status()).isEqualTo(status);
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/ws", "/ws?x=1", "http://localhost/ws"})
    void mayBeForAnyOfThePaths(String target) throws Exception {
      RawClient.webSocket(server.port(), target).close();
    }
  }

  @Nested
  class Section52Framing {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125, 126, 127, 65_535, 65_536, 300_000, MAX_MESSAGE_BYTES})
    void carriesEveryLength(int length) throws Exception {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) '*');
      try (RawClient client = open()) {
        for (int opcode : new int[] {1, 2}) {
          client.send(RawClient.frame(0x80 | opcode, payload));

          Frame echo = client.readFrame();
          assertThat(echo.opcode()).isEqualTo(opcode);
          assertThat(echo.payload()).isEqualTo(payload);
        }
        assertCloses(client);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0xC1, 0xA1, 0x91, 0xB1, 0xD1, 0xE1, 0xF1, 0xC2, 0xA9, 0xC8})
    void hasNoReservedBits(int firstByte) throws Exception {
      assertFailsAfterAnEcho(RawClient.frame(firstByte, new byte[0]), 1002);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x83, 0x84, 0x85, 0x86, 0x87, 0x8B, 0x8C, 0x8D, 0x8E, 0x8F, 0x03, 0x0B})
    void hasNoReservedOpcodes(int firstByte) throws Exception {
      assertFailsAfterAnEcho(RawClient.frame(firstByte, new byte[0]), 1002);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "81 05 68 65 6c 6c 6f", // §5.1: not masked
          "81 fe 00 7d 00 00 00 00", // 125 in two bytes
          "82 ff 00 00 00 00 00 00 ff ff 00 00 00 00", // 65,535 in eight
          "82 ff 80 00 00 00 00 00 00 01 00 00 00 00", // 64 bits
        })
    void failsAtItsHeader(String header) throws Exception {
      assertFailsAfterAnEcho(RawClient.hex(header), 1002);
    }

    @Test
    void ofMoreThanTheLimitFailsAtItsHeader() throws Exception {
      assertFailsAfterAnEcho(RawClient.hex("82 ff 00 00 00 00 00 10 00 01 00 00 00 00"), 1009);
      assertFailsAfterAnEcho(RawClient.hex("82 ff 7f ff ff ff ff ff ff ff 00 00 00 00"), 1009);
    }
  }

  @Nested
  class Section54Fragmentation {
    @Test
    void joinsFragmentsAroundControlFrames() throws Exception {
      try (RawClient client = open()) {
        client.send(RawClient.frame(0x01, "frag".getBytes(UTF_8)));
        client.send(RawClient.frame(0x89, new byte[] {1}));
        client.send(RawClient.frame(0x00, new byte[0]));
        client.send(RawClient.frame(0x8A, new byte[] {9}));
        client.send(RawClient.frame(0x80, "ment".getBytes(UTF_8)));

        assertThat(client.readFrame().opcode()).isEqualTo(0xA);
        assertThat(client.readFrame().text()).isEqualTo("fragment");
        assertCloses(client);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "80 80 00 00 00 00", // a continuation of nothing
          "00 80 00 00 00 00",
          "01 81 00 00 00 00 61 81 81 00 00 00 00 62", // a message within another
          "01 81 00 00 00 00 61 02 81 00 00 00 00 62",
          "09 80 00 00 00 00", // a fragmented ping
          "0a 80 00 00 00 00",
          "08 80 00 00 00 00",
        })
    void failsOutOfOrder(String frames) throws Exception {
      assertFailsAfterAnEcho(RawClient.hex(frames), 1002);
    }
  }

  @Nested
  class Section55ControlFrames {
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 125})
    void aPingIsAnsweredWithItsPayload(int length) throws Exception {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) 0xFE);
      try (RawClient client = open()) {
        client.send(RawClient.frame(0x89, payload));

        Frame pong = client.readFrame();
        assertThat(pong.opcode()).isEqualTo(0xA);
        assertThat(pong.payload()).isEqualTo(payload);
        assertCloses(client);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0x88, 0x89, 0x8A})
    void haveAtMost125Bytes(int firstByte) throws Exception {
      assertFailsAfterAnEcho(RawClient.frame(firstByte, new byte[126]), 1002);
    }

    @Test
    void tenPingsInOnePacketAreAnsweredByTenPongs() throws Exception {
      ByteArrayOutputStream pings = new ByteArrayOutputStream();
      for (int i = 0; i < 10; i++) {
        pings.writeBytes(RawClient.frame(0x89, new byte[] {(byte) i}));
      }
      try (RawClient client = open()) {
        client.send(pings.toByteArray());

        for (int i = 0; i < 10; i++) {
          Frame pong = client.readFrame();
          assertThat(pong.opcode()).isEqualTo(0xA);
          assertThat(pong.payload()).containsExactly(i);
        }
      }
    }

    @Test
    void pongsThatNobodyAskedForAreIgnored() throws Exception {
      try (RawClient client = open()) {
        client.send(RawClient.frame(0x8A, "unasked".getBytes(UTF_8)));
        client.send(RawClient.text("next"));

        assertThat(client.readFrame().text()).isEqualTo("next");
      }
    }
  }

  @Nested
  class Section7Closing {
    @ParameterizedTest
    @ValueSource(
        ints = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1014, 3000, 3999, 4000, 4999})
    void isAnsweredWithTheSameCode(int code) throws Exception {
      try (RawClient client = open()) {
        client.send(close(code, "x".repeat(123)));
        client.send(RawClient.text("ignored"));
        client.send(RawClient.frame(0x89, new byte[0]));

        assertThat(client.readFrame().closeCode()).isEqualTo(code);
        client.assertEnds();
      }
    }

    @Test
    void lastAnswersTheMessagesBeforeIt() throws Exception {
      try (RawClient client = open()) {
        byte[] message = RawClient.text("before");
        byte[] close = close(1000, "");
        byte[] together = Arrays.copyOf(message, message.length + close.length);
        System.arraycopy(close, 0, together, message.length, close.length);
        client.send(together);

        assertThat(client.readFrame().text()).isEqualTo("before");
        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        client.assertEnds();
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535})
    void failsWithACodeThatMayNotBeSent(int code) throws Exception {
      assertFailsAfterAnEcho(close(code, ""), 1002);
    }

    @Test
    void mayBeWithoutACodeButNotWithHalfOfOne() throws Exception {
      try (RawClient client = open()) {
        client.send(RawClient.frame(0x88, new byte[0]));

        Frame answer = client.readFrame();
        assertThat(answer.opcode()).isEqualTo(8);
        assertThat(answer.payload()).isEmpty();
        client.assertEnds();
      }
      assertFailsAfterAnEcho(RawClient.frame(0x88, new byte[] {3}), 1002);
    }

    @Test
    void failsWithAReasonThatIsNotUtf8() throws Exception {
      assertFailsAfterAnEcho(RawClient.hex("88 84 00 00 00 00 03 e8 c3 28"), 1007);
    }
  }

  @Nested
  class Section81Utf8 {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "00",
          "7f",
          "c280",
          "dfbf",
          "e0a080",
          "ed9fbf",
          "ee8080",
          "efbfbf",
          "efbbbf",
          "f0908080",
          "f48fbfbf",
          "cebae1bdb9cf83cebcceb5",
        })
    void isEchoed(String utf8) throws Exception {
      try (RawClient client = open()) {
        byte[] payload = RawClient.hex(utf8);
        client.send(RawClient.frame(0x81, payload));
        assertThat(client.readFrame().payload()).isEqualTo(payload);
        for (int i = 0; i < payload.length; i++) { // and with a cut after every byte
          client.send(RawClient.frame(i == 0 ? 0x01 : 0x00, new byte[] {payload[i]}));
        }
        client.send(RawClient.frame(payload.length == 0 ? 0x81 : 0x80, new byte[0]));
        assertThat(client.readFrame().payload()).isEqualTo(payload);
        assertCloses(client);
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "80",
          "bf",
          "c0",
          "c080",
          "c1bf",
          "c328",
          "c2",
          "e08080",
          "e09fbf",
          "e282",
          "eda080",
          "edbfbf",
          "f0808080",
          "f08fbfbf",
          "f0908c",
          "f4908080",
          "f5808080",
          "f8888080",
          "fe",
          "ff",
          "cebae1bdb9cf83cebcceb5eda080656469746564",
        })
    void failsWhereItIsNone(String bytes) throws Exception {
      assertFailsAfterAnEcho(RawClient.frame(0x81, RawClient.hex(bytes)), 1007);
    }

    @Test
    void failsBeforeTheMessageIsComplete() throws Exception {
      assertFailsAfterAnEcho(RawClient.frame(0x01, RawClient.hex("61 f4 90")), 1007);
    }
  }

  private static RawClient open() throws IOException {
    return RawClient.webSocket(server.port(), "/ws");
  }

  private static byte[] close(int code, String reason) {
    byte[] text = reason.getBytes(UTF_8);
    byte[] payload = new byte[2 + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, 2, text.length);
    return RawClient.frame(0x88, payload);
  }

  /** What came before a fault is still answered, what comes behind is not; in one packet, too. */
  private static void assertFailsAfterAnEcho(byte[] fault, int code) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(RawClient.text("before"));
    all.writeBytes(fault);
    all.writeBytes(RawClient.text("behind"));
    try (RawClient client = open()) {
      client.send(all.toByteArray());

      assertThat(client.readFrame().text()).isEqualTo("before");
      assertThat(client.readFrame().closeCode()).isEqualTo(code);
      client.assertEnds();
    }
  }

  private static void assertCloses(RawClient client) throws IOException {
    client.send(close(1000, ""));
    assertThat(client.readFrame().closeCode()).isEqualTo(1000);
    client.assertEnds();
  }
}
