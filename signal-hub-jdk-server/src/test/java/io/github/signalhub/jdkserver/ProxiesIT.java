package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.github.signalhub.Hub;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Uploads that a handler refuses without reading them, and the requests after them: directly, and
 * through those proxies that are installed. {@code ExchangeIT.UnreadBodies} holds the same rule
 * without any. Proxies listen on Unix sockets, so no port has to be free.
 */
class ProxiesIT {
  private static final int CLIENTS = 6;
  private static final int TURNS = 50; // 300 in all

  @TempDir Path folder;
  private final Hub hub = Hub.create();
  private SignalServer server;

  @BeforeEach
  void start() throws IOException {
    server =
        SignalServer.builder(hub)
            .bindAddress(InetAddress.getLoopbackAddress())
            .port(0)
            .allowAnyHost() // each proxy has its own
            .context("/upload", exchange -> exchange.sendResponseHeaders(401, -1))
            .context("/next", exchange -> exchange.sendResponseHeaders(204, -1))
            .start();
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @TestFactory
  Stream<DynamicTest> loseNoRequestAfterAnUploadThatIsRefused() {
    List<DynamicTest> tests = new ArrayList<>();
    tests.add(
        dynamicTest(
            "none",
            () ->
                inTime(() -> assertNoneIsLost(new InetSocketAddress("127.0.0.1", server.port())))));
    for (Proxy each : Proxy.values()) {
      each.program()
          .ifPresent(
              program ->
                  tests.add(dynamicTest(each.name(), () -> inTime(() -> through(each, program)))));
    }
    return tests.stream();
  }

  private static void inTime(Executable test) {
    assertTimeoutPreemptively(Duration.ofMinutes(2), test);
  }

  /** The proxies that people put before a server, if they are installed. */
  private enum Proxy {
    NGINX {
      @Override
      List<String> command(Path folder, Path socket, int port) throws IOException {
        Path config =
            Files.writeString(
                folder.resolve("nginx.conf"),
                """
                daemon off; pid %1$s/nginx.pid; error_log %1$s/nginx.log; user root;
                events {}
                http {
                  access_log off; client_max_body_size 10m;
                  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                  upstream up { server 127.0.0.1:%3$d; keepalive 32; }
                  server {
                    listen unix:%2$s;
                    location / {
                      proxy_pass http://up; proxy_http_version 1.1; proxy_set_header Connection "";
                    }
                  }
                }
                """
                    .formatted(folder, socket, port));
        return List.of("-c", config.toString());
      }
    },
    CADDY {
      @Override
      List<String> command(Path folder, Path socket, int port) throws IOException {
        Path config =
            Files.writeString(
                folder.resolve("Caddyfile"),
                """
                {
                  admin off
                  auto_https off
                }
                :80 {
                  bind unix/%s
                  reverse_proxy 127.0.0.1:%d
                }
                """
                    .formatted(socket, port));
        return List.of("run", "--config", config.toString(), "--adapter", "caddyfile");
      }
    },
    VARNISHD {
      @Override
      List<String> command(Path folder, Path socket, int port) throws IOException {
        Path config =
            Files.writeString(
                folder.resolve("default.vcl"),
                """
                vcl 4.1;
                backend default { .host = "127.0.0.1"; .port = "%d"; }
                sub vcl_recv { return (pass); }
                """
                    .formatted(port));
        return List.of(
            "-j",
            "none",
            "-F",
            "-a",
            socket.toString(),
            "-f",
            config.toString(),
            "-n",
            folder + "/varnish",
            "-T",
            "none",
            "-s",
            "malloc,16m");
      }
    },
    HAPROXY {
      @Override
      List<String> command(Path folder, Path socket, int port) throws IOException {
        Path config =
            Files.writeString(
                folder.resolve("haproxy.cfg"),
                """
                defaults
                  mode http
                  http-reuse always
                  timeout client 20s
                  timeout server 20s
                  timeout connect 20s
                frontend front
                  bind unix@%s
                  default_backend back
                backend back
                  server one 127.0.0.1:%d
                """
                    .formatted(socket, port));
        return List.of("-db", "-f", config.toString());
      }
    };

    /** Writes a configuration, and returns the arguments to run with it. */
    abstract List<String> command(Path folder, Path socket, int port) throws IOException;

    Optional<Path> program() {
      String name = name().toLowerCase(Locale.ROOT);
      return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
          .map(folder -> Path.of(folder, name))
          .filter(Files::isExecutable)
          .findFirst();
    }
  }

  private void through(Proxy proxy, Path program) throws Exception {
    Path own = Files.createDirectory(folder.resolve(proxy.name()));
    Path socket = own.resolve("socket");
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(proxy.command(own, socket, server.port()));
    Path log = own.resolve("log");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()))
            .start();
    try {
      awaitAnswer(socket, process, log);
      assertNoneIsLost(UnixDomainSocketAddress.of(socket));
    } finally {
      process.destroy();
      process.waitFor();
    }
  }

  /** Waits until the proxy listens, or has ended. */
  private void awaitAnswer(Path socket, Process process, Path log) throws Exception {
    Optional<String> answer = Optional.empty();
    while (answer.isEmpty()) {
      assertThat(process.isAlive()).as(() -> read(log)).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
      answer = firstAnswer(UnixDomainSocketAddress.of(socket));
    }
    assertThat(answer).as(() -> read(log)).contains("204");
  }

  private static Optional<String> firstAnswer(SocketAddress address) {
    try (Client client = new Client(address)) {
      return Optional.of(client.request("GET /next HTTP/1.1\r\nHost: a\r\n\r\n"));
    } catch (IOException e) {
      return Optional.empty(); // not yet
    }
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  private void assertNoneIsLost(SocketAddress address) throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
    try {
      List<Callable<List<String>>> all = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        all.add(() -> take(address));
      }
      for (Future<List<String>> each : clients.invokeAll(all)) {
        assertThat(each.get()).hasSize(2 * TURNS).containsOnly("401", "204");
      }
    } finally {
      clients.shutdownNow();
    }
  }

  private static List<String> take(SocketAddress address) throws IOException {
    String upload =
        "POST /upload HTTP/1.1\r\nHost: a\r\nContent-Length: 300000\r\n\r\n" + "x".repeat(300_000);
    List<String> answers = new ArrayList<>();
    try (Client client = new Client(address)) {
      for (int i = 0; i < TURNS; i++) {
        answers.add(client.request(upload));
        answers.add(client.request("GET /next HTTP/1.1\r\nHost: a\r\n\r\n"));
      }
    }
    return answers;
  }

  /** A client that keeps its connection for as long as it may. */
  private static final class Client implements AutoCloseable {
    private final SocketAddress address;
    private SocketChannel channel;
    private InputStream in;

    private Client(SocketAddress address) throws IOException {
      this.address = address;
      connect();
    }

    private void connect() throws IOException {
      channel = SocketChannel.open(address);
      in = new BufferedInputStream(Channels.newInputStream(channel));
    }

    /** Returns the status of the answer, which has no body. */
    String request(String request) throws IOException {
      ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(ISO_8859_1));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      String status = line();
      boolean closes = false;
      for (String line = line(); !line.isEmpty(); line = line()) {
        closes |= line.toLowerCase(Locale.ROOT).equals("connection: close");
      }
      if (closes) {
        channel.close();
        connect();
      }
      return status.split(" ")[1];
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the connection ended after " + line);
        }
        line.append((char) c);
      }
      return line.toString().strip();
    }

    @Override
    public void close() throws IOException {
      channel.close();
    }
  }
}
