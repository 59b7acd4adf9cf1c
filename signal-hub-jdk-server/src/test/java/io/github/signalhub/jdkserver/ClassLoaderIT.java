package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.SeparateLoader;
import io.github.signalhub.admission.HandshakeDecision;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application with a server is replaced in a running process. */
@Timeout(180)
class ClassLoaderIT {
  private static final Set<String> OF_THE_PROCESS =
      Set.of(Shared.class.getName(), SeparateLoader.class.getName());

  private static TestCertificate certificate;

  /** A record of the process, which outlives every application. */
  public record Shared(int x) {}

  @BeforeAll
  static void certify() throws Exception {
    certificate = TestCertificate.root("localhost");
  }

  @Test
  void ofAServerThatStoppedIsNotKept() throws Exception {
    SeparateLoader.assertThatIsCollected(loaderOfAServer(Optional.empty(), Optional.empty()));
  }

  @Test
  void ofAServerWithTlsThatStoppedIsNotKept() throws Exception {
    SeparateLoader.assertThatIsCollected(
        loaderOfAServer(Optional.of(certificate.server()), Optional.of(certificate.trusting())));
  }

  private static WeakReference<ClassLoader> loaderOfAServer(
      Optional<SSLContext> server, Optional<SSLContext> client) throws Exception {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    ClassLoader child =
        new SeparateLoader(
            name -> name.startsWith("io.github.signalhub.") && !OF_THE_PROCESS.contains(name));
    thread.setContextClassLoader(child);
    try {
      Object application =
          child.loadClass(Application.class.getName()).getConstructor().newInstance();
      @SuppressWarnings("unchecked")
      Function<Optional<SSLContext>, Integer> start =
          (Function<Optional<SSLContext>, Integer>) application;
      int port = start.apply(server);
      visit(port, client);
      ((Runnable) application).run();
    } finally {
      thread.setContextClassLoader(before);
    }
    return new WeakReference<>(child);
  }

  private static void visit(int port, Optional<SSLContext> tls) throws Exception {
    try (RawClient webSocket = client(port, tls);
        RawClient http = client(port, tls)) {
      webSocket.send(
          RawClient.handshake(
              "/ws?signal-hub=1&topic=t",
              tls.isEmpty() ? "Origin: http://localhost" : "Origin: https://localhost",
              "Sec-WebSocket-Extensions: permessage-deflate"));
      assertThat(webSocket.readAnswer().status()).isEqualTo(101);
      assertThat(webSocket.readFrame().text()).contains("$hello");
      webSocket.send(RawClient.text("{\"type\":\"N\",\"payload\":1}"));
      assertThat(webSocket.readFrame().text()).contains("{\"x\":1}");
      assertThat(webSocket.readFrame().compressed()).as("the long one").isTrue();
      http.send("GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n");
      assertThat(http.readAnswer().status()).isEqualTo(204);
    }
  }

  private static RawClient client(int port, Optional<SSLContext> tls) throws IOException {
    return tls.isEmpty()
        ? new RawClient(port)
        : new RawClient(tls.get().getSocketFactory().createSocket("localhost", port));
  }

  /** The application, loaded again for each run. Its start returns the port. */
  public static final class Application
      implements Function<Optional<SSLContext>, Integer>, Runnable {
    private final Hub hub = Hub.create();
    private SignalServer server;

    @Override
    public Integer apply(Optional<SSLContext> tls) {
      hub.onMessage(
          (client, message) -> {
            hub.broadcast("SHARED", new Shared(1));
            hub.broadcast("LONG", "x".repeat(100_000)); // compression uses a thread
          });
      SignalServerBuilder builder =
          SignalServer.builder(hub)
              .bindAddress(InetAddress.getLoopbackAddress())
              .port(0)
              .allowedOrigins("https://example.org")
              .handshake(request -> HandshakeDecision.accept().topics(request.topics()))
              .context(
                  "/page",
                  exchange -> {
                    exchange.sendResponseHeaders(204, -1);
                    exchange.close();
                  });
      tls.ifPresent(builder::tls);
      try {
        server = builder.start();
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
      return server.port();
    }

    @Override
    public void run() {
      server.stop(Duration.ZERO);
      hub.close(Duration.ZERO);
    }
  }
}
