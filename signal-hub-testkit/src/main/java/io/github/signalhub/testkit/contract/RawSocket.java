package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * One connection of a client at the level of bytes: requests, heads of answers, and frames (RFC
 * 6455 §5). Blocking. One thread may read while another one writes.
 */
final class RawSocket implements AutoCloseable {
  static final int CONTINUATION = 0x0;
  static final int TEXT = 0x1;
  static final int BINARY = 0x2;
  static final int CLOSE = 0x8;
  static final int PING = 0x9;
  static final int PONG = 0xA;
  static final int FIN = 0x80;

  private static final int MAX_HEAD_BYTES = 64 << 10;
  private static final int MAX_FRAME_BYTES = 64 << 20;
  private static final String KEY = "dGhlIHNhbXBsZSBub25jZQ==";
  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"; // RFC 6455 §1.3

  private final Socket socket = new Socket();
  private final InputStream in;
  private final String host;

  /** The head of an answer. The case of field names does not matter. */
  record Answer(int status, Map<String, String> fields) {
    Optional<String> field(String name) {
      return Optional.ofNullable(fields.get(name));
    }
  }

  /** A frame of the server. */
  record Frame(int firstByte, byte[] payload) {
    int opcode() {
      return firstByte & 0xF;
    }

    boolean fin() {
      return (firstByte & FIN) != 0;
    }
  }

  /** A frame that RFC 6455 forbids. */
  static final class BrokenFrameException extends IOException {
    private static final long serialVersionUID = 1L;

    BrokenFrameException(String message) {
      super(message);
    }
  }

  /**
   * Connects.
   *
   * @param bufferBytes the size of the system's receive and send buffers; 0 for its defaults
   * @param patience how long to wait for the connection and for the bytes of an answer
   */
  RawSocket(InetSocketAddress address, int bufferBytes, Duration patience) throws IOException {
    try {
      if (bufferBytes > 0) {
        socket.setReceiveBufferSize(bufferBytes); // set first: it limits the window
        socket.setSendBufferSize(bufferBytes);
      }
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) patience.toMillis());
      socket.connect(address, (int) patience.toMillis());
      in = new BufferedInputStream(socket.getInputStream());
      host = host(address);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Returns the host and port for the {@code Host} header. */
  static String host(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }

  /** Sends a handshake with further header lines, and returns the answer to it. */
  Answer handshake(String target, String... lines) throws IOException {
    Answer answer =
        request(
            target,
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: " + KEY,
            String.join("\r\n", lines));
    if (answer.status() == 101) {
      String accept = answer.field("Sec-WebSocket-Accept").orElse("nothing");
      Expect.equal(
          accept(),
          accept,
          "Sec-WebSocket-Accept",
          "Browsers refuse any other value (RFC 6455 §4.1).");
      socket.setSoTimeout(0);
    }
    return answer;
  }

  /** Sends a GET with further header lines, and returns the answer to it. */
  Answer request(String target, String... lines) throws IOException {
    StringBuilder head = new StringBuilder("GET " + target + " HTTP/1.1\r\n");
    if (Stream.of(lines).noneMatch(line -> line.startsWith("Host: "))) {
      head.append("Host: ").append(host).append("\r\n");
    }
    Stream.of(lines)
        .filter(line -> !line.isEmpty())
        .forEach(line -> head.append(line).append("\r\n"));
    write(head.append("\r\n").toString().getBytes(ISO_8859_1));
    return readAnswer();
  }

  private Answer readAnswer() throws IOException {
    int left = MAX_HEAD_BYTES;
    String line = readLine(left);
    String[] status = line.split(" ", 3);
    if (status.length < 2 || !status[0].equals("HTTP/1.1") || !status[1].matches("[1-5][0-9]{2}")) {
      throw new IOException("expected an answer of HTTP/1.1, was: " + line);
    }
    Map<String, String> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    while (!(line = readLine(left)).isEmpty()) {
      left -= line.length();
      int colon = line.indexOf(':');
      if (colon < 1) {
        throw new IOException("expected a header line, was: " + line);
      }
      fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    return new Answer(Integer.parseInt(status[1]), fields);
  }

  private String readLine(int most) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c;
    while ((c = readByte()) != '\n') {
      line.write(c);
      if (line.size() > most) {
        throw new IOException("expected a head of at most " + MAX_HEAD_BYTES + " bytes");
      }
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  /** Returns a masked frame, as clients send it (RFC 6455 §5.3). */
  static byte[] frame(int firstByte, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) firstByte);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 1 << 16) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] key = {0x37, (byte) 0xfa, 0x21, 0x3d};
    frame.put(key);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ key[i & 3]));
    }
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    return bytes;
  }

  void write(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Waits for the next frame of the server. */
  Frame readFrame() throws IOException {
    int firstByte = readByte();
    long length = readByte();
    check((firstByte & 0x70) == 0, "a frame without reserved bits (RFC 6455 §5.2)");
    check(length < 0x80, "a frame that is not masked (RFC 6455 §5.1)");
    if (length == 126) {
      length = ByteBuffer.wrap(readBytes(2)).getShort() & 0xFFFF;
      check(length > 125, "a length in the fewest bytes (RFC 6455 §5.2)");
    } else if (length == 127) {
      length = ByteBuffer.wrap(readBytes(8)).getLong();
      check(length > 0xFFFF, "a length in the fewest bytes (RFC 6455 §5.2)");
    }
    check(length <= MAX_FRAME_BYTES, "a frame of at most " + MAX_FRAME_BYTES + " bytes");
    return new Frame(firstByte, readBytes((int) length));
  }

  static void check(boolean holds, String expected) throws BrokenFrameException {
    if (!holds) {
      throw new BrokenFrameException("expected " + expected + ", was another one");
    }
  }

  private byte[] readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("the connection ended within a frame");
    }
    return bytes;
  }

  private int readByte() throws IOException {
    int c = in.read();
    if (c < 0) {
      throw new EOFException("the connection ended");
    }
    return c;
  }

  private static String accept() {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((KEY + GUID).getBytes(US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-1", e);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
