package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.connection.DisconnectReason;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The result at each limit on connections and messages, over real sockets. */
@Timeout(60)
class LimitsIT {
  private final Hub hub = Hub.create();

  @AfterEach
  void stop() {
    hub.close(Duration.ZERO);
  }

  @Nested
  class Connections {
    @Test
    void overTheLimitAreClosedBeforeTheyAreRead() throws Exception {
      try (SignalServer server = builder().maxConnections(3).start()) {
        RawClient[] clients = new RawClient[3];
        for (int i = 0; i < 3; i++) {
          clients[i] = RawClient.webSocket(server.port(), "/ws");
        }
        try (RawClient refused = new RawClient(server.port())) {
          refused.assertEnds();
        }

        clients[0].reset();

        awaitAccepted(server).close();
        for (RawClient client : clients) {
          client.close();
        }
      }
    }

    @Test
    void ofOneAddressOverItsLimitAreClosedBeforeTheyAreRead() throws Exception {
      try (SignalServer server = builder().maxConnectionsPerAddress(1).start();
          RawClient first = RawClient.webSocket(server.port(), "/ws")) {
        try (RawClient refused = new RawClient(server.port())) {
          refused.assertEnds();
        }

        first.reset();

        awaitAccepted(server).close();
      }
    }

    @Test
    void ofOneClientOfATrustedProxyAreRefusedWith429() throws Exception {
      try (SignalServer server =
              builder().maxConnectionsPerAddress(1).trustedProxies("127.0.0.1", "::1").start();
          RawClient first = forwarded(server, "203.0.113.1");
          RawClient other = forwarded(server, "203.0.113.2")) {
        assertThat(first.readAnswer().status()).isEqualTo(101);
        assertThat(other.readAnswer().status()).isEqualTo(101);

        try (RawClient second = forwarded(server, "203.0.113.1")) {
          assertThat(second.readAnswer().status()).isEqualTo(429);
          second.assertEnds();
        }
      }
    }
  }

  @Nested
  class ATrustedProxy {
    @Test
    void saysWhoTheClientIs() throws Exception {
      BlockingQueue<InetSocketAddress> seen = new LinkedBlockingQueue<>();
      try (SignalServer server =
              builder()
                  .trustedProxies("127.0.0.0/8", "::1")
                  .handshake(
                      request -> {
                        seen.add(request.remoteAddress());
                        return HandshakeDecision.accept();
                      })
                  .context(
                      "/who",
                      exchange -> {
                        seen.add(exchange.getRemoteAddress());
                        exchange.sendResponseHeaders(204, -1);
                        exchange.close();
                      })
                  .start();
          RawClient client = forwarded(server, "203.0.113.1:77");
          RawClient http = new RawClient(server.port())) {
        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertThat(seen.poll(30, TimeUnit.SECONDS))
            .isEqualTo(new InetSocketAddress("203.0.113.1", 77));

        http.send("GET /who HTTP/1.1\r\nHost: a\r\nForwarded: for=203.0.113.2\r\n\r\n");

        assertThat(http.readAnswer().status()).isEqualTo(204);
        assertThat(seen.poll(30, TimeUnit.SECONDS))
            .isEqualTo(new InetSocketAddress("203.0.113.2", 0));
      }
    }

    @Test
    void saysWhichSchemeTheOriginMustHave() throws Exception {
      try (SignalServer server = builder().trustedProxies("127.0.0.1", "::1").start();
          RawClient https = new RawClient(server.port());
          RawClient http = new RawClient(server.port())) {
        String proto = "X-Forwarded-Proto: https";
        https.send(RawClient.handshake("/ws", "Origin: https://localhost", proto));
        http.send(RawClient.handshake("/ws", "Origin: http://localhost", proto));

        assertThat(https.readAnswer().status()).isEqualTo(101);
        assertThat(http.readAnswer().status()).isEqualTo(403);
      }
    }

    @Test
    void thatSendsNothingButAMalformedFieldIsAnsweredWith400() throws Exception {
      try (SignalServer server = builder().trustedProxies("127.0.0.1", "::1").start();
          RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws", "Forwarded: for=\"6.6.6.6"));

        assertThat(client.readAnswer().status()).isEqualTo(400);
      }
    }
  }

  /** The hub's limits, which end a connection before all its read messages are processed. */
  @Nested
  class Messages {
    @Test
    void overTheHubsSizeCloseTheClientWith1009() throws Exception {
      try (Hub strict = Hub.builder().maxClientMessageBytes(100).build();
          SignalServer server = SignalServer.start(strict, 0);
          RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        client.send(RawClient.text(" ".repeat(101)));

        assertThat(client.readFrame().closeCode()).isEqualTo(1009);
      }
    }

    @Test
    void thatAreNotFinishedCloseTheClientWithTheLongestWith1013() throws Exception {
      byte[] half = RawClient.frame(0x01, new byte[60_000]);
      try (Hub small = Hub.builder().maxClientMessageBytes(100_000).build();
          SignalServer server =
              SignalServer.builder(small)
                  .port(0)
                  .maxUnfinishedBytes(100_000)
                  .compression(false)
                  .start();
          RawClient first = RawClient.webSocket(server.port(), "/ws");
          RawClient second = RawClient.webSocket(server.port(), "/ws")) {
        first.send(half);
        first.send(RawClient.frame(0x89, new byte[0]));
        assertThat(first.readFrame().opcode()).isEqualTo(0xA); // the half has arrived

        second.send(half);

        assertThat(first.readFrame().closeCode()).isEqualTo(1013);
        first.assertEnds();
        second.send(RawClient.frame(0x80, new byte[0]));
        second.send(RawClient.close(1000, ""));
        assertThat(second.readFrame().closeCode()).isEqualTo(1000);
      }
    }

    @Test
    void thatStopBeforeTheirEndCloseTheClientWith1013() throws Exception {
      try (SignalServer server = builder().start();
          RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        client.send(RawClient.frame(0x01, new byte[] {'x'}));

        RawClient.Frame close = client.readFrame(); // after the grace of 10 seconds

        assertThat(close.closeCode()).isEqualTo(1013);
        assertThat(close.text()).endsWith("too slowly");
        client.assertEnds();
      }
    }

    @Test
    void overTheRateCloseTheClientWith4101() throws Exception {
      BlockingQueue<DisconnectReason> ends = new LinkedBlockingQueue<>();
      try (Hub strict = Hub.builder().maxClientMessagesPerSecond(10).build();
          SignalServer server = SignalServer.start(strict, 0);
          RawClient client = RawClient.webSocket(server.port(), "/ws");
          RawClient calm = RawClient.webSocket(server.port(), "/ws")) {
        strict.addListener(
            new HubListener() {
              @Override
              public void onDisconnect(Client client, DisconnectReason reason) {
                ends.add(reason);
              }
            });
        for (int i = 0; i < 100; i++) {
          client.send(RawClient.text("{\"type\":\"A\",\"payload\":1}"));
        }

        RawClient.Frame close = client.readFrame();
        assertThat(close.closeCode()).isEqualTo(4101);
        assertThat(close.text()).endsWith("rate limit");
        client.send(RawClient.hex("88 82 00 00 00 00 10 05"));
        client.assertEnds();
        assertThat(ends.poll(30, TimeUnit.SECONDS).code()).isEqualTo(4101);
        calm.send(RawClient.frame(0x89, new byte[] {1}));
        assertThat(calm.readFrame().opcode()).isEqualTo(0xA);
      }
    }
  }

  @Test
  void settingsThatDoNotFitTogetherAreToldAtTheStart() {
    try (Hub small = Hub.builder().maxClientMessageBytes(1_000).build()) {
      SignalServerBuilder options = SignalServer.builder(small).port(0);

      assertThatIllegalArgumentException()
          .isThrownBy(() -> options.maxUnfinishedBytes(58_343).start())
          .withMessage(
              "expected maxUnfinishedBytes of at least 58344, which the longest message takes,"
                  + " was 58343");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> options.compression(false).maxUnfinishedBytes(999).start());
      assertThatIllegalArgumentException()
          .isThrownBy(() -> options.maxUnfinishedBytes(1_000).maxBufferedBytes(1).start())
          .withMessageContaining("maxBufferedBytes of at least 655360");
    }
  }

  @Test
  void aServerFollowsTheLimitOfTheHubAndRefusesALongMessageByItsHeader() throws Exception {
    try (Hub large = Hub.builder().maxClientMessageBytes(2 << 20).build();
        SignalServer server = SignalServer.start(large, 0);
        RawClient client = RawClient.webSocket(server.port(), "/ws")) {
      client.send(RawClient.hex("81 ff 00 00 00 00 00 20 00 01 01 02 03 04")); // 2 MiB and a byte

      assertThat(client.readFrame().closeCode()).isEqualTo(1009);
    }
  }

  private SignalServerBuilder builder() {
    return SignalServer.builder(hub).port(0).loops(2);
  }

  private static RawClient forwarded(SignalServer server, String address) throws IOException {
    RawClient client = new RawClient(server.port());
    client.send(RawClient.handshake("/ws", "X-Forwarded-For: " + address));
    return client;
  }

  /** Tries until a connection is accepted, because a server learns of a reset a moment later. */
  private static RawClient awaitAccepted(SignalServer server) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      try {
        return RawClient.webSocket(server.port(), "/ws");
      } catch (IOException e) {
        if (System.nanoTime() > deadline) {
          throw e;
        }
      }
    }
  }
}
