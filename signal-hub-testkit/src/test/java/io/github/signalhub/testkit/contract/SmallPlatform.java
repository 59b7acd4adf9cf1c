package io.github.signalhub.testkit.contract;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;

/**
 * A platform like a container. It has a pool of threads for requests, blocking sockets, and
 * WebSockets (RFC 6455) with whole messages. It knows no hub. Thread-safe.
 */
final class SmallPlatform implements Closeable {
  /** The number of the container's threads, as in a small container. */
  private static final int THREADS = 64;

  private static final String GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
  private static final int SEND_BUFFER_BYTES = 128 << 10;

  private final ServerSocket listening;
  private final ExecutorService containerThreads =
      Executors.newFixedThreadPool(THREADS, SmallPlatform::thread);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final Application application;

  /** A request, with its header lines by name. */
  record Request(
      String path, String query, Map<String, List<String>> lines, InetSocketAddress peer) {}

  /** An answer. If its status is 101, {@code upgraded} is called on the container's thread. */
  record Answer(int status, Map<String, String> fields, Consumer<Session> upgraded) {
    Answer(int status) {
      this(status, Map.of(), session -> {});
    }
  }

  /** The application that the platform serves. */
  interface Application {
    Answer answer(Request request) throws Exception;
  }

  SmallPlatform(Application application) throws IOException {
    this.application = application;
    listening = new ServerSocket(0, 512, InetAddress.getByName("127.0.0.1"));
    thread(this::accept).start();
  }

  static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "platform");
    thread.setDaemon(true);
    return thread;
  }

  int port() {
    return listening.getLocalPort();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listening.accept();
        sockets.add(socket);
        containerThreads.execute(() -> serve(socket));
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try {
      socket.setSendBufferSize(SEND_BUFFER_BYTES);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(10_000);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Request request = readHead(in, (InetSocketAddress) socket.getRemoteSocketAddress());
      Answer answer = answer(request);
      StringBuilder head = new StringBuilder("HTTP/1.1 " + answer.status() + " -\r\n");
      answer.fields().forEach((name, value) -> head.append(name + ": " + value + "\r\n"));
      if (answer.status() == 101) {
        String accept = accept(request.lines().get("Sec-WebSocket-Key").get(0));
        head.append("Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ")
            .append(accept);
        socket.getOutputStream().write(head.append("\r\n\r\n").toString().getBytes(ISO_8859_1));
        socket.setSoTimeout(0);
        answer.upgraded().accept(new Session(socket, in));
      } else {
        head.append("Connection: close\r\nContent-Length: 0\r\n\r\n");
        socket.getOutputStream().write(head.toString().getBytes(ISO_8859_1));
        close(socket);
      }
    } catch (IOException | RuntimeException e) {
      close(socket);
    }
  }

  private Answer answer(Request request) {
    try {
      return application.answer(request);
    } catch (Exception e) {
      return new Answer(500);
    }
  }

  private static Request readHead(InputStream in, InetSocketAddress peer) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    while (!head.toString(ISO_8859_1).endsWith("\r\n\r\n")) {
      int next = in.read();
      if (next < 0 || head.size() > 16 << 10) {
        throw new EOFException("no request");
      }
      head.write(next);
    }
    String[] lines = head.toString(ISO_8859_1).split("\r\n");
    String[] target = lines[0].split(" ")[1].split("\\?", 2);
    Map<String, List<String>> fields = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (int i = 1; i < lines.length; i++) {
      String[] line = lines[i].split(":", 2);
      fields.computeIfAbsent(line[0], name -> new ArrayList<>()).add(line[1].strip());
    }
    return new Request(target[0], target.length > 1 ? target[1] : "", fields, peer);
  }

  private static String accept(String key) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-1").digest((key + GUID).getBytes(US_ASCII));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private void close(Socket socket) {
    sockets.remove(socket);
    try {
      socket.close();
    } catch (IOException e) {
      // the connection is gone
    }
  }

  /** Cuts all connections. */
  @Override
  public void close() throws IOException {
    listening.close();
    sockets.forEach(this::close);
    containerThreads.shutdownNow();
  }

  /** One WebSocket. One thread reads. Any number of threads write, one frame after the other. */
  final class Session {
    private final Socket socket;
    private final InputStream in;
    private final ByteArrayOutputStream message = new ByteArrayOutputStream();
    private int messageOpcode;

    /** A message (1, 2), a pong (10) or a close (8) of the peer. */
    record Event(int opcode, byte[] payload) {}

    Session(Socket socket, InputStream in) {
      this.socket = socket;
      this.in = in;
    }

    /** Waits for the next event. Returns {@code null} for a message that is longer than this. */
    Event read(int maxMessageBytes) throws IOException {
      while (true) {
        int first = readBytes(1)[0] & 0xFF;
        int length7 = readBytes(1)[0] & 0x7F;
        long length =
            length7 == 126
                ? ByteBuffer.wrap(readBytes(2)).getShort() & 0xFFFF
                : length7 == 127 ? ByteBuffer.wrap(readBytes(8)).getLong() : length7;
        int opcode = first & 0xF;
        if (length + (opcode < 8 ? message.size() : 0) > Math.max(125, maxMessageBytes)) {
          return null;
        }
        byte[] key = readBytes(4);
        byte[] payload = readBytes((int) length);
        for (int i = 0; i < payload.length; i++) {
          payload[i] ^= key[i & 3];
        }
        if (opcode == 9) {
          write(10, payload);
        } else if (opcode > 7) {
          return new Event(opcode, payload);
        } else {
          messageOpcode = opcode == 0 ? messageOpcode : opcode;
          message.writeBytes(payload);
          if ((first & 0x80) != 0) {
            byte[] whole = message.toByteArray();
            message.reset();
            return new Event(messageOpcode, whole);
          }
        }
      }
    }

    private byte[] readBytes(int count) throws IOException {
      byte[] bytes = in.readNBytes(count);
      if (bytes.length < count) {
        throw new EOFException("the end");
      }
      return bytes;
    }

    /** Writes a frame. Waits until the peer's system has taken nearly all bytes. */
    synchronized void write(int opcode, byte[] payload) throws IOException {
      ByteBuffer frame = ByteBuffer.allocate(10 + payload.length).put((byte) (0x80 | opcode));
      if (payload.length < 126) {
        frame.put((byte) payload.length);
      } else if (payload.length < 1 << 16) {
        frame.put((byte) 126).putShort((short) payload.length);
      } else {
        frame.put((byte) 127).putLong(payload.length);
      }
      frame.put(payload).flip();
      socket.getOutputStream().write(frame.array(), 0, frame.remaining());
    }

    void cut() {
      close(socket);
    }
  }
}
