package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;

/** A client at the level of bytes. It sends any bytes, also wrong ones, and reads the answers. */
public final class RawClient implements AutoCloseable {
  private static final int TIMEOUT_MILLIS = 30_000;

  private final Socket socket;
  private final InputStream in;

  /** A response with its body, if it has a length. */
  public record Answer(int status, Map<String, String> headers, String body) {
    public String header(String name) {
      return headers.get(name);
    }
  }

  /** A frame of the server. */
  public record Frame(int firstByte, byte[] payload) {
    public int opcode() {
      return firstByte & 0xF;
    }

    /** Returns whether the frame is compressed. */
    public boolean compressed() {
      return (firstByte & 0x40) != 0;
    }

    public String text() {
      return new String(payload, UTF_8);
    }

    public int closeCode() {
      assertThat(opcode()).as("opcode of close").isEqualTo(8);
      return ByteBuffer.wrap(payload).getShort() & 0xFFFF;
    }
  }

  public RawClient(int port) throws IOException {
    this(port, 0);
  }

  /** Takes over a connected socket. */
  public RawClient(Socket connected) throws IOException {
    socket = connected;
    socket.setSoTimeout(TIMEOUT_MILLIS);
    in = new BufferedInputStream(socket.getInputStream());
  }

  public RawClient(int port, int receiveBufferBytes) throws IOException {
    socket = new Socket();
    if (receiveBufferBytes > 0) {
      socket.setReceiveBufferSize(receiveBufferBytes);
    }
    socket.setSoTimeout(TIMEOUT_MILLIS);
    socket.setTcpNoDelay(true);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** Returns a client with this local address, such as 127.0.0.2. */
  public static RawClient from(String address, int port) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.bind(new InetSocketAddress(address, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", port));
    return new RawClient(socket);
  }

  public static RawClient webSocket(int port, String target) throws IOException {
    return new RawClient(port).openWebSocket(target);
  }

  /** Does the handshake, and returns this client. */
  public RawClient openWebSocket(String target) throws IOException {
    send(handshake(target));
    assertThat(readAnswer().status()).isEqualTo(101);
    return this;
  }

  /** Waits until a byte has arrived, and does not read it. */
  public void awaitInput() throws IOException {
    in.mark(1);
    assertThat(in.read()).as("input").isNotNegative();
    in.reset();
  }

  /** Returns a handshake like a browser's, with further header lines. */
  public static String handshake(String target, String... lines) {
    return "GET "
        + target
        + " HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        + (lines.length == 0 ? "" : String.join("\r\n", lines) + "\r\n")
        + "\r\n";
  }

  /** Returns a masked frame. */
  public static byte[] frame(int firstByte, byte[] payload) {
    ByteBuffer frame = ByteBuffer.allocate(14 + payload.length).put((byte) firstByte);
    if (payload.length < 126) {
      frame.put((byte) (0x80 | payload.length));
    } else if (payload.length < 1 << 16) {
      frame.put((byte) (0x80 | 126)).putShort((short) payload.length);
    } else {
      frame.put((byte) (0x80 | 127)).putLong(payload.length);
    }
    byte[] key = {1, 2, 3, 4};
    frame.put(key);
    for (int i = 0; i < payload.length; i++) {
      frame.put((byte) (payload[i] ^ key[i & 3]));
    }
    byte[] bytes = new byte[frame.flip().remaining()];
    frame.get(bytes);
    return bytes;
  }

  public static byte[] text(String text) {
    return frame(0x81, text.getBytes(UTF_8));
  }

  /** Returns the concatenation of these bytes. */
  public static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  /** Returns a close frame. */
  public static byte[] close(int code, String reason) {
    byte[] utf8 = reason.getBytes(UTF_8);
    return frame(
        0x88, ByteBuffer.allocate(2 + utf8.length).putShort((short) code).put(utf8).array());
  }

  public static byte[] hex(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  public void send(String text) throws IOException {
    send(text.getBytes(ISO_8859_1));
  }

  public void send(byte[] bytes) throws IOException {
    socket.getOutputStream().write(bytes);
  }

  /** Sends the bytes in packets of this size. */
  public void sendInChunks(int chunk, byte[] bytes) throws IOException {
    for (int from = 0; from < bytes.length; from += chunk) {
      socket.getOutputStream().write(bytes, from, Math.min(chunk, bytes.length - from));
    }
  }

  /** Ends the connection with a reset instead of a FIN. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  public void shutdownOutput() throws IOException {
    socket.shutdownOutput();
  }

  /** Reads a response, with its body if it has a {@code Content-Length}. */
  public Answer readAnswer() throws IOException {
    return readAnswerTo("GET");
  }

  /** Reads the response to a request of this method. A response to HEAD has no body. */
  public Answer readAnswerTo(String method) throws IOException {
    String[] status = readLine().split(" ", 3);
    assertThat(status[0]).isEqualTo("HTTP/1.1");
    assertThat(status[1]).matches("[1-5][0-9][0-9]");
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    String line;
    while (!(line = readLine()).isEmpty()) {
      headers.put(line.substring(0, line.indexOf(':')), line.substring(line.indexOf(':') + 2));
    }
    boolean bodiless = method.equals("HEAD") || status[1].equals("304");
    int length = bodiless ? 0 : Integer.parseInt(headers.getOrDefault("Content-Length", "0"));
    return new Answer(
        Integer.parseInt(status[1]), headers, new String(readBytes(length), ISO_8859_1));
  }

  public Frame readFrame() throws IOException {
    int firstByte = readByte();
    long length = readByte();
    assertThat(length).as("a server's frame, not masked (RFC 6455 §5.1)").isLessThan(0x80);
    if (length == 126) {
      length = ByteBuffer.wrap(readBytes(2)).getShort() & 0xFFFF;
      assertThat(length).as("in the fewest bytes (RFC 6455 §5.2)").isGreaterThan(125);
    } else if (length == 127) {
      length = ByteBuffer.wrap(readBytes(8)).getLong();
      assertThat(length).as("in the fewest bytes (RFC 6455 §5.2)").isGreaterThan(0xFFFF);
    }
    return new Frame(firstByte, readBytes(Math.toIntExact(length)));
  }

  /** Reads frames until a close, and returns its code, or 1005 if it has none. */
  public int readToClose() throws IOException {
    Frame frame = readFrame();
    while (frame.opcode() != 8) {
      frame = readFrame();
    }
    return frame.payload().length == 0 ? 1005 : frame.closeCode();
  }

  /** Returns whether no byte came within this time. The end of the connection may have come. */
  public boolean awaitsNothing(int millis) throws IOException {
    socket.setSoTimeout(millis);
    in.mark(1);
    try {
      int next = in.read();
      in.reset();
      return next < 0;
    } catch (SocketTimeoutException e) {
      return true;
    } finally {
      socket.setSoTimeout(TIMEOUT_MILLIS);
    }
  }

  public byte[] readBytes(int count) throws IOException {
    byte[] bytes = in.readNBytes(count);
    if (bytes.length < count) {
      throw new EOFException("expected " + count + " bytes, were " + bytes.length);
    }
    return bytes;
  }

  /** Reads until the server ends the connection, and returns the text. */
  public String readToEnd() throws IOException {
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  /** Waits for the end or a reset of the connection, with no byte before it. */
  public void assertEnds() throws IOException {
    int next;
    try {
      next = in.read();
    } catch (SocketException e) {
      next = -1;
    }
    assertThat(next).as("byte where the connection should have ended").isEqualTo(-1);
  }

  private String readLine() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int c;
    while ((c = readByte()) != '\n') {
      line.write(c);
    }
    return line.toString(ISO_8859_1).stripTrailing();
  }

  private int readByte() throws IOException {
    int c = in.read();
    if (c < 0) {
      throw new EOFException("the connection ended");
    }
    return c;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
