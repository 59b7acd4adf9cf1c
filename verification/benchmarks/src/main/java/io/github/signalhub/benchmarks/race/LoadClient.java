package io.github.signalhub.benchmarks.race;

import java.io.IOException;
import java.net.ProtocolException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One WebSocket client of the load generator. Confined to the thread of its {@link Load}. */
final class LoadClient {
  private static final int MAX_HEAD_BYTES = 4_096;
  private static final int MAX_FRAME_BYTES = 60_000;

  private static final byte TEXT = 0x1;
  private static final byte CLOSE = 0x8;
  private static final byte PING = 0x9;
  private static final int DEFLATED = 0x40; // RSV1, RFC 7692 §6

  /** Gets the frames of a client. */
  interface Frames {
    /**
     * A text frame of a client.
     *
     * @param at where its payload of {@code length} bytes begins
     * @param deflated whether the payload is compressed
     */
    void onText(LoadClient client, ByteBuffer bytes, int at, int length, boolean deflated);
  }

  final LoadSocket socket;

  /** The client's place in its {@link Load}. */
  final int index;

  /** The number of the next message that this client expects. */
  long next;

  /** Messages before this one are not counted: the client did not read when they were sent. */
  long owedFrom;

  private byte[] rest = new byte[256]; // the start of an unfinished frame
  private int restBytes;

  /**
   * Connects, and waits for the end of the handshake.
   *
   * @throws IOException if the answer is not 101, or does not come within 10 seconds
   */
  LoadClient(Dial dial, int index) throws IOException {
    this.index = index;
    socket = new LoadSocket(dial);
    try {
      socket.write(ByteBuffer.wrap(dial.handshake()));
      readHead(dial);
      socket.unblock();
    } catch (IOException | RuntimeException e) {
      socket.channel.close();
      throw e;
    }
  }

  /**
   * Reads what there is, and hands over the whole frames. Answers pings.
   *
   * @param buffer shared by all clients; its content is gone afterwards
   * @return whether the connection is still open
   */
  boolean read(ByteBuffer buffer, Frames frames) throws IOException {
    buffer.clear().put(rest, 0, restBytes);
    if (socket.read(buffer) < 0) {
      return false;
    }
    buffer.flip();
    int at = 0;
    int limit = buffer.limit();
    while (limit - at >= 2) {
      int length = buffer.get(at + 1) & 0x7F;
      int header = 2;
      if (length >= 126) {
        header = length == 126 ? 4 : 10;
        if (limit - at < header) {
          break;
        }
        length = length == 126 ? buffer.getShort(at + 2) & 0xFFFF : (int) buffer.getLong(at + 2);
      }
      if (length < 0 || length > MAX_FRAME_BYTES) {
        throw new ProtocolException("expected at most " + MAX_FRAME_BYTES + " bytes in a frame");
      }
      if (limit - at < header + length) {
        break;
      }
      switch (buffer.get(at) & 0x0F) {
        case TEXT ->
            frames.onText(this, buffer, at + header, length, (buffer.get(at) & DEFLATED) != 0);
        case PING -> pong(buffer, at + header, length);
        case CLOSE -> {
          return false;
        }
        default -> {}
      }
      at += header + length;
    }
    keepRest(buffer, at, limit);
    return true;
  }

  /** Sends a close frame, as polite clients do, and closes the connection. */
  void close() throws IOException {
    try {
      socket.write(ByteBuffer.wrap(new byte[] {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0}));
    } finally {
      socket.channel.close();
    }
  }

  private void keepRest(ByteBuffer buffer, int at, int limit) {
    restBytes = limit - at;
    if (restBytes > rest.length) {
      rest = new byte[restBytes * 2];
    }
    buffer.get(at, rest, 0, restBytes);
  }

  private void pong(ByteBuffer buffer, int at, int length) throws IOException {
    ByteBuffer pong = ByteBuffer.allocate(6 + length).put((byte) 0x8A).put((byte) (0x80 | length));
    socket.write(pong.putInt(0).put(buffer.slice(at, length)).flip());
  }

  private void readHead(Dial dial) throws IOException {
    ByteBuffer received = ByteBuffer.allocate(4 * MAX_HEAD_BYTES);
    int end = -1;
    while (end < 0) {
      if (socket.read(received) < 0 || received.position() > MAX_HEAD_BYTES) {
        throw new ProtocolException("expected the answer to the handshake, was its end");
      }
      end = endOfHead(received.array(), received.position());
    }
    byte[] head = received.array();
    int length = received.position();
    String text = new String(head, 0, end, StandardCharsets.ISO_8859_1);
    if (!text.startsWith("HTTP/1.1 101 ")) {
      throw new ProtocolException("expected 101, was: " + text.lines().findFirst().orElse(""));
    }
    if (dial.deflate() && !text.contains("server_no_context_takeover")) {
      throw new ProtocolException("expected permessage-deflate without context, was: " + text);
    }
    rest = Arrays.copyOfRange(head, end, Math.max(length, end + 256));
    restBytes = length - end;
  }

  private static int endOfHead(byte[] bytes, int length) {
    for (int i = 3; i < length; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }
}
