package io.github.signalhub.jdkserver.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Frame;
import java.util.Arrays;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §5.5: ping and pong, and the rules for every control frame. */
class Rfc6455ControlFramesIT extends OverEachCarrier {
  @Nested
  class Pings {
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 1", "4, 2", "125, 1", "125, 131"})
    void areAnsweredWithTheirPayload(int length, int chunk) throws Exception {
      byte[] payload = new byte[length];
      Arrays.fill(payload, (byte) 0xFE); // need not be text
      try (RawClient client = server.openWebSocket()) {
        client.sendInChunks(chunk, RawClient.frame(0x89, payload));

        Frame pong = client.readFrame();

        assertThat(pong.firstByte()).isEqualTo(0x8A);
        assertThat(pong.payload()).isEqualTo(payload);
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 1 << 20})
    void areAnsweredEachAndInOrderIfTheyAreAFew(int chunk) throws Exception {
      byte[][] pings = new byte[10][];
      for (int i = 0; i < pings.length; i++) {
        pings[i] = RawClient.frame(0x89, ("payload-" + i).getBytes());
      }
      try (RawClient client = server.openWebSocket()) {
        client.sendInChunks(chunk, RawClient.join(pings));

        for (int i = 0; i < pings.length; i++) {
          assertThat(client.readFrame().text()).isEqualTo("payload-" + i);
        }
      }
    }

    /** §5.5.3 allows one answer to the most recent ping for all earlier ones. */
    @Test
    void areAnsweredAtLeastOnceIfTheyAreMany() throws Exception {
      byte[][] pings = new byte[5_000][];
      for (int i = 0; i < pings.length; i++) {
        pings[i] = RawClient.frame(0x89, ("" + i).getBytes());
      }
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.join(pings));

        int last = -1;
        while (last < pings.length - 1) {
          Frame pong = client.readFrame();
          assertThat(pong.opcode()).isEqualTo(0xA);
          assertThat(Integer.parseInt(pong.text())).isGreaterThan(last);
          last = Integer.parseInt(pong.text());
        }
      }
    }
  }

  @Nested
  class Pongs {
    @Test
    void thatNobodyAskedForAreIgnored() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x8A, new byte[0]));
        client.send(RawClient.frame(0x8A, "unsolicited".getBytes()));
        client.send(RawClient.frame(0x8A, new byte[125]));
        client.send(RawClient.text("after"));

        assertThat(client.readFrame().text()).isEqualTo("after");
      }
    }
  }

  @Nested
  class Unacceptable {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "89 fe 00 7e", // ping of 126 bytes
          "8a fe 00 7e", // pong of 126 bytes
          "88 fe 00 7e", // close of 126 bytes
          "89 fe ff ff",
          "89 ff 00 00 00 00 00 01 00 00", // ping of 65,536 bytes
          "89 fe 00 01", // in more bytes than it needs
          "09 80",
          "0a 80",
          "08 80", // without FIN
        })
    void areRefusedByTheirFirstTwoBytes(String header) throws Exception {
      for (int chunk : new int[] {1, 16}) {
        try (RawClient client = server.openWebSocket()) {
          client.sendInChunks(chunk, RawClient.hex(header.substring(0, 5)));

          assertThat(client.readFrame().closeCode()).isEqualTo(1002);
          client.assertEnds();
        }
      }
    }
  }

  @Nested
  class PingsOfTheServer {
    @Test
    void areEmptyFramesAndAnyFrameAnswersThem() throws Exception {
      try (EchoServer impatient =
              EchoServer.start(
                  carrier,
                  options ->
                      options
                          .pingInterval(java.time.Duration.ofMillis(100))
                          .pongTimeout(java.time.Duration.ofSeconds(3)));
          RawClient client = impatient.openWebSocket()) {
        for (int round = 0; round < 3; round++) { // longer than the time for an answer
          Frame ping = client.readFrame();
          assertThat(ping.firstByte()).isEqualTo(0x89);
          client.send(RawClient.frame(0x8A, ping.payload()));
        }
        assertThat(client.readFrame().opcode()).isEqualTo(9);
        client.assertEnds();

        assertThat(impatient.end().code()).isEqualTo(1006);
      }
    }
  }
}
