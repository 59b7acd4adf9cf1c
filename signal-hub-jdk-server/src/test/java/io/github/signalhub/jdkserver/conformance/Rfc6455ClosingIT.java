package io.github.signalhub.jdkserver.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Frame;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6455 §5.5.1 and §7: the closing handshake, its codes and reasons, and the end of TCP. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class Rfc6455ClosingIT {
  @Parameter private Carrier carrier;
  private EchoServer server;

  @BeforeEach
  void start() throws Exception {
    server = EchoServer.start(carrier);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Nested
  class ByTheClient {
    @ParameterizedTest
    @ValueSource(
        ints = {
          1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000,
          4999
        })
    void isEchoedWithItsCodeAndTheServerEndsTcpFirst(int code) throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.close(code, "why"));

        assertThat(client.readFrame().closeCode()).isEqualTo(code);
        client.assertEnds();
        assertThat(server.end()).isEqualTo(new DisconnectReason(code, "why"));
      }
    }

    @Test
    void withoutACodeIsAnsweredWithoutOne() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x88, new byte[0]));

        Frame close = client.readFrame();

        assertThat(close.firstByte()).isEqualTo(0x88);
        assertThat(close.payload()).isEmpty();
        client.assertEnds();
        assertThat(server.end().code()).isEqualTo(1005);
      }
    }

    @ParameterizedTest
    @ValueSource(
        ints = {
          0, 1, 999, 1004, 1005, 1006, 1015, 1016, 1100, 1999, 2000, 2999, 5000, 9999, 0x7FFF,
          0x8000, 65535
        })
    void withACodeThatIsNoneIs1002(int code) throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.close(code, ""));

        assertThat(client.readFrame().closeCode()).isEqualTo(1002);
        client.assertEnds();
      }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 3, 232, 255})
    void withHalfACodeIs1002(int half) throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x88, new byte[] {(byte) half}));

        assertThat(client.readFrame().closeCode()).isEqualTo(1002);
        client.assertEnds();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"ff", "c0 80", "ed a0 80", "f4 90 80 80", "61 e2 82", "80", "ce ba e1"})
    void withAReasonThatIsNotUtf8Is1007(String reason) throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x88, RawClient.hex("03 e8 " + reason)));

        assertThat(client.readFrame().closeCode()).isEqualTo(1007);
        client.assertEnds();
      }
    }

    @Test
    void mayGiveAReasonOf123Bytes() throws Exception {
      String reason = "\u20ac".repeat(41);
      try (RawClient client = server.openWebSocket()) {
        client.sendInChunks(1, RawClient.close(1000, reason));

        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        client.assertEnds();
        assertThat(server.end()).isEqualTo(new DisconnectReason(1000, reason));
      }
    }

    @Test
    void isAnsweredBehindTheMessagesBeforeIt() throws Exception {
      byte[] wire =
          RawClient.join(
              RawClient.text("one"),
              RawClient.frame(0x82, new byte[30_000]),
              RawClient.text("three"),
              RawClient.close(1000, ""));
      for (int chunk : new int[] {97, wire.length}) {
        try (RawClient client = server.openWebSocket()) {
          client.sendInChunks(chunk, wire);

          assertThat(client.readFrame().text()).isEqualTo("one");
          assertThat(client.readFrame().payload()).hasSize(30_000);
          assertThat(client.readFrame().text()).isEqualTo("three");
          assertThat(client.readFrame().closeCode()).isEqualTo(1000);
          client.assertEnds();
        }
      }
    }

    @Test
    void isAnsweredInTheMiddleOfAMessage() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x01, "never ended".getBytes(UTF_8)));
        client.send(RawClient.close(1000, ""));

        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        client.assertEnds();
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"81 80 00000000", "89 80 00000000", "88 80 00000000", "ff ff", "00"})
    void isTheLastThatIsRead(String following) throws Exception {
      for (byte[] close : new byte[][] {RawClient.close(1000, ""), RawClient.hex("81 00")}) {
        try (RawClient client = server.openWebSocket()) {
          client.send(RawClient.join(close, RawClient.hex(following)));

          assertThat(client.readFrame().closeCode()).isIn(1000, 1002);
          client.assertEnds();
        }
      }
    }

    @Test
    void getsItsAnswerThoughTheClientGoesOnSending() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.close(4242, ""));
        client.send(RawClient.frame(0x82, new byte[1 << 20]));

        assertThat(client.readFrame().closeCode()).isEqualTo(4242);
        client.assertEnds();
      }
    }

    @Test
    void withoutACloseFrameIs1006() throws Exception {
      RawClient gone = server.openWebSocket();
      gone.close();
      assertThat(server.end()).isEqualTo(DisconnectReason.ABNORMAL);

      server.openWebSocket().reset();
      assertThat(server.end()).isEqualTo(DisconnectReason.ABNORMAL);

      try (RawClient half = server.openWebSocket()) {
        half.send(RawClient.hex("81 85 00 00"));
        half.shutdownOutput();
        assertThat(server.end()).isEqualTo(DisconnectReason.ABNORMAL);
        half.assertEnds();
      }
    }
  }

  @Nested
  class ByTheServer {
    @Test
    void ends1001AndTcpAsSoonAsTheClientAnswers() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        CompletableFuture<Void> drained = drain(server);
        assertThat(client.readFrame().closeCode()).isEqualTo(1001);

        client.send(RawClient.text("still on its way"));
        client.send(RawClient.close(1001, ""));

        client.assertEnds();
        drained.join();
        assertThat(server.end()).isEqualTo(DisconnectReason.GOING_AWAY);
      }
    }

    @Test
    void isCutAtTheDeadlineIfTheClientOnlyGoesOnTalking() throws Exception {
      try (EchoServer impatient =
              EchoServer.start(carrier, options -> options.closeTimeout(Duration.ofMillis(500)));
          RawClient client = impatient.openWebSocket()) {
        CompletableFuture<Void> drained = drain(impatient);
        assertThat(client.readFrame().closeCode()).isEqualTo(1001);

        long start = System.nanoTime();
        while (!client.awaitsNothing(20) || !drained.isDone()) {
          try {
            client.send(RawClient.frame(0x89, new byte[0]));
          } catch (java.io.IOException e) {
            break; // cut
          }
          assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
        }
        assertThat(impatient.end()).isEqualTo(DisconnectReason.GOING_AWAY);
      }
    }

    private CompletableFuture<Void> drain(EchoServer server) {
      return CompletableFuture.runAsync(
          () -> {
            try {
              server.drain(Duration.ofSeconds(60));
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
          });
    }
  }

  @Nested
  class OfAFailedConnection {
    @Test
    void hasAReasonThatIsShortUtf8AndQuotesNothing() throws Exception {
      try (RawClient client = server.openWebSocket()) {
        client.send(RawClient.frame(0x83, "secret".getBytes(UTF_8)));

        Frame close = client.readFrame();

        String reason =
            UTF_8
                .newDecoder()
                .decode(ByteBuffer.wrap(close.payload(), 2, close.payload().length - 2))
                .toString();
        assertThat(reason).isNotEmpty().doesNotContain("secret", "Exception");
        assertThat(close.payload()).hasSizeLessThanOrEqualTo(125);
      }
    }
  }
}
