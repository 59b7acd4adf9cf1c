package io.github.signalhub.jdkserver.internal.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.RawClient.Frame;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** permessage-deflate (RFC 7692) over real sockets, with a real hub. */
@Timeout(60)
class CompressionIT {
  private static final String OFFER = "Sec-WebSocket-Extensions: permessage-deflate";
  private static final String TEXT = "one message like another ".repeat(400); // 10,000 bytes

  private final Hub hub = Hub.create();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final BlockingQueue<Client> connected = new LinkedBlockingQueue<>();
  private NioTransport transport;

  @BeforeEach
  void start() throws IOException {
    hub.onMessage((client, message) -> received.add((String) message.payload()));
    hub.addListener(
        new HubListener() {
          @Override
          public void onConnect(Client client) {
            connected.add(client);
          }
        });
    transport = TestTransport.create();
    hub.attach(transport);
  }

  @AfterEach
  void stop() {
    hub.close(Duration.ZERO);
  }

  @Nested
  class Broadcast {
    @Test
    void isCompressedOnceForAllClientsThatAgreedOnTheSame() throws Exception {
      List<RawClient> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 60; i++) {
          clients.add(connect(i % 3 == 0 ? OFFER + "; server_max_window_bits=9" : OFFER));
          connected.take();
        }

        hub.broadcast("TEXT", TEXT);

        for (RawClient client : clients) {
          Frame frame = client.readFrame();
          assertThat(frame.compressed()).isTrue();
          assertThat(inflate(frame.payload())).contains(TEXT);
        }
        assertThat(transport.compression().compressions())
            .isEqualTo(2); // 60 clients with two forms
      } finally {
        for (RawClient client : clients) {
          client.close();
        }
      }
    }

    @Test
    void isPlainBelowTheThreshold() throws Exception {
      try (RawClient client = connect(OFFER)) {
        connected.take();

        hub.broadcast("TEXT", "short");

        assertThat(client.readFrame().compressed()).isFalse();
        assertThat(transport.compression().compressions()).isZero();
      }
    }

    @Test
    void ofALargeMessageIsCompressedOnceAndKeepsItsPlaceInTheOrder() throws Exception {
      String large = TEXT.repeat(100); // 1,000,000 bytes
      List<RawClient> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 30; i++) {
          clients.add(connect(i % 3 == 0 ? OFFER + "; server_max_window_bits=9" : OFFER));
          connected.take();
        }

        for (int n = 0; n < 5; n++) {
          hub.broadcast("BEFORE", n);
          hub.broadcast("TEXT", large);
          hub.broadcast("AFTER", n);
        }
        CompletableFuture<Void> closed =
            CompletableFuture.runAsync(() -> hub.close(Duration.ofSeconds(30)));

        for (RawClient client : clients) {
          for (int n = 0; n < 5; n++) {
            assertThat(client.readFrame().text())
                .startsWith("{\"type\":\"BEFORE\",\"payload\":" + n);
            Frame frame = client.readFrame();
            assertThat(frame.compressed()).isTrue();
            assertThat(inflate(frame.payload())).contains(large);
            assertThat(client.readFrame().text())
                .startsWith("{\"type\":\"AFTER\",\"payload\":" + n);
          }
          assertThat(client.readFrame().closeCode()).isEqualTo(1001);
          client.send(RawClient.close(1001, ""));
        }
        closed.get(30, TimeUnit.SECONDS);
        assertThat(transport.compression().compressions())
            .isEqualTo(10); // two forms of five messages
        assertThat(transport.compression().lent()).isZero();
      } finally {
        for (RawClient client : clients) {
          client.close();
        }
      }
    }

    @Test
    void isPlainForWhoDidNotOfferCompression() throws Exception {
      try (RawClient client = RawClient.webSocket(port(), "/ws")) {
        connected.take();

        hub.broadcast("TEXT", TEXT);

        assertThat(client.readFrame().compressed()).isFalse();
      }
    }
  }

  @Nested
  class Handshake {
    @Test
    void isAnsweredWithWhatWasAgreed() throws Exception {
      try (RawClient client = new RawClient(port())) {
        client.send(RawClient.handshake("/ws", OFFER + "; client_max_window_bits"));

        assertThat(client.readAnswer().header("Sec-WebSocket-Extensions"))
            .isEqualTo("permessage-deflate; server_no_context_takeover");
      }
    }

    @Test
    void declinesCompressionThatIsSwitchedOff() throws Exception {
      try (SignalServer plain = SignalServer.builder(hub).port(0).compression(false).start();
          RawClient client = new RawClient(plain.port())) {
        client.send(RawClient.handshake("/ws", OFFER));

        RawClient.Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.header("Sec-WebSocket-Extensions")).isNull();
      }
    }
  }

  @Nested
  class Windows {
    private static final String HERE = "127.0.0.1";
    private static final String ELSEWHERE = "127.0.0.2";
    private static final byte[] HELLO = RawClient.frame(0xC1, RawClient.hex("f248cdc9c90700"));

    @Test
    void beyondTheShareOfAnAddressNewHandshakesAgreeOnNoCompression() throws Exception {
      List<RawClient> clients = new ArrayList<>(); // a socket without a reference may be closed
      try {
        for (int i = 0; i < 24; i++) { // 32 KiB each are three quarters of 1 MiB
          RawClient client = connect(OFFER);
          clients.add(client);
          client.send(HELLO);
          client.send(RawClient.hex("89 80 00000000"));
          assertThat(client.readFrame().opcode())
              .isEqualTo(10); // the message was inflated before the pong
        }
        assertThat(transport.compression().windows()).isEqualTo(24);

        assertThat(agreed(HERE, OFFER)).isNull();
        assertThat(agreed(ELSEWHERE, OFFER)).startsWith("permessage-deflate");
        assertThat(agreed(HERE, OFFER + "; client_no_context_takeover"))
            .isEqualTo(
                "permessage-deflate; server_no_context_takeover; client_no_context_takeover");
        RawClient first = clients.get(0);
        first.send(RawClient.frame(0xC1, RawClient.hex("f200110000")));
        first.send(RawClient.close(1000, ""));
        assertThat(first.readFrame().closeCode()).isEqualTo(1000);

        awaitWindows(23);
        assertThat(agreed(HERE, OFFER)).startsWith("permessage-deflate");
      } finally {
        for (RawClient client : clients) {
          client.close();
        }
      }
    }

    @Test
    void thatFindNoRoomCloseTheirClientsWith1013AndTakeNoneFromOthers() throws Exception {
      List<RawClient> clients = new ArrayList<>();
      try {
        for (int i = 0; i < 25; i++) {
          clients.add(connect(OFFER));
        }

        for (RawClient client : clients.subList(0, 24)) {
          client.send(HELLO);
          client.send(RawClient.hex("89 80 00000000"));
          assertThat(client.readFrame().opcode()).isEqualTo(10);
        }
        clients.get(24).send(HELLO);

        assertThat(clients.get(24).readFrame().closeCode()).isEqualTo(1013);
        for (RawClient client : clients.subList(0, 24)) {
          client.send(RawClient.frame(0xC1, RawClient.hex("f200110000")));
          client.send(RawClient.close(1000, ""));
          assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        }
        awaitWindows(0);
      } finally {
        for (RawClient client : clients) {
          client.close();
        }
      }
    }

    private String agreed(String address, String offer) throws IOException {
      try (RawClient client = RawClient.from(address, port())) {
        client.send(RawClient.handshake("/ws", offer));
        RawClient.Answer answer = client.readAnswer();
        assertThat(answer.status()).isEqualTo(101);
        return answer.header("Sec-WebSocket-Extensions");
      }
    }

    private void awaitWindows(int expected) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while (transport.compression().windows() != expected && System.nanoTime() < deadline) {
        TimeUnit.MILLISECONDS.sleep(1);
      }
      assertThat(transport.compression().windows()).isEqualTo(expected);
    }
  }

  @Nested
  class Memory {
    @Test
    void isGivenBackByFiveHundredClientsThatVanishInTheMiddleOfAMessage() throws Exception {
      byte[] half = RawClient.frame(0x41, deflate("{\"type\":\"T\",\"payload\":\"" + TEXT));
      try (RawClient waiting = connect(OFFER)) {
        connected.take();
        waiting.send(half);
        awaitLent(1);
        for (int i = 0; i < 500; i++) {
          RawClient client = connect(OFFER);
          Client link = connected.take();
          client.send(half);
          switch (i % 4) {
            case 0 -> client.reset();
            case 1 -> client.close();
            case 2 -> {
              awaitLent(2);
              link.close(new DisconnectReason(4000, "on purpose"));
              client.reset();
            }
            default -> {
              client.send(RawClient.hex("88 82 00 00 00 00 03 e8"));
              assertThat(client.readFrame().closeCode()).isEqualTo(1000);
              client.close();
            }
          }
        }

        awaitLent(1);
        transport.stop();
        awaitLent(0);
      }
    }

    @Test
    void isGivenBackAfterAFaultInTheMiddleOfAMessage() throws Exception {
      try (RawClient client = connect(OFFER)) {
        client.send(RawClient.frame(0x41, deflate(TEXT)));
        awaitLent(1);

        client.send(RawClient.frame(0x80, new byte[] {7, 7, 7, 7})); // no DEFLATE: block type 3

        assertThat(client.readFrame().closeCode()).isEqualTo(1007);
        client.assertEnds();
        awaitLent(0);
      }
    }

    @Test
    void staysWithinTheLimitOfAMessageThatInflatesWithoutEnd() throws Exception {
      try (RawClient client = connect(OFFER)) {
        client.send(RawClient.frame(0xC1, deflate(" ".repeat(64 << 20)))); // 64 KiB on the wire

        assertThat(client.readFrame().closeCode()).isEqualTo(1009);
        client.assertEnds();
        awaitLent(0);
      }
    }
  }

  @Test
  void javaWebSocketExchangesCompressedMessagesBothWays() throws Exception {
    BlockingQueue<String> got = new LinkedBlockingQueue<>();
    PerMessageDeflateExtension extension = new PerMessageDeflateExtension();
    extension.setThreshold(0);
    WebSocketClient client =
        new WebSocketClient(
            URI.create("ws://localhost:" + port() + "/ws"), new Draft_6455(extension)) {
          @Override
          public void onOpen(ServerHandshake handshake) {
            got.add(handshake.getFieldValue("Sec-WebSocket-Extensions"));
          }

          @Override
          public void onMessage(String message) {
            got.add(message);
          }

          @Override
          public void onClose(int code, String reason, boolean remote) {
            got.add("close " + code);
          }

          @Override
          public void onError(Exception e) {
            got.add(e.toString());
          }
        };
    assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();
    assertThat(got.poll(30, TimeUnit.SECONDS)).startsWith("permessage-deflate");
    connected.take();

    client.send("{\"type\":\"T\",\"payload\":\"" + TEXT + "\"}");
    assertThat(received.poll(30, TimeUnit.SECONDS)).isEqualTo(TEXT);
    hub.broadcast(Message.of("TEXT", TEXT));
    assertThat(got.poll(30, TimeUnit.SECONDS)).contains(TEXT);
    client.close();

    assertThat(got.poll(30, TimeUnit.SECONDS)).isEqualTo("close 1000");
    assertThat(transport.compression().compressions()).isEqualTo(1);
  }

  private RawClient connect(String offer) throws IOException {
    RawClient client = new RawClient(port());
    client.send(RawClient.handshake("/ws", offer));
    assertThat(client.readAnswer().status()).isEqualTo(101);
    return client;
  }

  private int port() {
    return transport.address().getPort();
  }

  private void awaitLent(int expected) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (transport.compression().lent() != expected && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(1);
    }
    assertThat(transport.compression().lent()).isEqualTo(expected);
  }

  private static byte[] deflate(String text) {
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    deflater.setInput(text.getBytes(UTF_8));
    byte[] out = new byte[text.length() + 100];
    int bytes = deflater.deflate(out, 0, out.length, Deflater.SYNC_FLUSH);
    deflater.end();
    return Arrays.copyOf(out, bytes - 4); // RFC 7692 §7.2.1
  }

  private static String inflate(byte[] payload) throws DataFormatException {
    Inflater inflater = new Inflater(true);
    byte[] in = Arrays.copyOf(payload, payload.length + 4);
    in[in.length - 2] = (byte) 0xFF;
    in[in.length - 1] = (byte) 0xFF;
    inflater.setInput(in);
    byte[] out = new byte[1 << 20];
    int bytes = inflater.inflate(out);
    inflater.end();
    return new String(out, 0, bytes, UTF_8);
  }
}
