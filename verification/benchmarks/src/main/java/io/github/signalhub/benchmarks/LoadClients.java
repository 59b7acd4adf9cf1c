package io.github.signalhub.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * WebSocket clients on one thread that count the frames that they receive. They do as little work
 * as possible, so that the server is measured. Not thread-safe.
 */
final class LoadClients implements AutoCloseable {
  private static final long TIMEOUT_NANOS = 60_000_000_000L;

  private final Selector selector = Selector.open();
  private final List<FrameCounter> counters = new ArrayList<>();
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 18);
  private long frames;

  /** Connects clients to {@code /ws} of a port of this machine. */
  LoadClients(int port, int clients) throws IOException {
    for (int i = 0; i < clients; i++) {
      SocketChannel channel =
          SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      channel.write(ByteBuffer.wrap(handshake(port)));
      readHead(channel);
      channel.configureBlocking(false);
      FrameCounter counter = new FrameCounter();
      counters.add(counter);
      channel.register(selector, SelectionKey.OP_READ, counter);
    }
  }

  /**
   * Lets the first client send messages, and waits until every client has received all of them.
   *
   * @return the duration in nanoseconds
   */
  long broadcast(int messages, int bytes) throws IOException {
    ByteBuffer burst = burst(messages, bytes);
    SelectionKey sender =
        selector.keys().stream()
            .filter(key -> key.attachment() == counters.get(0))
            .findAny()
            .orElseThrow();
    sender.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    long wanted = frames + (long) messages * counters.size();
    long start = System.nanoTime();
    while (frames < wanted) {
      if (System.nanoTime() - start > TIMEOUT_NANOS) {
        throw new IOException("expected " + wanted + " messages, was " + frames + " after 60 s");
      }
      selector.select(
          key -> {
            try {
              if (key.isWritable()) {
                ((SocketChannel) key.channel()).write(burst);
                key.interestOps(
                    burst.hasRemaining()
                        ? SelectionKey.OP_READ | SelectionKey.OP_WRITE
                        : SelectionKey.OP_READ);
              }
              if (key.isReadable()) {
                read(key);
              }
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
          },
          1_000);
    }
    return System.nanoTime() - start;
  }

  @Override
  public void close() throws IOException {
    for (SelectionKey key : selector.keys()) {
      key.channel().close();
    }
    selector.close();
  }

  private void read(SelectionKey key) throws IOException {
    buffer.clear();
    int read = ((SocketChannel) key.channel()).read(buffer);
    if (read < 0) {
      throw new IOException("the server closed a connection");
    }
    frames += ((FrameCounter) key.attachment()).count(buffer.flip());
  }

  private static byte[] handshake(int port) {
    return ("GET /ws HTTP/1.1\r\nHost: 127.0.0.1:"
            + port
            + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n")
        .getBytes(ISO_8859_1);
  }

  private static void readHead(SocketChannel channel) throws IOException {
    StringBuilder head = new StringBuilder();
    ByteBuffer one = ByteBuffer.allocate(1);
    while (head.indexOf("\r\n\r\n") < 0) {
      if (channel.read(one.clear()) < 0) {
        throw new IOException("the server closed a connection after: " + head);
      }
      head.append((char) one.get(0));
    }
    if (!head.toString().startsWith("HTTP/1.1 101 ")) {
      throw new IOException("expected 101, was: " + head);
    }
  }

  /** Returns equal masked text frames, with a masking key of zero. */
  private static ByteBuffer burst(int messages, int bytes) {
    byte[] text =
        ("{\"type\":\"T\",\"payload\":\"" + "x".repeat(Math.max(0, bytes - 25)) + "\"}")
            .getBytes(UTF_8);
    ByteBuffer burst = ByteBuffer.allocateDirect(messages * (text.length + 8));
    for (int i = 0; i < messages; i++) {
      burst.put((byte) 0x81).put((byte) (0x80 | 126)).putShort((short) text.length).putInt(0);
      burst.put(text);
    }
    return burst.flip();
  }

  /** Counts the frames in a stream of bytes. */
  private static final class FrameCounter {
    private final byte[] header = new byte[10];
    private int headerBytes;
    private long payloadLeft;

    int count(ByteBuffer in) {
      int ended = 0;
      while (in.hasRemaining()) {
        if (payloadLeft == 0) {
          header[headerBytes++] = in.get();
          payloadLeft = payloadLength();
          if (payloadLeft >= 0) {
            headerBytes = 0;
            ended += payloadLeft == 0 ? 1 : 0;
          } else {
            payloadLeft = 0;
          }
          continue;
        }
        int skipped = (int) Math.min(payloadLeft, in.remaining());
        in.position(in.position() + skipped);
        payloadLeft -= skipped;
        ended += payloadLeft == 0 ? 1 : 0;
      }
      return ended;
    }

    /** Returns the payload's length, or −1 while the header is incomplete. */
    private long payloadLength() {
      if (headerBytes < 2) {
        return -1;
      }
      int length7 = header[1] & 0x7F;
      if (length7 < 126) {
        return length7;
      }
      int extended = length7 == 126 ? 2 : 8;
      if (headerBytes < 2 + extended) {
        return -1;
      }
      ByteBuffer number = ByteBuffer.wrap(header);
      return length7 == 126 ? number.getShort(2) & 0xFFFF : number.getLong(2);
    }
  }
}
