package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.Message;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.RawClient.Frame;
import io.github.signalhub.json.RawJson;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** WebSocket clients against a real server: popular ones, and one at the level of bytes. */
@Timeout(60)
class WebSocketIT {
  private static final String MESSAGE = "{\"type\":\"NOTE\",\"payload\":\"h\u00e9llo\"}";

  private final Hub hub = Hub.builder().maxClientMessageBytes(64 << 10).build();
  private final Events events = new Events();
  private SignalServer server;

  @BeforeEach
  void start() throws Exception {
    hub.addListener(events);
    server = SignalServer.builder(hub).port(0).maxFragments(8).start();
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Nested
  class JavaWebSocket {
    @Test
    void exchangesTextAndLeavesWithItsCode() throws Exception {
      JavaWebSocketClient client = new JavaWebSocketClient(uri("/ws"));
      assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();

      client.send(MESSAGE);
      assertThat(events.message()).isEqualTo("NOTE \"h\u00e9llo\"");
      hub.broadcast("TICK", Map.of("n", 1));
      assertThat(client.received.poll(30, TimeUnit.SECONDS)).startsWith("{\"type\":\"TICK\"");
      client.closeConnection(4321, "enough");

      assertThat(events.end())
          .isIn(new DisconnectReason(4321, "enough"), DisconnectReason.ABNORMAL);
    }

    @Test
    void sendsAMessageInFragments() throws Exception {
      JavaWebSocketClient client = new JavaWebSocketClient(uri("/ws"));
      assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();
      byte[] bytes = MESSAGE.getBytes(UTF_8);

      client.sendFragmentedFrame(
          org.java_websocket.enums.Opcode.TEXT, ByteBuffer.wrap(bytes, 0, 31).slice(), false);
      client.sendFragmentedFrame(
          org.java_websocket.enums.Opcode.TEXT,
          ByteBuffer.wrap(bytes, 31, bytes.length - 31).slice(),
          true);

      assertThat(events.message()).isEqualTo("NOTE \"h\u00e9llo\"");
      client.closeBlocking();
      assertThat(events.end()).isEqualTo(new DisconnectReason(1000, ""));
    }

    @Test
    void binaryIsRefusedWith1003() throws Exception {
      JavaWebSocketClient client = new JavaWebSocketClient(uri("/ws"));
      assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();

      client.send(new byte[] {1, 2, 3});

      assertThat(client.closed.get(30, TimeUnit.SECONDS)).isEqualTo(1003);
      assertThat(events.end()).isEqualTo(DisconnectReason.UNSUPPORTED_DATA);
    }
  }

  @Nested
  class JdkClient {
    @Test
    void exchangesTextPingAndClose() throws Exception {
      JdkListener listener = new JdkListener();
      WebSocket socket =
          HttpClient.newHttpClient()
              .newWebSocketBuilder()
              .buildAsync(uri("/ws"), listener)
              .get(30, TimeUnit.SECONDS);

      socket.sendText(MESSAGE.substring(0, 30), false).get(30, TimeUnit.SECONDS);
      socket.sendText(MESSAGE.substring(30), true).get(30, TimeUnit.SECONDS);
      assertThat(events.message()).isEqualTo("NOTE \"h\u00e9llo\"");
      socket.sendPing(ByteBuffer.wrap(new byte[] {'7'})).get(30, TimeUnit.SECONDS);
      assertThat(listener.next()).isEqualTo("pong 7");
      hub.broadcast(Message.of("TICK", 1));
      assertThat(listener.next()).startsWith("{\"type\":\"TICK\"");
      hub.clients().iterator().next().close(new DisconnectReason(4001, "bye"));

      assertThat(listener.next()).isEqualTo("closed 4001 bye");
      assertThat(events.end()).isEqualTo(new DisconnectReason(4001, "bye"));
    }

    @Test
    void aLongMessageComesWhole() throws Exception {
      JdkListener listener = new JdkListener();
      HttpClient.newHttpClient()
          .newWebSocketBuilder()
          .buildAsync(uri("/ws"), listener)
          .get(30, TimeUnit.SECONDS);
      String long200k = "x".repeat(200_000);

      hub.broadcast("BIG", long200k);

      assertThat(listener.next()).contains("\"" + long200k + "\"");
    }
  }

  @Nested
  class OnTheWire {
    @Test
    void theHandshakeIsAnsweredAsInTheRfc() throws Exception {
      try (RawClient client = new RawClient(server.port())) {
        client.send(RawClient.handshake("/ws", "Sec-WebSocket-Protocol: other, signal-hub.v1"));

        RawClient.Answer answer = client.readAnswer();

        assertThat(answer.status()).isEqualTo(101);
        assertThat(answer.header("Upgrade")).isEqualToIgnoringCase("websocket");
        assertThat(answer.header("Connection")).isEqualToIgnoringCase("upgrade");
        assertThat(answer.header("Sec-WebSocket-Accept")).isEqualTo("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        assertThat(answer.header("Sec-WebSocket-Protocol")).isEqualTo("signal-hub.v1");
        assertThat(client.readFrame().text()).startsWith("{\"type\":\"$hello\"");
      }
    }

    @Test
    void aFrameInTheHandshakesPacketIsNotLost() throws Exception {
      try (RawClient client = new RawClient(server.port())) {
        byte[] handshake = RawClient.handshake("/ws").getBytes(UTF_8);
        byte[] frame = RawClient.text(MESSAGE);

        client.send(
            ByteBuffer.allocate(handshake.length + frame.length).put(handshake).put(frame).array());

        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertThat(events.message()).isEqualTo("NOTE \"h\u00e9llo\"");
      }
    }

    @Test
    void aPingIsAnsweredWithItsPayloadAlsoBetweenFragments() throws Exception {
      try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        client.send(RawClient.frame(0x01, MESSAGE.substring(0, 20).getBytes(UTF_8)));
        client.send(RawClient.frame(0x89, new byte[] {1, 2, 3}));
        client.send(RawClient.frame(0x80, MESSAGE.substring(20).getBytes(UTF_8)));

        Frame pong = client.readFrame();

        assertThat(pong.opcode()).isEqualTo(0xA);
        assertThat(pong.payload()).containsExactly(1, 2, 3);
        assertThat(events.message()).isEqualTo("NOTE \"h\u00e9llo\"");
      }
    }

    @ParameterizedTest
    @CsvSource({
      "1002, 81 05 68 65 6c 6c 6f", // not masked
      "1002, c1 80 01 02 03 04", // RSV1 without an extension
      "1007, 81 81 00 00 00 00 ff", // not UTF-8
      "1009, 81 ff 00 00 00 00 00 01 00 01 01 02 03 04", // one more than 64 KiB, by its header
      "1002, 88 81 00 00 00 00 03", // close with half a code
    })
    void aFaultIsToldByItsCodeAndEndsTheConnection(int code, String bytes) throws Exception {
      try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        client.send(RawClient.hex(bytes));

        assertThat(client.readFrame().closeCode()).isEqualTo(code);
        client.assertEnds();
        assertThat(events.end().code()).isEqualTo(code);
      }
    }

    @Test
    void aClientThatGoesOnSendingIsToldOfItsFault() throws Exception {
      try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        client.send(RawClient.frame(0x82, new byte[16 << 20])); // sends everything before it reads

        assertThat(client.readFrame().closeCode()).isEqualTo(1009);
        client.assertEnds();
      }
    }

    @Test
    void aCloseIsEchoedAndTheServerEndsTheConnection() throws Exception {
      try (RawClient client = RawClient.webSocket(server.port(), "/ws")) {
        client.send(RawClient.frame(0x88, new byte[] {0x0F, (byte) 0xA1, 'x'}));

        assertThat(client.readFrame().closeCode()).isEqualTo(4001);
        client.assertEnds();
        assertThat(events.end()).isEqualTo(new DisconnectReason(4001, "x"));
      }
    }

    @Test
    void aCutConnectionEndsWith1006() throws Exception {
      RawClient.webSocket(server.port(), "/ws").close();

      assertThat(events.end()).isEqualTo(DisconnectReason.ABNORMAL);
    }

    @Test
    void aPeerThatDoesNotAnswerACloseIsCutAtTheDeadline() throws Exception {
      try (SignalServer impatient =
              SignalServer.builder(hub).port(0).closeTimeout(Duration.ofMillis(200)).start();
          RawClient client = RawClient.webSocket(impatient.port(), "/ws")) {
        events.connected();
        hub.clients().iterator().next().close(new DisconnectReason(4007, "go"));

        assertThat(client.readFrame().closeCode()).isEqualTo(4007);
        client.assertEnds();
        assertThat(events.end()).isEqualTo(new DisconnectReason(4007, "go"));
      }
    }
  }

  @Nested
  class SlowReaders {
    private static final int MESSAGE_BYTES = 8 << 20; // more than two sockets buffer

    @Test
    void getTheRestOfTheirFrameAndTheCloseHoweverLongThatTakes() throws Exception {
      try (Hub wide = Hub.builder().maxPublishedBytes(2 * MESSAGE_BYTES).build();
          SignalServer patient =
              SignalServer.builder(wide).port(0).closeTimeout(Duration.ofMillis(200)).start();
          RawClient client = new RawClient(patient.port(), 4096)) {
        wide.addListener(events);
        client.send(RawClient.handshake("/ws"));
        assertThat(client.readAnswer().status()).isEqualTo(101);
        events.connected();
        wide.broadcast(Message.of("BIG", RawJson.of("\"" + "x".repeat(MESSAGE_BYTES) + "\"")));
        client.awaitInput();

        client.send(RawClient.close(1000, ""));

        assertThat(events.ends.poll(1, TimeUnit.SECONDS)).isNull();
        assertThat(client.readFrame().payload()).hasSizeGreaterThan(MESSAGE_BYTES);
        assertThat(client.readFrame().closeCode()).isEqualTo(1000);
        client.assertEnds();
        assertThat(events.end()).isEqualTo(new DisconnectReason(1000, ""));
      }
    }
  }

  @Nested
  class Silence {
    @Test
    void aSilentClientIsPingedAndCutIfItDoesNotAnswer() throws Exception {
      try (SignalServer impatient =
              SignalServer.builder(hub)
                  .port(0)
                  .pingInterval(Duration.ofMillis(100))
                  .pongTimeout(Duration.ofSeconds(3)) // the first pong must be in time
                  .start();
          RawClient client = RawClient.webSocket(impatient.port(), "/ws")) {
        assertThat(client.readFrame().opcode()).isEqualTo(9);
        client.send(RawClient.frame(0x8A, new byte[0]));
        assertThat(client.readFrame().opcode()).isEqualTo(9);

        client.assertEnds();
        assertThat(events.end()).isEqualTo(DisconnectReason.ABNORMAL);
      }
    }

    @Test
    void aClientThatReadsNothingDelaysNobodyAndIsCutAtTheDeadline() throws Exception {
      try (SignalServer impatient =
              SignalServer.builder(hub)
                  .port(0)
                  .loops(1)
                  .writeTimeout(Duration.ofSeconds(5)) // it also applies to the client that reads
                  .start();
          RawClient stalled = new RawClient(impatient.port(), 4096);
          RawClient reading = RawClient.webSocket(impatient.port(), "/ws")) {
        stalled.send(RawClient.handshake("/ws"));
        assertThat(stalled.readAnswer().status()).isEqualTo(101);
        events.connected();
        events.connected();
        RawJson big = RawJson.of("\"" + "x".repeat(100_000) + "\"");

        for (int i = 0; i < 100; i++) {
          hub.broadcast(Message.of("BIG", big));
          assertThat(reading.readFrame().payload()).hasSizeGreaterThan(100_000);
        }

        assertThat(events.end().code()).isIn(1006, 4100);
        assertThat(hub.clients()).hasSize(1);
      }
    }
  }

  private URI uri(String target) {
    return URI.create("ws://localhost:" + server.port() + target);
  }

  /** The calls to the application, in order. */
  private static final class Events implements HubListener {
    private final BlockingQueue<Client> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> messages = new LinkedBlockingQueue<>();
    private final BlockingQueue<DisconnectReason> ends = new LinkedBlockingQueue<>();

    @Override
    public void onConnect(Client client) {
      connected.add(client);
    }

    @Override
    public void onMessage(Client client, Message message) {
      messages.add(message.type() + " " + io.github.signalhub.json.Json.write(message.payload()));
    }

    @Override
    public void onDisconnect(Client client, DisconnectReason reason) {
      ends.add(reason);
    }

    Client connected() throws InterruptedException {
      return connected.poll(30, TimeUnit.SECONDS);
    }

    String message() throws InterruptedException {
      return messages.poll(30, TimeUnit.SECONDS);
    }

    DisconnectReason end() throws InterruptedException {
      return ends.poll(30, TimeUnit.SECONDS);
    }
  }

  private static final class JavaWebSocketClient extends WebSocketClient {
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
    private final CompletableFuture<Integer> closed = new CompletableFuture<>();

    private JavaWebSocketClient(URI uri) {
      super(uri);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onMessage(String message) {
      received.add(message);
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      closed.complete(code);
    }

    @Override
    public void onError(Exception e) {
      closed.completeExceptionally(e);
    }
  }
}
