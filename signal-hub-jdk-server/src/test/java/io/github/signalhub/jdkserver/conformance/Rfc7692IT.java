package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Frame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 7692: permessage-deflate, from its negotiation to decompression bombs. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class Rfc7692IT {
  @Parameter private Carrier carrier;

  private static final String NAME = "permessage-deflate";
  private static final int RSV1 = 0x40;
  private static final int SYNC_TAIL_BYTES = 4; // §7.2.1

  private static EchoServer server;

  @BeforeParameterizedClassInvocation
  static void start(Carrier carrier) throws IOException {
    server = EchoServer.start(carrier, options -> options.compressionThresholdBytes(64));
  }

  @AfterParameterizedClassInvocation
  static void stop() {
    server.close();
  }

  @Nested
  class Negotiation {
    /** §7.1: {@code !} stands for a parameter, {@code -} for declined, {@code *} for the name. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        quoteCharacter = '`',
        textBlock =
            """
            *                                                     | accepted
            *; server_no_context_takeover                         | accepted
            *; client_no_context_takeover                         | client_no_context_takeover
            *; server_max_window_bits=15                          | server_max_window_bits=15
            *; server_max_window_bits=9                           | server_max_window_bits=9
            *; server_max_window_bits=8                           | server_max_window_bits=8
            *; server_max_window_bits="10"                        | server_max_window_bits=10
            *; client_max_window_bits                             | accepted
            *; client_max_window_bits=15                          | accepted
            *; client_max_window_bits=8                           | accepted
            *; client_max_window_bits; server_max_window_bits=12  | server_max_window_bits=12
            * ;server_no_context_takeover;client_no_context_takeover | client_no_context_takeover
            x-other, *                                            | accepted
            *; unknown, *                                         | accepted
            *; server_max_window_bits=7, *; server_max_window_bits=11 | server_max_window_bits=11
            *; server_max_window_bits                             | declined
            *; server_max_window_bits=7                           | declined
            *; server_max_window_bits=16                          | declined
            *; server_max_window_bits=08                          | declined
            *; server_max_window_bits=+9                          | declined
            *; server_max_window_bits=9a                          | declined
            *; server_max_window_bits=99999999999                 | declined
            *; client_max_window_bits=7                           | declined
            *; client_max_window_bits=16                          | declined
            *; client_max_window_bits=015                         | declined
            *; server_no_context_takeover=1                       | declined
            *; client_no_context_takeover=true                    | declined
            *; server_no_context_takeover; server_no_context_takeover | declined
            *; client_max_window_bits; client_max_window_bits=9   | declined
            *; unknown                                            | declined
            *; unknown=1                                          | declined
            *; Server_No_Context_Takeover=                        | refused
            *; =9                                                 | refused
            *;                                                    | refused
            x-webkit-deflate-frame                                | declined
            permessage-bzip2                                      | declined
            """)
    void answersEachOfferAsItMay(String offer, String expected) throws Exception {
      try (RawClient client = server.connect()) {
        client.send(
            RawClient.handshake("/ws", "Sec-WebSocket-Extensions: " + offer.replace("*", NAME)));

        RawClient.Answer answer = client.readAnswer();
        String agreed = answer.header("Sec-WebSocket-Extensions");

        switch (expected) {
          case "refused" -> assertThat(answer.status()).isEqualTo(400);
          case "declined" -> assertThat(agreed).isNull();
          default -> {
            assertThat(agreed.split(" *; *")).startsWith(NAME).doesNotHaveDuplicates();
            assertThat(agreed).contains(expected.replace("accepted", ""));
            // only a client that offers it may get it (§7.1.2.2); no other part may differ
            assertThat(agreed.replace(NAME, "").replaceAll("; *[a-z_]+(=(8|9|1[0-5]))?", ""))
                .isEmpty();
            assertThat(agreed.contains("client_no")).isEqualTo(offer.contains("client_no"));
            assertThat(offer.contains("client_max_window_bits") || !agreed.contains("client_max"))
                .isTrue();
            assertThat(offer.contains("server_max_window_bits") || !agreed.contains("server_max"))
                .isTrue();
            assertThat(offer.contains("server_no") && !agreed.contains("server_no")).isFalse();
          }
        }
        if (!expected.equals("refused")) {
          client.send(RawClient.text("plain"));
          assertThat(client.readFrame().text()).isEqualTo("plain");
        }
      }
    }

    @Test
    void ofTwoLinesIsThatOfTheirList() throws Exception {
      try (RawClient client = server.connect()) {
        client.send(
            RawClient.handshake(
                "/ws",
                "Sec-WebSocket-Extensions: " + NAME + "; unknown",
                "Sec-WebSocket-Extensions: " + NAME + "; server_max_window_bits=13"));

        assertThat(client.readAnswer().header("Sec-WebSocket-Extensions"))
            .contains("server_max_window_bits=13");
      }
    }

    @Test
    void declinedLeavesTheReservedBitReserved() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x81 | RSV1, deflate("x")));

        assertThat(client.readFrame().closeCode()).isEqualTo(1002);
      }
    }
  }

  @Nested
  class Messages {
    @ParameterizedTest
    @CsvSource({
      "0, 1",
      "1, 1",
      "63, 1",
      "64, 3",
      "1000, 7",
      "65535, 997",
      "65536, 9",
      "1048576, 9"
    })
    void comeBackInflatedAndDeflated(int length, int chunk) throws Exception {
      String text = "All work and no play makes Jack a dull boy. ".repeat(length / 44 + 1);
      String message = text.substring(0, length);
      for (String offer : new String[] {NAME, NAME + "; server_max_window_bits=9"}) {
        try (RawClient client = connect(offer)) {
          client.sendInChunks(chunk, RawClient.frame(0x81 | RSV1, deflate(message)));

          Frame frame = client.readFrame();
          assertThat(frame.opcode()).isEqualTo(1);
          assertThat(new String(content(frame), UTF_8)).isEqualTo(message);
          assertThat(frame.compressed()).isEqualTo(length >= 64 && length <= 65_536);
        }
      }
    }

    @Test
    void areInflatedWhateverTheirFragments() throws Exception {
      String text = "\u03ba\u1f79\u03c3\u03bc\u03b5 ".repeat(50);
      byte[] deflated = deflate(text);
      for (int size : new int[] {1, 2, 5, deflated.length}) {
        try (RawClient client = connect(NAME)) {
          for (int from = 0; from < deflated.length; from += size) {
            byte[] part =
                Arrays.copyOfRange(deflated, from, Math.min(from + size, deflated.length));
            client.send(RawClient.frame(from == 0 ? 0x01 | RSV1 : 0x00, part));
            client.send(RawClient.frame(0x89, new byte[] {1}));
          }
          client.send(RawClient.frame(0x80, new byte[0])); // the last one empty: §7.2.3

          Frame frame = client.readFrame();
          while (frame.opcode() == 0xA) {
            frame = client.readFrame();
          }
          assertThat(new String(content(frame), UTF_8)).isEqualTo(text);
        }
      }
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "f2 48 cd c9 c9 07 00", // §7.2.3.1: one block
          "f2 48 05 00 00 00 ff ff ca c9 c9 07 00", // §7.2.3.5: two blocks
          "00 05 00 fa ff 48 65 6c 6c 6f 00", // §7.2.3.3: no compression
          "f3 48 cd c9 c9 07 00 00", // §7.2.3.4: BFINAL
          "f3 48 cd c9 c9 07 00", // BFINAL, without the empty block
          "02 00 00 00 ff ff f2 48 cd c9 c9 07 00",
        })
    void ofTheRfcsExamplesAreHello(String deflated) throws Exception {
      try (RawClient client = connect(NAME)) {
        for (int i = 0; i < 3; i++) {
          client.send(RawClient.frame(0x81 | RSV1, RawClient.hex(deflated)));

          assertThat(new String(content(client.readFrame()), UTF_8)).isEqualTo("Hello");
        }
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"00", "02 00", "03 00", "01 00 00 ff ff"})
    void mayBeEmpty(String deflated) throws Exception {
      try (RawClient client = connect(NAME)) {
        client.send(RawClient.frame(0x82 | RSV1, RawClient.hex(deflated)));
        client.send(RawClient.text("after"));

        assertThat(content(client.readFrame())).isEmpty();
        assertThat(client.readFrame().text()).isEqualTo("after");
      }
    }

    @Test
    void mayReferBackToEarlierOnesUnlessAgreedOtherwise() throws Exception {
      try (RawClient client = connect(NAME)) {
        client.send(RawClient.frame(0x81 | RSV1, RawClient.hex("f2 48 cd c9 c9 07 00")));
        assertThat(client.readFrame().text()).isEqualTo("Hello");
        client.send(RawClient.frame(0x81 | RSV1, RawClient.hex("f2 00 11 00 00"))); // §7.2.3.2
        assertThat(client.readFrame().text()).isEqualTo("Hello");
      }
      try (RawClient client = connect(NAME + "; client_no_context_takeover")) {
        client.send(RawClient.frame(0x81 | RSV1, RawClient.hex("f2 48 cd c9 c9 07 00")));
        assertThat(client.readFrame().text()).isEqualTo("Hello");
        client.send(RawClient.frame(0x81 | RSV1, RawClient.hex("f2 00 11 00 00")));
        assertThat(client.readFrame().closeCode()).isEqualTo(1007);
      }
    }

    @Test
    void fitTheWindowThatWasAgreed() throws Exception {
      // no text repeats within 512 bytes, so a reference beyond the window would inflate to another
      // text
      byte[] random = new byte[2_000];
      new java.util.Random(1).nextBytes(random);
      byte[] twice = RawClient.join(random, random);
      try (RawClient client = connect(NAME + "; server_max_window_bits=8")) {
        client.send(RawClient.frame(0x82, twice));

        Frame frame = client.readFrame();
        assertThat(content(frame)).isEqualTo(twice);
        assertThat(frame.payload().length).isGreaterThan(3_500);
      }
    }
  }

  @Nested
  class Faults {
    @ParameterizedTest
    @CsvSource({
      "1007, c1 83 00000000 ff ff ff", // no DEFLATE
      "1007, c1 80 00000000", // an empty message is a block, too (§7.2.3.6)
      "1007, c1 81 00000000 06", // a reserved block type
      "1007, c1 82 00000000 f2 48", // cut in a block
      "1007, c1 85 00000000 f2 00 11 00 00", // refers to data before the start
      "1007, c1 86 00000000 00 01 00 00 00 61", // a stored block with a wrong length
      "1007, c1 87 00000000 00 01 00 fe ff ff 00", // text that is not UTF-8 (stored 0xff)
      "1002, c9 80 00000000",
      "1002, ca 80 00000000",
      "1002, c8 80 00000000", // control frames
      "1002, a1 80 00000000",
      "1002, 91 80 00000000",
      "1002, e1 80 00000000", // RSV2, RSV3
    })
    void areToldByTheirCode(int code, String wire) throws Exception {
      for (int chunk : new int[] {1, 100}) {
        try (RawClient client = connect(NAME)) {
          client.sendInChunks(chunk, RawClient.hex(wire));

          assertThat(client.readFrame().closeCode()).isEqualTo(code);
          client.assertEnds();
        }
      }
    }

    @Test
    void areAReservedBitOnAFragmentThatIsNotTheFirst() throws Exception {
      try (RawClient client = connect(NAME)) {
        client.send(RawClient.frame(0x01 | RSV1, RawClient.hex("f2 48 cd")));
        client.send(RawClient.frame(0x80 | RSV1, RawClient.hex("c9 c9 07 00")));

        assertThat(client.readFrame().closeCode()).isEqualTo(1002);
      }
    }

    @Test
    void areBombsWhateverTheirRatioOrFragments() throws Exception {
      byte[] bomb = deflate(" ".repeat(16 << 20));
      assertThat(bomb).hasSizeLessThan(20_000);
      for (int size : new int[] {100, bomb.length}) {
        try (RawClient client = connect(NAME)) {
          for (int from = 0; from < bomb.length; from += size) {
            byte[] part = Arrays.copyOfRange(bomb, from, Math.min(from + size, bomb.length));
            client.send(RawClient.frame(from == 0 ? 0x01 | RSV1 : 0x00, part));
          }

          assertThat(client.readFrame().closeCode()).isEqualTo(1009);
          client.assertEnds();
        }
      }
    }

    @Test
    void beginOneByteBeyondTheLimit() throws Exception {
      try (RawClient client = connect(NAME)) {
        client.send(RawClient.frame(0x81 | RSV1, deflate("y".repeat(1 << 20))));
        assertThat(content(client.readFrame())).hasSize(1 << 20);
        client.send(RawClient.frame(0x81 | RSV1, deflate("y".repeat((1 << 20) + 1))));

        assertThat(client.readFrame().closeCode()).isEqualTo(1009);
      }
    }
  }

  private RawClient connect(String offer) throws IOException {
    RawClient client = server.connect();
    client.send(RawClient.handshake("/ws", "Sec-WebSocket-Extensions: " + offer));
    assertThat(client.readAnswer().header("Sec-WebSocket-Extensions")).startsWith(NAME);
    return client;
  }

  /** Compresses a text by §7.2.1. */
  private static byte[] deflate(String text) {
    Deflater deflater = new Deflater(6, true);
    deflater.setInput(text.getBytes(UTF_8));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    int count;
    while ((count = deflater.deflate(buffer, 0, buffer.length, Deflater.SYNC_FLUSH)) > 0) {
      out.write(buffer, 0, count);
    }
    deflater.end();
    return out.size() <= SYNC_TAIL_BYTES
        ? new byte[] {0}
        : Arrays.copyOf(out.toByteArray(), out.size() - SYNC_TAIL_BYTES);
  }

  /** Returns the payload of a frame, inflated without a context, as was negotiated. */
  private static byte[] content(Frame frame) throws DataFormatException {
    if (!frame.compressed()) {
      return frame.payload();
    }
    Inflater inflater = new Inflater(true);
    inflater.setInput(RawClient.join(frame.payload(), new byte[] {0, 0, -1, -1}));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[8_192];
    int count;
    while ((count = inflater.inflate(buffer)) > 0) {
      out.write(buffer, 0, count);
    }
    inflater.end();
    return out.toByteArray();
  }
}
