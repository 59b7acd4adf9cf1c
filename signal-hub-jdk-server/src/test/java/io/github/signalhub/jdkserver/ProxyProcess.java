package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/**
 * A proxy with the configuration of the guide ({@code docs/deploying}), except for ports, paths of
 * certificates, and the idle time of connections.
 */
final class ProxyProcess implements AutoCloseable {
  static final String HOST = "hub.example.com";
  private static final Path GUIDE = Path.of("..", "docs", "deploying");
  private static final Path APACHE_MODULES = Path.of("/usr/lib/apache2/modules");

  private final Process process;
  private final Path log;
  private final int port;
  private final Optional<SSLContext> tls;

  /** The proxies that are common before a server. */
  enum Kind {
    NGINX("nginx") {
      @Override
      List<String> command(Place place) throws IOException {
        Path conf = place.folder().resolve("signal-hub.conf");
        Files.writeString(
            conf,
            place.guide(
                "nginx.conf",
                Map.of(
                    "listen 443 ssl;",
                    "listen 127.0.0.1:%d ssl;".formatted(place.port()),
                    "/etc/ssl/hub.example.com.pem",
                    place.folder() + "/cert.pem",
                    "/etc/ssl/hub.example.com.key",
                    place.folder() + "/key.pem",
                    "proxy_read_timeout 60s;",
                    "proxy_read_timeout %ds;".formatted(place.idleSeconds()))));
        Path main =
            Files.writeString(
                place.folder().resolve("nginx.conf"),
                """
                daemon off; pid %1$s/nginx.pid; error_log %1$s/nginx.log; user root;
                worker_shutdown_timeout 100ms;
                events {}
                http {
                  access_log off;
                  client_body_temp_path %1$s/body; proxy_temp_path %1$s/proxy;
                  fastcgi_temp_path %1$s/f; uwsgi_temp_path %1$s/u; scgi_temp_path %1$s/s;
                  include %2$s;
                }
                """
                    .formatted(place.folder(), conf));
        return List.of("-c", main.toString());
      }
    },
    CADDY("caddy") {
      @Override
      List<String> command(Place place) throws IOException {
        String site =
            place.guide(
                "Caddyfile",
                Map.of(
                    "hub.example.com {",
                    "hub.example.com:%1$d {\n\tbind 127.0.0.1\n\ttls %2$s/cert.pem %2$s/key.pem"
                        .formatted(place.port(), place.folder())));
        Path config =
            Files.writeString(
                place.folder().resolve("Caddyfile"),
                "{\n\tadmin off\n\tauto_https disable_redirects\n}\n" + site);
        return List.of("run", "--config", config.toString(), "--adapter", "caddyfile");
      }
    },
    HAPROXY("haproxy") {
      @Override
      List<String> command(Place place) throws IOException {
        Path config =
            Files.writeString(
                place.folder().resolve("haproxy.cfg"),
                place.guide(
                    "haproxy.cfg",
                    Map.of(
                        "bind :443", "bind 127.0.0.1:" + place.port(),
                        "/etc/haproxy/hub.example.com.pem", place.folder() + "/both.pem",
                        "timeout tunnel 60s",
                            "timeout tunnel %ds".formatted(place.idleSeconds()))));
        return List.of("-db", "-f", config.toString());
      }
    },
    HTTPD("apache2") {
      @Override
      List<String> command(Place place) throws IOException {
        StringBuilder main = new StringBuilder();
        for (String module :
            List.of("mpm_event", "authz_core", "proxy", "proxy_http", "headers", "ssl")) {
          Path file = APACHE_MODULES.resolve("mod_" + module + ".so");
          main.append("LoadModule %s_module %s\n".formatted(module, file));
        }
        main.append(
            """
            ServerRoot %1$s
            ServerName %3$s
            PidFile %1$s/pid
            DefaultRuntimeDir %1$s
            ErrorLog %1$s/error.log
            User nobody
            Group nogroup
            Listen 127.0.0.1:%2$d
            """
                .formatted(place.folder(), place.port(), HOST));
        main.append(
            place.guide(
                "httpd.conf",
                Map.of(
                    "<VirtualHost *:443>", "<VirtualHost *:%d>".formatted(place.port()),
                    "/etc/ssl/hub.example.com.pem", place.folder() + "/cert.pem",
                    "/etc/ssl/hub.example.com.key", place.folder() + "/key.pem")));
        Path config = Files.writeString(place.folder().resolve("httpd.conf"), main);
        return List.of("-D", "FOREGROUND", "-f", config.toString());
      }

      @Override
      boolean isComplete() {
        return Files.isDirectory(APACHE_MODULES);
      }
    },
    /** Not in the guide, because it is no proxy for WebSockets and has no TLS. */
    VARNISHD("varnishd") {
      @Override
      List<String> command(Place place) throws IOException {
        Path config =
            Files.writeString(
                place.folder().resolve("default.vcl"),
                """
                vcl 4.1;
                backend default { .host = "127.0.0.1"; .port = "%d"; }
                sub vcl_recv { return (pass); }
                """
                    .formatted(place.serverPort()));
        return List.of(
            "-j",
            "none",
            "-F",
            "-a",
            "127.0.0.1:" + place.port(),
            "-f",
            config.toString(),
            "-n",
            place.folder() + "/varnish",
            "-T",
            "none",
            "-s",
            "malloc,16m");
      }

      @Override
      boolean isInGuide() {
        return false;
      }
    };

    private final String name;

    Kind(String name) {
      this.name = name;
    }

    /** Writes a configuration, and returns the arguments to run with it. */
    abstract List<String> command(Place place) throws IOException;

    /** Returns whether the guide has its configuration. Without one, it has no TLS and no hosts. */
    boolean isInGuide() {
      return true;
    }

    /** Returns whether it ends idle connections. */
    boolean isImpatient() {
      return this == NGINX || this == HAPROXY;
    }

    /** Returns whether all its files besides the program exist. */
    boolean isComplete() {
      return true;
    }

    /** Returns the path of its program, if it is installed. */
    Optional<Path> program() {
      return Stream.of((System.getenv("PATH") + ":/usr/sbin").split(":"))
          .map(folder -> Path.of(folder, name))
          .filter(program -> isComplete() && Files.isExecutable(program))
          .findFirst();
    }
  }

  /** The folder, ports and times of one run. */
  record Place(Path folder, int port, int serverPort, int idleSeconds) {
    /** Returns a configuration of the guide with these texts replaced. */
    String guide(String name, Map<String, String> replacements) throws IOException {
      String text = Files.readString(GUIDE.resolve(name));
      assertThat(text).contains("127.0.0.1:8080").contains(replacements.keySet());
      for (Map.Entry<String, String> each : replacements.entrySet()) {
        text = text.replace(each.getKey(), each.getValue());
      }
      return text.replace("127.0.0.1:8080", "127.0.0.1:" + serverPort);
    }
  }

  private ProxyProcess(Process process, Path log, int port, Optional<SSLContext> tls) {
    this.process = process;
    this.log = log;
    this.port = port;
    this.tls = tls;
  }

  /**
   * Starts a proxy before a server, and waits until it serves.
   *
   * @param folder the folder for its files
   * @param certificate its certificate for TLS
   * @param idleSeconds the longest idle time of a connection
   */
  static ProxyProcess start(
      Kind kind, Path folder, TestCertificate certificate, int serverPort, int idleSeconds)
      throws Exception {
    Path own = Files.createTempDirectory(folder, kind.name());
    certificate.write(own.resolve("cert.pem"), own.resolve("key.pem"));
    Files.writeString(
        own.resolve("both.pem"),
        Files.readString(own.resolve("cert.pem")) + Files.readString(own.resolve("key.pem")));
    int port = OwnPort.next();
    List<String> command = new ArrayList<>(List.of(kind.program().orElseThrow().toString()));
    command.addAll(kind.command(new Place(own, port, serverPort, idleSeconds)));
    Path log = own.resolve("log");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Redirect.to(log.toFile()));
    builder.environment().put("HOME", own.toString());
    ProxyProcess proxy =
        new ProxyProcess(
            builder.start(),
            log,
            port,
            kind.isInGuide() ? Optional.of(certificate.trusting()) : Optional.empty());
    try {
      proxy.awaitAnswer();
      return proxy;
    } catch (Throwable t) {
      proxy.close();
      throw t;
    }
  }

  /** Waits until the proxy passes requests on, or has ended. */
  private void awaitAnswer() throws Exception {
    int status = 0;
    while (status != 204) { // a proxy may answer 503 until it has checked the server
      assertThat(process.isAlive()).as(() -> read(log)).isTrue();
      TimeUnit.MILLISECONDS.sleep(20);
      try (RawClient client = connect("127.0.0.1")) {
        client.send("GET /health HTTP/1.1\r\nHost: " + HOST + "\r\n\r\n");
        status = client.readAnswer().status();
      } catch (ConnectException e) {
        status = 0; // not yet
      }
    }
  }

  /** Connects from an address such as 127.0.0.2. */
  RawClient connect(String from) throws IOException {
    Socket socket = new Socket();
    try {
      socket.setTcpNoDelay(true);
      socket.bind(new InetSocketAddress(from, 0));
      socket.connect(new InetSocketAddress("127.0.0.1", port));
      return new RawClient(
          tls.isPresent()
              ? tls.get().getSocketFactory().createSocket(socket, HOST, 443, true)
              : socket);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Lets nginx read its configuration again. Its old processes cut their connections soon. */
  void reload() throws IOException, InterruptedException {
    int status = new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
    assertThat(status).isZero();
  }

  private static String read(Path log) {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    process.destroy();
    process.onExit().completeOnTimeout(process, 10, TimeUnit.SECONDS).join();
    process.destroyForcibly();
  }
}
