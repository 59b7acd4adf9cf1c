package io.github.signalhub.benchmarks.servers;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * The least that a broadcast costs on the JDK's channels: one thread, and one write for each client
 * and wake-up. The frames for all clients are made once for each wake-up.
 *
 * <p>There is no protocol. The answer to the handshake is constant, because the load generator's
 * key is. Frames of clients have a masking key of zero and a 16-bit length, or no payload. A client
 * whose socket takes less than the whole write is disconnected, and the load generator counts its
 * losses. {@code floor.c} is the same in C. Confined to the thread that runs {@code main}.
 */
public final class NioFloor {
  private static final int BUFFER_BYTES = 1 << 17;
  private static final int CLIENT_HEADER_BYTES = 8;
  private static final byte TEXT = (byte) 0x81;
  private static final byte[] NOTHING = {};
  private static final byte[] SWITCHING =
      ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=\r\n\r\n")
          .getBytes(ISO_8859_1);

  private final Selector selector = Selector.open();
  private final ServerSocketChannel listener = ServerSocketChannel.open();
  private final List<Peer> peers = new ArrayList<>();
  private final ByteBuffer in = ByteBuffer.allocateDirect(BUFFER_BYTES);
  private final ByteBuffer frames = ByteBuffer.allocateDirect(BUFFER_BYTES);

  private NioFloor() throws IOException {
    listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listener.configureBlocking(false);
    listener.register(selector, SelectionKey.OP_ACCEPT);
  }

  /** Runs the server until the process is ended. */
  public static void main(String[] args) throws IOException {
    NioFloor floor = new NioFloor();
    System.out.println("port " + floor.listener.socket().getLocalPort());
    while (true) {
      floor.selector.select(floor::ready);
      floor.writeToAll();
    }
  }

  private void ready(SelectionKey key) {
    if (key.isAcceptable()) {
      accept();
      return;
    }
    Peer peer = (Peer) key.attachment();
    try {
      peer.read();
    } catch (IOException e) {
      peer.close();
    }
  }

  private void accept() {
    try {
      SocketChannel channel = listener.accept();
      if (channel != null) {
        channel.configureBlocking(false);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        channel.register(selector, SelectionKey.OP_READ, new Peer(channel));
      }
    } catch (IOException e) {
      System.err.println("accept: " + e);
    }
  }

  private void writeToAll() {
    if (frames.position() == 0) {
      return;
    }
    int bytes = frames.position();
    for (int i = peers.size() - 1; i >= 0; i--) {
      Peer peer = peers.get(i);
      frames.position(0).limit(bytes);
      try {
        if (peer.channel.write(frames) < bytes) {
          peer.close();
        }
      } catch (IOException e) {
        peer.close();
      }
    }
    frames.clear();
  }

  private final class Peer {
    private final SocketChannel channel;
    private boolean open;
    private byte[] rest = NOTHING; // of an unfinished head or frame

    private Peer(SocketChannel channel) {
      this.channel = channel;
    }

    private void read() throws IOException {
      in.clear().put(rest);
      if (channel.read(in) < 0) {
        close();
        return;
      }
      in.flip();
      if (!open) {
        open();
      }
      while (open && in.remaining() >= 2) {
        int length7 = in.get(in.position() + 1) & 0x7F;
        int length = length7 < 126 || in.remaining() < 4 ? length7 : in.getShort(in.position() + 2);
        int header = length7 < 126 ? CLIENT_HEADER_BYTES - 2 : CLIENT_HEADER_BYTES;
        if (in.remaining() < header + length) {
          break;
        }
        take(header, length);
      }
      rest = in.hasRemaining() ? new byte[in.remaining()] : NOTHING;
      in.get(rest);
    }

    private void open() throws IOException {
      int end = in.limit() - 4;
      if (end < 0 || in.getInt(end) != 0x0D0A0D0A) {
        return; // the load generator sends nothing after its head before the answer
      }
      in.position(in.limit());
      channel.write(ByteBuffer.wrap(SWITCHING));
      open = true;
      peers.add(this);
    }

    private void take(int header, int length) {
      if (in.get(in.position()) != TEXT) {
        close();
        return;
      }
      frames.put(TEXT);
      if (length < 126) {
        frames.put((byte) length);
      } else {
        frames.put((byte) 126).putShort((short) length);
      }
      frames.put(in.slice(in.position() + header, length));
      in.position(in.position() + header + length);
    }

    private void close() {
      open = false;
      peers.remove(this);
      try {
        channel.close();
      } catch (IOException e) {
        System.err.println("close: " + e);
      }
    }
  }
}
