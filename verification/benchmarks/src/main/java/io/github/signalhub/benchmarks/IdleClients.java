package io.github.signalhub.benchmarks;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import javax.net.SocketFactory;

/**
 * Measures what an idle client costs the server: real clients connect over loopback, and send and
 * are sent nothing. The classes of the server's heap are counted before and after, each time after
 * a collection. The server has a process of its own, so the clients' objects are not counted.
 */
final class IdleClients {
  private static final int WARM_UP_CLIENTS = 200;
  private static final int LINGER_MILLIS = 3_000; // longer than the server waits after a close
  private static final int HANDSHAKE_MILLIS = 30_000;

  /** How a client connects. */
  enum Kind {
    /** Without a query: it gets broadcasts. */
    PLAIN,
    /** As the React hook does: control messages, a session and one topic. */
    HOOK,
    /** As {@link #PLAIN}, with TLS. */
    TLS
  }

  /**
   * The cost of the clients.
   *
   * @param heap their objects
   */
  record Result(Heap heap, int clients) {
    /** Returns the objects of one client. */
    double objects() {
      return (double) heap.objects() / clients;
    }

    /** Returns the bytes of one client. */
    double bytes() {
      return (double) heap.bytes() / clients;
    }

    /** Returns a table: the classes with most bytes first. */
    @Override
    public String toString() {
      return heap.perClient(clients) + "%8.1f %6.2f all%n".formatted(bytes(), objects());
    }
  }

  private final Kind kind;
  private final SocketFactory sockets;
  private final List<Socket> connected = new ArrayList<>();
  private int port;

  private IdleClients(Kind kind) throws GeneralSecurityException {
    this.kind = kind;
    sockets =
        kind == Kind.TLS
            ? SelfSigned.trustingAnybody().getSocketFactory()
            : SocketFactory.getDefault();
  }

  /**
   * Starts a server and measures.
   *
   * @param clients how many connect; each takes a descriptor in two processes
   */
  static Result measure(Kind kind, int clients)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path logging = Files.createTempFile("signal-hub-idle", ".properties");
    Files.writeString(logging, ".level=WARNING\n");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:MarkSweepAlwaysCompactCount=1", // or a collection leaves garbage
                "-Djava.util.logging.config.file=" + logging,
                "-cp",
                System.getProperty("java.class.path"),
                IdleServer.class.getName()));
    if (kind == Kind.TLS) {
      command.add("--tls");
    }
    Process server =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader out = server.inputReader(StandardCharsets.UTF_8)) {
      IdleClients measured = new IdleClients(kind);
      measured.port = Integer.parseInt(String.valueOf(out.readLine()));
      return measured.measure(server.pid(), clients);
    } finally {
      server.destroyForcibly().waitFor();
      Files.delete(logging);
    }
  }

  private Result measure(long server, int clients) throws IOException, InterruptedException {
    try {
      connect(WARM_UP_CLIENTS); // loads classes, and fills the caches of loops
      disconnect();
      Thread.sleep(LINGER_MILLIS);
      Heap before = Heap.of(server);
      connect(clients);
      return new Result(Heap.of(server).minus(before), clients);
    } finally {
      disconnect();
    }
  }

  private void connect(int clients) throws IOException {
    for (int i = 0; i < clients; i++) {
      Socket socket = sockets.createSocket(InetAddress.getLoopbackAddress(), port);
      connected.add(socket);
      socket.setSoTimeout(HANDSHAKE_MILLIS);
      socket.getOutputStream().write(request(i).getBytes(StandardCharsets.ISO_8859_1));
      readHead(socket.getInputStream());
    }
  }

  private String request(int client) {
    String query =
        kind == Kind.HOOK
            ? "?signal-hub=1&session=%032x&topic=room:%d".formatted(client, client % 100)
            : "";
    return "GET /ws"
        + query
        + " HTTP/1.1\r\nHost: localhost:"
        + port
        + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        + "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n\r\n";
  }

  private static void readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      int next = in.read();
      if (next < 0) {
        break;
      }
      head.append((char) next);
    }
    if (head.indexOf("HTTP/1.1 101 ") != 0) {
      throw new IOException("expected 101, was: " + head.toString().lines().findFirst());
    }
  }

  private void disconnect() throws IOException {
    for (Socket socket : connected) {
      socket.close();
    }
    connected.clear();
  }
}
