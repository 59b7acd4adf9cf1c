package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Many clients get many messages, complete and in order. */
@Timeout(120)
class BroadcastIT {
  private static final int CLIENTS = 1_000;
  private static final int MESSAGES = 1_000;

  @Test
  void aThousandClientsGetAThousandBroadcasts() throws Exception {
    try (Hub hub = Hub.create();
        SignalServer server =
            SignalServer.builder(hub).port(0).pingInterval(Duration.ofMinutes(10)).start();
        Selector selector = Selector.open()) {
      List<Counting> clients = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        clients.add(new Counting(server.port(), selector));
      }
      int[] open = {CLIENTS};
      while (open[0] > 0) {
        readAll(selector, client -> open[0] -= client.readHandshake() ? 1 : 0);
      }

      Thread publisher = new Thread(() -> publish(hub));
      publisher.start();
      int[] done = {0};
      while (done[0] < CLIENTS) {
        readAll(selector, client -> done[0] += client.readMessages() ? 1 : 0);
      }

      publisher.join();
      for (Counting client : clients) {
        client.channel.close();
      }
      server.stop(Duration.ofSeconds(10));
    }
  }

  @Test
  void theLongestMessageThatAClientMaySendGoesOutAgain() throws Exception {
    String head = "{\"type\":\"N\",\"payload\":\"";
    String longest = head + "x".repeat((1 << 20) - head.length() - 2) + "\"}";
    try (Hub hub = Hub.create();
        SignalServer server = SignalServer.start(hub, 0);
        RawClient sender = RawClient.webSocket(server.port(), "/ws");
        RawClient other = RawClient.webSocket(server.port(), "/ws")) {
      hub.onMessage((client, message) -> hub.broadcast(message));

      sender.send(RawClient.text(longest));

      for (RawClient client : List.of(sender, other)) {
        assertThat(client.readFrame().text())
            .startsWith(longest.substring(0, longest.length() - 1))
            .hasSizeLessThan(longest.length() + 100);
      }
      server.stop(Duration.ofSeconds(1));
    }
  }

  private static void publish(Hub hub) {
    for (int i = 0; i < MESSAGES; i++) {
      PublishResult result = hub.broadcast("N", i);
      assertThat(result.isAccepted()).isTrue();
    }
  }

  private interface Reader {
    void read(Counting client) throws IOException;
  }

  private static void readAll(Selector selector, Reader reader) throws IOException {
    assertThat(selector.select(TimeUnit.SECONDS.toMillis(30))).isPositive();
    for (SelectionKey key : selector.selectedKeys()) {
      reader.read((Counting) key.attachment());
    }
    selector.selectedKeys().clear();
  }

  /** A client that checks every byte and keeps none. */
  private static final class Counting {
    private final SocketChannel channel = SocketChannel.open();
    private final ByteBuffer in = ByteBuffer.allocate(16 << 10).limit(0);
    private boolean open;
    private int next;

    private Counting(int port, Selector selector) throws IOException {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.write(StandardCharsets.US_ASCII.encode(RawClient.handshake("/ws")));
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, this);
    }

    /** Returns whether this call completed the handshake. */
    private boolean readHandshake() throws IOException {
      fill();
      String text = StandardCharsets.ISO_8859_1.decode(in.duplicate()).toString();
      int end = text.indexOf("\r\n\r\n");
      if (open || end < 0) {
        return false;
      }
      assertThat(text).startsWith("HTTP/1.1 101 ");
      in.position(in.position() + end + 4);
      open = true;
      return true;
    }

    /** Returns whether this call read the last message. */
    private boolean readMessages() throws IOException {
      fill();
      boolean wasDone = next == MESSAGES;
      while (in.remaining() >= 2 && in.remaining() >= 2 + in.get(in.position() + 1)) {
        assertThat(in.get()).isEqualTo((byte) 0x81);
        byte[] message = new byte[in.get()];
        in.get(message);
        String expected = "{\"type\":\"N\",\"payload\":" + next++ + ",";
        assertThat(new String(message, 0, expected.length(), StandardCharsets.US_ASCII))
            .isEqualTo(expected);
      }
      assertThat(next).isLessThanOrEqualTo(MESSAGES);
      return !wasDone && next == MESSAGES;
    }

    private void fill() throws IOException {
      in.compact();
      int count = channel.read(in);
      in.flip();
      if (count < 0) {
        throw new EOFException("the server ended a connection after message " + next);
      }
    }
  }
}
