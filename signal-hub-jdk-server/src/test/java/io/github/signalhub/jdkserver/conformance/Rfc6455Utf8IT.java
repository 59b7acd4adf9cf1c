package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.RawClient;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §8.1: text is valid UTF-8, and invalid text fails at its first wrong byte. */
class Rfc6455Utf8IT extends OverEachCarrier {
  @Nested
  class Valid {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "00",
          "7f",
          "c2 80",
          "df bf",
          "e0 a0 80",
          "ef bf bf",
          "f0 90 80 80",
          "f4 8f bf bf",
          "ed 9f bf",
          "ee 80 80",
          "ef bf bd", // around the surrogates, and U+FFFD
          "ef bb bf",
          "ef bf be",
          "ef b7 90",
          "f0 9f bf be", // BOM and noncharacters
          "ce ba e1 bd b9 cf 83 ce bc ce b5",
          "48 65 6c 6c 6f 2d c2 b5 40 c3 9f c3 b6 c3 a4 c3 bc c3 a0 c3 a1 2d 55 54 46 2d 38 21 21",
          "f0 90 8c bc f0 90 8c bd e2 82 ac 61",
        })
    void comesBackHoweverItIsCut(String hex) throws Exception {
      byte[] utf8 = RawClient.hex(hex);
      try (RawClient client = server.openWebSocket()) {
        for (int cut = 0; cut <= utf8.length; cut++) {
          client.send(RawClient.frame(0x01, Arrays.copyOf(utf8, cut)));
          client.sendInChunks(1, RawClient.frame(0x80, Arrays.copyOfRange(utf8, cut, utf8.length)));

          assertThat(client.readFrame().payload()).isEqualTo(utf8);
        }
      }
    }
  }

  @Nested
  class Invalid {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "80",
          "bf",
          "c0",
          "c1",
          "f5",
          "fe",
          "ff",
          "f8",
          "fc", // never begin a character
          "c0 80",
          "c0 af",
          "c1 bf",
          "e0 80",
          "e0 9f",
          "f0 80",
          "f0 8f", // overlong
          "ed a0",
          "ed af",
          "ed b0",
          "ed bf", // surrogates
          "f4 90", // beyond U+10FFFF
          "c2 00",
          "c2 c0",
          "e1 41",
          "e1 80 41",
          "f1 80 80 41",
          "e2 82 c0",
          "f0 90 41",
          "ce ba e1 bd b9 cf 83 ce bc ce b5 ed a0",
          "ce ba f4 90",
        })
    void failsAtTheWrongByteInsideAFrameThatGoesOn(String hex) throws Exception {
      byte[] invalid = RawClient.hex(hex);
      for (int chunk : new int[] {1, 100}) {
        try (RawClient client = server.openWebSocket()) {
          byte[] begun = RawClient.frame(0x81, Arrays.copyOf(invalid, 100));
          client.sendInChunks(chunk, Arrays.copyOf(begun, 6 + invalid.length));

          assertThat(client.readFrame().closeCode()).isEqualTo(1007);
          client.assertEnds();
        }
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"c2", "e1", "e1 80", "f1", "f1 80", "f1 80 80", "61 f0 9f 92"})
    void isACharacterThatTheMessageEndsIn(String hex) throws Exception {
      byte[] cut = RawClient.hex(hex);
      for (byte[] wire :
          new byte[][] {
            RawClient.frame(0x81, cut),
            RawClient.join(RawClient.frame(0x01, cut), RawClient.frame(0x80, new byte[0])),
          }) {
        try (RawClient client = server.openWebSocket()) {
          client.send(wire);

          assertThat(client.readFrame().closeCode()).isEqualTo(1007);
          client.assertEnds();
        }
      }
    }

    @Test
    void failsInALaterFragmentAlsoWhereItsCharacterBeganBefore() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x01, RawClient.hex("ce ba f4")));
        client.send(RawClient.frame(0x89, new byte[] {1})); // valid so far
        assertThat(client.readFrame().opcode()).isEqualTo(0xA);
        client.send(RawClient.frame(0x00, RawClient.hex("90")));

        assertThat(client.readFrame().closeCode()).isEqualTo(1007);
        client.assertEnds();
      }
    }

    @Test
    void failsBehind64KilobytesThatAreValid() throws Exception {
      byte[] payload = "\u00fc".repeat(40_000).getBytes(UTF_8);
      payload[79_999] = 'x';
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x81, payload));

        assertThat(client.readFrame().closeCode()).isEqualTo(1007);
      }
    }
  }
}
