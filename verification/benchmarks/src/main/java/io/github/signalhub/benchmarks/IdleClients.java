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
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/**
 * Measures what an idle client costs the server: real clients connect over loopback, and send and
 * are sent nothing. The classes of the server's heap are counted before and after, each time after
 * a collection. The server has a process of its own, so the clients' objects are not counted.
 */
final class IdleClients {
  private static final int WARM_UP_CLIENTS = 200;
  private static final int LINGER_MILLIS = 3_000; // longer than the server waits after a close
  private static final int HANDSHAKE_MILLIS = 30_000;
  private static final Pattern ROW = Pattern.compile("\\s*\\d+:\\s+(\\d+)\\s+(\\d+)\\s+(\\S+).*");

  /** How a client connects. */
  enum Kind {
    /** Without a query: it gets broadcasts. */
    PLAIN,
    /** As the React hook does: control messages, a session and one topic. */
    HOOK,
    /** As {@link #PLAIN}, with TLS. */
    TLS
  }

  /** The objects of one class or of all. */
  record Cost(double objects, double bytes) {
    private Cost plus(Cost other) {
      return new Cost(objects + other.objects, bytes + other.bytes);
    }
  }

  /**
   * The cost of one client.
   *
   * @param byClass for each class of which a client has objects
   */
  record Result(Map<String, Cost> byClass) {
    Cost all() {
      return byClass.values().stream().reduce(new Cost(0, 0), Cost::plus);
    }

    /** Returns a table: the classes with most bytes first. */
    @Override
    public String toString() {
      return byClass.entrySet().stream()
              .filter(each -> Math.abs(each.getValue().bytes) >= 0.5)
              .sorted(Comparator.comparingDouble(each -> -each.getValue().bytes))
              .map(each -> row(each.getValue(), each.getKey()))
              .collect(Collectors.joining())
          + row(all(), "all");
    }

    private static String row(Cost cost, String name) {
      return "%8.1f bytes %6.1f objects  %s%n".formatted(cost.bytes, cost.objects, name);
    }
  }

  private final Kind kind;
  private final SocketFactory sockets;
  private final List<Socket> connected = new ArrayList<>();
  private int port;

  private IdleClients(Kind kind) throws GeneralSecurityException {
    this.kind = kind;
    sockets = kind == Kind.TLS ? trustingAnybody().getSocketFactory() : SocketFactory.getDefault();
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
                tool("java"),
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
      Map<String, Cost> before = histogram(server);
      connect(clients);
      Map<String, Cost> after = histogram(server);
      Map<String, Cost> byClass = new TreeMap<>();
      after.forEach(
          (name, now) -> {
            Cost then = before.getOrDefault(name, new Cost(0, 0));
            byClass.put(
                name,
                new Cost(
                    (now.objects - then.objects) / clients, (now.bytes - then.bytes) / clients));
          });
      return new Result(byClass);
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

  /** Returns the objects of a process by class, after a collection. */
  private static Map<String, Cost> histogram(long process) throws IOException {
    Process asked =
        new ProcessBuilder(tool("jcmd"), Long.toString(process), "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    Map<String, Cost> costs = new HashMap<>();
    try (BufferedReader rows = asked.inputReader(StandardCharsets.UTF_8)) {
      rows.lines()
          .map(ROW::matcher)
          .filter(Matcher::matches)
          .forEach(
              row ->
                  costs.merge(
                      row.group(3).replaceFirst("/0x.*", ""), // the number of a lambda's class
                      new Cost(Long.parseLong(row.group(1)), Long.parseLong(row.group(2))),
                      Cost::plus));
    }
    if (costs.isEmpty()) {
      throw new IOException("expected a histogram of the heap from jcmd");
    }
    return costs;
  }

  private static String tool(String name) {
    return Path.of(System.getProperty("java.home"), "bin", name).toString();
  }

  private static SSLContext trustingAnybody() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Trusting()}, null);
    return context;
  }

  /** Trusts the certificate that the server has just made. */
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
