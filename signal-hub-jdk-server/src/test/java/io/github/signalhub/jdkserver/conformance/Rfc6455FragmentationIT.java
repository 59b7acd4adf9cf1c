package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §5.4: messages in fragments, and the frames that may come between them. */
class Rfc6455FragmentationIT extends OverEachCarrier {
  /**
   * A conversation in words: {@code T-} is a first fragment of text, {@code C+} a last one, {@code
   * P} a ping, each with its payload.
   */
  @Nested
  class Answered {
    @ParameterizedTest
    @CsvSource({
      "T-a C+b, T ab",
      "B-a C+b, B ab",
      "T-a C-b C+c, T abc",
      "T- C- C+, T",
      "T- C-a C+, T a",
      "T-a C- C- C+, T a",
      "T-a P1 C+b, 'O 1,T ab'",
      "T-a P1 C-b P2 C+c, 'O 1,O 2,T abc'",
      "T-a O1 O2 C+b, T ab",
      "P1 T-a C+b P2, 'O 1,T ab,O 2'",
      "T-a C+b T-c C+d T+e, 'T ab,T cd,T e'",
      "B- P C+, 'O,B'",
    })
    void asOneMessageInOrderWithItsPongs(String sent, String expected) throws Exception {
      for (int chunk : new int[] {1, 3, Integer.MAX_VALUE}) {
        try (RawClient client = server.openWebSocket()) {
          client.sendInChunks(Math.min(chunk, 1 << 20), wire(sent));

          assertThat(sorted(read(client, expected.split(",").length)))
              .isEqualTo(sorted(List.of(expected.split(","))));
        }
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 1_000, 65_536})
    void howeverSmallTheFragmentsAre(int fragmentBytes) throws Exception {
      String text = "\u03ba\u1f79\u03c3\u03bc\u03b5 \ud83d\udca9 ".repeat(4_000);
      byte[] utf8 = text.getBytes(UTF_8);
      ByteArrayOutputStream wire = new ByteArrayOutputStream();
      for (int from = 0; from < utf8.length; from += fragmentBytes) {
        int to = Math.min(from + fragmentBytes, utf8.length);
        int firstByte = (from == 0 ? 0x01 : 0x00) | (to == utf8.length ? 0x80 : 0x00);
        wire.writeBytes(RawClient.frame(firstByte, java.util.Arrays.copyOfRange(utf8, from, to)));
      }
      try (RawClient client = server.openWebSocket()) {
        client.send(wire.toByteArray());

        assertThat(client.readFrame().text()).isEqualTo(text);
      }
    }

    @Test
    void beforeTheFaultThatFollowsThem() throws Exception {
      for (int chunk : new int[] {1, 1 << 20}) {
        try (RawClient client = server.openWebSocket()) {
          client.sendInChunks(chunk, wire("T-a C+b C-c T+d"));

          assertThat(client.readFrame().text()).isEqualTo("ab");
          assertThat(client.readFrame().closeCode()).isEqualTo(1002);
          client.assertEnds();
        }
      }
    }
  }

  @Nested
  class Refused {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "C+",
          "C-",
          "C+a",
          "C-a", // nothing to continue
          "T-a T+b",
          "T-a T-b",
          "T-a B+b",
          "B-a T-b",
          "B-a B+", // interleaved
          "P-a",
          "O-a",
          "X-", // control frames in fragments
          "T-a P-b C+c",
          "T-a C- P-",
        })
    void with1002(String sent) throws Exception {
      for (int chunk : new int[] {1, 1 << 20}) {
        try (RawClient client = server.openWebSocket()) {
          client.sendInChunks(chunk, wire(sent));

          assertThat(client.readFrame().closeCode()).isEqualTo(1002);
          client.assertEnds();
        }
      }
    }

    @Test
    void whatContinuesAMessageThatHasEnded() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(wire("T+a C+b"));

        assertThat(client.readFrame().text()).isEqualTo("a");
        assertThat(client.readFrame().closeCode()).isEqualTo(1002);
      }
    }
  }

  @Nested
  class Limited {
    @Test
    void inTheirSumAndByTheHeaderThatExceedsIt() throws Exception {
      try (EchoServer small = EchoServer.start(carrier, 1_000);
          RawClient client = small.openWebSocket()) {
        client.send(RawClient.frame(0x02, new byte[999]));
        client.send(RawClient.hex("00 82 01 02 03 04")); // of 2 bytes, none of which is sent

        assertThat(client.readFrame().closeCode()).isEqualTo(1009);
        client.assertEnds();
      }
    }

    @Test
    void inTheirNumberWhetherEmptyOrNot() throws Exception {
      for (byte[] payload : new byte[][] {{}, {'x'}}) {
        try (EchoServer small = EchoServer.start(carrier, options -> options.maxFragments(10));
            RawClient client = small.openWebSocket()) {
          client.send(RawClient.frame(0x01, payload));
          for (int i = 0; i < 9; i++) {
            client.send(RawClient.frame(0x00, payload));
          }
          client.send(RawClient.frame(0x89, new byte[] {1}));
          assertThat(client.readFrame().opcode()).isEqualTo(0xA);
          client.send(RawClient.frame(0x80, payload));

          assertThat(client.readFrame().closeCode()).isEqualTo(1009);
          client.assertEnds();
        }
      }
    }

    @Test
    void to131072ByDefault() throws Exception {
      byte[] more = RawClient.frame(0x00, new byte[] {'x'});
      byte[][] fragments = new byte[131_072][];
      java.util.Arrays.fill(fragments, more);
      fragments[0] = RawClient.frame(0x01, new byte[] {'x'});
      fragments[131_071] = RawClient.frame(0x80, new byte[] {'x'});
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.join(fragments));

        assertThat(client.readFrame().payload()).hasSize(131_072).containsOnly('x');
      }
    }
  }

  private static byte[] wire(String words) {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    for (String word : words.split(" ")) {
      boolean isControl = "POX".indexOf(word.charAt(0)) >= 0;
      boolean hasFin = isControl ? !word.startsWith("-", 1) : word.startsWith("+", 1);
      int opcode =
          switch (word.charAt(0)) {
            case 'T' -> 1;
            case 'B' -> 2;
            case 'P' -> 9;
            case 'O' -> 0xA;
            case 'X' -> 8;
            default -> 0;
          };
      String payload = word.substring(1).replaceFirst("^[+-]", "");
      wire.writeBytes(RawClient.frame((hasFin ? 0x80 : 0) | opcode, payload.getBytes(UTF_8)));
    }
    return wire.toByteArray();
  }

  private static List<String> read(RawClient client, int count) throws IOException {
    List<String> frames = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      Frame frame = client.readFrame();
      String kind = " TB      PO".substring(frame.opcode(), frame.opcode() + 1);
      frames.add((kind + " " + frame.text()).strip());
    }
    return frames;
  }

  /** Pongs may overtake messages, so each kind of frame is compared separately. */
  private static List<String> sorted(List<String> frames) {
    List<String> sorted = new ArrayList<>(frames);
    sorted.sort(java.util.Comparator.comparing(frame -> frame.charAt(0)));
    return sorted;
  }
}
