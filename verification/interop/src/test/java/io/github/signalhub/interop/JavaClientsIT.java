package io.github.signalhub.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.EchoServer;
import io.github.signalhub.jdkserver.JdkListener;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.enums.Opcode;
import org.java_websocket.extensions.DefaultExtension;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.framing.CloseFrame;
import org.java_websocket.framing.Framedata;
import org.java_websocket.framing.PingFrame;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Java-WebSocket and the JDK's client get their messages back. Either side can close. */
@Timeout(60)
@ParameterizedClass
@EnumSource(Carrier.class)
class JavaClientsIT {
  private static final List<String> TEXTS =
      List.of(
          "",
          "hello",
          "\u03ba\u1f79\u03c3\u03bc\u03b5 \ud83d\udca9 \u0000\uffff",
          "x".repeat(65_536),
          "\u20ac".repeat((1 << 20) / 3));

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

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void javaWebSocketExchangesAllKindsOfMessages(boolean deflate) throws Exception {
    JavaWebSocket client = new JavaWebSocket(deflate);
    assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();
    assertThat(client.agreed.contains("permessage-deflate")).isEqualTo(deflate);

    for (String text : TEXTS) {
      client.send(text);
      assertThat(client.next()).isEqualTo(text);
    }
    byte[] bytes = new byte[1 << 20];
    new java.util.Random(1).nextBytes(bytes);
    client.send(bytes);
    assertThat(client.next()).isEqualTo(ByteBuffer.wrap(bytes));
    PingFrame ping = new PingFrame();
    ping.setPayload(ByteBuffer.wrap("ping".getBytes(UTF_8)));
    client.sendFrame(ping);
    assertThat(client.next()).isEqualTo("pong ping");

    CloseFrame close = new CloseFrame(); // close() may drop it while the client ends a callback
    close.setCode(4321);
    close.setReason("enough");
    client.sendFrame(close);
    assertThat(server.end()).isEqualTo(new DisconnectReason(4321, "enough"));
    assertThat(client.next()).isEqualTo("closed 4321");
  }

  /** Without deflate, because the client does not compress fragments that it makes itself. */
  @Test
  void javaWebSocketSendsFragments() throws Exception {
    JavaWebSocket client = new JavaWebSocket(false);
    assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();

    for (int i = 0; i < 10; i++) {
      client.sendFragmentedFrame(Opcode.TEXT, ByteBuffer.wrap(new byte[] {'a', 'b'}), i == 9);
    }

    assertThat(client.next()).isEqualTo("ab".repeat(10));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void javaWebSocketUnderstandsTheServersClose(boolean deflate) throws Exception {
    JavaWebSocket client = new JavaWebSocket(deflate);
    assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();

    server.drain(Duration.ofSeconds(60));

    assertThat(client.next()).isEqualTo("closed 1001");
    assertThat(server.end()).isEqualTo(DisconnectReason.GOING_AWAY);
  }

  @Test
  void jdkClientExchangesAllKindsOfMessages() throws Exception {
    JdkListener listener = new JdkListener();
    WebSocket client = connect(listener);

    for (String text : TEXTS) {
      client.sendText(text, true).get(30, TimeUnit.SECONDS);
      assertThat(listener.next()).isEqualTo(text);
    }
    client.sendText("frag", false).get(30, TimeUnit.SECONDS);
    client.sendPing(ByteBuffer.wrap(new byte[] {'p'})).get(30, TimeUnit.SECONDS);
    client.sendText("ments", true).get(30, TimeUnit.SECONDS);
    assertThat(listener.next()).isEqualTo("pong p");
    assertThat(listener.next()).isEqualTo("fragments");
    client.sendBinary(ByteBuffer.wrap(new byte[1 << 20]), true).get(30, TimeUnit.SECONDS);
    assertThat(listener.next()).isEqualTo("binary 1048576");

    client.sendClose(4321, "enough").get(30, TimeUnit.SECONDS);
    assertThat(listener.next()).isEqualTo("closed 4321");
    assertThat(server.end()).isEqualTo(new DisconnectReason(4321, "enough"));
  }

  @Test
  void jdkClientUnderstandsTheServersClose() throws Exception {
    JdkListener listener = new JdkListener();
    connect(listener);

    server.drain(Duration.ofSeconds(60));

    assertThat(listener.next()).isEqualTo("closed 1001 going away");
  }

  private WebSocket connect(WebSocket.Listener listener) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(Carrier.trusting())
        .build()
        .newWebSocketBuilder()
        .buildAsync(uri(), listener)
        .get(30, TimeUnit.SECONDS);
  }

  private URI uri() {
    return URI.create(carrier.scheme() + "://localhost:" + server.port() + "/ws");
  }

  private final class JavaWebSocket extends WebSocketClient {
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private volatile String agreed = "";

    private JavaWebSocket(boolean deflate) {
      super(
          uri(),
          new Draft_6455(deflate ? new PerMessageDeflateExtension() : new DefaultExtension()));
      if (carrier == Carrier.TLS) {
        setSocketFactory(Carrier.trusting().getSocketFactory());
      }
    }

    private Object next() throws InterruptedException {
      return received.poll(30, TimeUnit.SECONDS);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {
      agreed = handshake.getFieldValue("Sec-WebSocket-Extensions");
    }

    @Override
    public void onMessage(String message) {
      received.add(message);
    }

    @Override
    public void onMessage(ByteBuffer bytes) {
      received.add(bytes);
    }

    @Override
    public void onWebsocketPong(org.java_websocket.WebSocket socket, Framedata frame) {
      received.add("pong " + UTF_8.decode(frame.getPayloadData()));
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      received.add("closed " + code);
    }

    @Override
    public void onError(Exception e) {
      received.add("failed " + CloseFrame.ABNORMAL_CLOSE + e);
    }
  }
}
