package io.github.signalhub.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.jdkserver.SignalServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.java_websocket.client.WebSocketClient;
import org.java_websocket.drafts.Draft;
import org.java_websocket.drafts.Draft_6455;
import org.java_websocket.extensions.permessage_deflate.PerMessageDeflateExtension;
import org.java_websocket.handshake.ServerHandshake;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class EchoServerIT {
  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();
  private static final int MAX_MESSAGE_BYTES = 1 << 20;

  @ParameterizedTest
  @ValueSource(strings = {"/", "/ws"})
  void sendsTextAndBinaryBack(String path) throws Exception {
    try (SignalServer server = start()) {
      EchoClient client = connect("ws", server.port(), path, new Draft_6455());

      client.send("gr\u00fc\u00df dich");
      client.send(new byte[] {0, -1, 7});
      client.send("");

      assertThat(client.next()).isEqualTo("gr\u00fc\u00df dich");
      assertThat(client.next()).isEqualTo(new byte[] {0, -1, 7});
      assertThat(client.next()).isEqualTo("");
      client.closeBlocking();
    }
  }

  @Test
  void sendsCompressedMessagesBackCompressed() throws Exception {
    try (SignalServer server = start()) {
      Draft draft = new Draft_6455(new PerMessageDeflateExtension());
      EchoClient client = connect("ws", server.port(), "/", draft);
      byte[] zeros = new byte[50_000];

      client.send("again and ".repeat(3_000));
      client.send(zeros);

      assertThat(client.next()).isEqualTo("again and ".repeat(3_000));
      assertThat(client.next()).isEqualTo(zeros);
      client.closeBlocking();
    }
  }

  @Test
  void listensOnALoopbackAddressUnlessToldOtherwise() throws Exception {
    List<String> known = List.of("--port", "--host");

    assertThat(new Arguments(List.of("--port", "0"), known).host().isLoopbackAddress()).isTrue();
    assertThat(new Arguments(List.of("--host", "0.0.0.0"), known).host().isAnyLocalAddress())
        .isTrue();
  }

  @Test
  void takesMessagesAsLongAsItIsTold() throws Exception {
    byte[] big = new byte[16 << 20];
    new Random(1).nextBytes(big);
    try (SignalServer server = EchoServer.start(LOOPBACK, 0, 16 << 20, Optional.empty())) {
      EchoClient client = connect("ws", server.port(), "/", new Draft_6455());

      client.send(big);
      assertThat(client.next()).isEqualTo(big);

      client.send(Arrays.copyOf(big, big.length + 1));
      assertThat(client.closed.poll(30, TimeUnit.SECONDS)).isEqualTo(1009);
    }
  }

  @Test
  void speaksTlsWithACertificateOfItsOwn() throws Exception {
    try (SignalServer server =
        EchoServer.start(LOOPBACK, 0, MAX_MESSAGE_BYTES, Optional.of(SelfSigned.context()))) {
      EchoClient client = connect("wss", server.port(), "/ws", new Draft_6455());
      byte[] big = new byte[1 << 20];
      new Random(2).nextBytes(big);

      for (int i = 0; i < 5; i++) {
        client.send(big);
        assertThat(client.next()).isEqualTo(big);
      }
      client.closeBlocking();
    }
  }

  @Test
  void stopsReadingFromAClientThatDoesNotReadAndLosesNothing() throws Exception {
    try (SignalServer server = start();
        SocketChannel channel =
            SocketChannel.open(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()))) {
      Socket socket = channel.socket();
      socket.setSoTimeout(30_000);
      channel.write(
          ByteBuffer.wrap(
              ("GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
                      + "Sec-WebSocket-Version: 13\r\n\r\n")
                  .getBytes(ISO_8859_1)));
      ByteBuffer frame = ByteBuffer.allocate(14 + 60_000).put((byte) 0x82).put((byte) 0xFE);
      frame.putShort((short) 60_000).putInt(0).position(8 + 60_000).flip();
      channel.configureBlocking(false);
      long written = 0;
      int idleLooks = 0; // counted, not timed, because the whole process may pause
      while (idleLooks < 300 || written == 0) {
        int count = channel.write(frame);
        written += count;
        idleLooks = count > 0 ? 0 : idleLooks + 1;
        if (count == 0) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        if (!frame.hasRemaining()) {
          frame.rewind();
        }
        assertThat(written).as("bytes that nobody reads").isLessThan(64L << 20);
      }

      long whole = written / 60_008;
      channel.configureBlocking(true);
      long echoed = whole * 60_004;
      String head = new String(socket.getInputStream().readNBytes(129), ISO_8859_1);
      assertThat(head).startsWith("HTTP/1.1 101").endsWith("\r\n\r\n");
      socket.getInputStream().skipNBytes(echoed);
    }
  }

  private static SignalServer start() throws Exception {
    return EchoServer.start(LOOPBACK, 0, MAX_MESSAGE_BYTES, Optional.empty());
  }

  private static EchoClient connect(String scheme, int port, String path, Draft draft)
      throws Exception {
    EchoClient client = new EchoClient(URI.create(scheme + "://localhost:" + port + path), draft);
    if (scheme.equals("wss")) {
      client.setSocketFactory(SelfSigned.trustingAnybody().getSocketFactory());
    }
    assertThat(client.connectBlocking(30, TimeUnit.SECONDS)).isTrue();
    return client;
  }

  private static final class EchoClient extends WebSocketClient {
    private final BlockingQueue<Object> received = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> closed = new LinkedBlockingQueue<>();

    private EchoClient(URI uri, Draft draft) {
      super(uri, draft);
    }

    private Object next() throws InterruptedException {
      return received.poll(30, TimeUnit.SECONDS);
    }

    @Override
    public void onOpen(ServerHandshake handshake) {}

    @Override
    public void onMessage(String message) {
      received.add(message);
    }

    @Override
    public void onMessage(ByteBuffer bytes) {
      received.add(Arrays.copyOf(bytes.array(), bytes.remaining()));
    }

    @Override
    public void onClose(int code, String reason, boolean remote) {
      closed.add(code);
    }

    @Override
    public void onError(Exception e) {
      received.add(e);
    }
  }
}
