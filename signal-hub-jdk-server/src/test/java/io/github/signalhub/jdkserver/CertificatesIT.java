package io.github.signalhub.jdkserver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsServer;
import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Principal;
import java.security.cert.Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.logging.Level;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSocket;
import javax.security.auth.x500.X500Principal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates in files, those of the server and those of its clients, over real sockets. */
@Timeout(60)
class CertificatesIT {
  private static final Duration OFTEN = Duration.ofMillis(20);

  private static TestCertificate root;
  private static TestCertificate first;
  private static TestCertificate second;
  private static TestCertificate clients;
  private static TestCertificate ann;

  @TempDir Path folder;
  private Path chain;
  private Path key;
  private Path issuers;
  private Hub hub;
  private final List<Principal> principals = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void make() throws Exception {
    root = TestCertificate.root("root");
    first = root.issue("first");
    second = root.issue("middle").issue("second");
    clients = TestCertificate.root("issuer of clients");
    ann = clients.issue("ann,O=Example");
  }

  @BeforeEach
  void writeFiles() throws Exception {
    hub = Hub.create();
    chain = folder.resolve("chain.pem");
    key = folder.resolve("key.pem");
    issuers = folder.resolve("issuers.pem");
    first.write(chain, key);
    Files.writeString(issuers, clients.pem());
  }

  @AfterEach
  void closeHub() {
    hub.close(Duration.ZERO);
  }

  @Nested
  class Changes {
    @Test
    void areUsedForNewConnectionsWhileEarlierOnesGoOn() throws Exception {
      try (SignalServer server = options().start()) {
        JdkListener earlier = new JdkListener();
        connect(server, root.trusting(), earlier);
        SSLContext client = root.trusting(); // the same one, so it tries to resume its sessions
        assertThat(shown(server, client)).isEqualTo(first.certificate());

        second.write(chain, key);
        awaitShown(server, client, second.certificate());

        hub.broadcast("AFTER", null);
        assertThat(earlier.next()).contains("AFTER");
        assertThat(get(server, client)).isEqualTo("nobody");
      }
    }

    @Test
    void thatCannotBeUsedAreAWarningAndKeepTheServerGoing() throws Exception {
      try (RecordedLog log = new RecordedLog(Level.INFO);
          SignalServer server = options().start()) {
        Files.writeString(key, second.keyPem());

        log.awaitCount("stay in use. " + key + ": expected the key of certificate 1 (CN=first)", 1);
        assertThat(shown(server, root.trusting())).isEqualTo(first.certificate());

        Files.writeString(chain, second.chainPem());
        awaitShown(server, root.trusting(), second.certificate());
        assertThat(log.count("WARNING")).isEqualTo(1);
      }
    }

    @Test
    void ofTheIssuersOfClientsHoldForClientsThatCouldResume() throws Exception {
      try (SignalServer server = options().requireClientCertificates(issuers).start()) {
        SSLContext client = root.trusting(ann);
        assertThat(get(server, client)).isEqualTo("CN=ann,O=Example");

        Files.writeString(issuers, root.pem());

        await(() -> isRefused(server, client));
      }
    }

    @Test
    void areSeenByHandlersToo() throws Exception {
      try (SignalServer server = options().start()) {
        second.write(chain, key);
        awaitShown(server, root.trusting(), second.certificate());

        assertThat(get(server, root.trusting(), "/contexts")).isEqualTo("true");
      }
    }
  }

  @Nested
  class Clients {
    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void showTheirCertificateToTheHookAndToHandlers(String version) throws Exception {
      try (SignalServer server = options().requireClientCertificates(issuers).start()) {
        SSLContext client = root.trusting(ann);
        for (int i = 0; i < 3; i++) { // from the second time on, it resumes its session
          try (RawClient raw = new RawClient(socket(server, client, version))) {
            raw.send(RawClient.handshake("/ws"));
            assertThat(raw.readAnswer().status()).isEqualTo(101);
          }
          try (RawClient raw = new RawClient(socket(server, client, version))) {
            raw.send("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertThat(raw.readAnswer().body()).isEqualTo("CN=ann,O=Example");
          }
        }
      }

      X500Principal expected = new X500Principal("CN=ann,O=Example");
      assertThat(principals).containsExactly(expected, expected, expected);
    }

    @Test
    void areUsersByTheirCertificate() throws Exception {
      try (SignalServer server = options().requireClientCertificates(issuers).start()) {
        JdkListener listener = new JdkListener();
        connect(server, root.trusting(ann), listener);

        hub.user("CN=ann,O=Example").send("FOR_ANN", null);

        assertThat(listener.next()).contains("FOR_ANN");
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
    void withoutOneGetNoConnectionIfItIsRequired(String version) throws Exception {
      try (SignalServer server = options().requireClientCertificates(issuers).start()) {
        assertThatIOException().isThrownBy(() -> ask(server, root.trusting(), version));

        assertThat(get(server, root.trusting(ann))).isEqualTo("CN=ann,O=Example");
      }
    }

    @Test
    void withoutOneConnectIfItIsWanted() throws Exception {
      try (SignalServer server = options().wantClientCertificates(issuers).start()) {
        JdkListener listener = new JdkListener();
        connect(server, root.trusting(), listener);

        assertThat(principals).isEmpty();
        assertThat(get(server, root.trusting())).isEqualTo("nobody");
        assertThat(get(server, root.trusting(ann))).isEqualTo("CN=ann,O=Example");
      }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofAnotherIssuerOfTheSameNameGetNoConnection(boolean required) throws Exception {
      TestCertificate forged = TestCertificate.root("issuer of clients").issue("ann,O=Example");
      SignalServerBuilder options =
          required
              ? options().requireClientCertificates(issuers)
              : options().wantClientCertificates(issuers);
      try (SignalServer server = options.start()) {
        assertThatIOException().isThrownBy(() -> ask(server, root.trusting(forged), "TLSv1.3"));

        assertThat(get(server, root.trusting(ann))).isEqualTo("CN=ann,O=Example");
      }
    }

    @Test
    void withAnEndedCertificateGetNoConnection() throws Exception {
      Instant end = Instant.now().minusSeconds(60);
      TestCertificate ended = clients.issue("bob", end.minusSeconds(60), end);
      try (SignalServer server = options().requireClientCertificates(issuers).start()) {
        assertThatIOException().isThrownBy(() -> ask(server, root.trusting(ended), "TLSv1.3"));
      }
    }

    @Test
    void areNotAskedByDefault() throws Exception {
      try (SignalServer server = options().start()) {
        assertThat(get(server, root.trusting(ann))).isEqualTo("nobody");
      }
    }
  }

  @Nested
  class Starting {
    @Test
    void failsWithTheNameOfTheFileAndLeavesNothingOpen() throws Exception {
      int port = OwnPort.next();
      Files.writeString(key, "nothing");

      assertThatIOException()
          .isThrownBy(() -> options().port(port).start())
          .withMessage(key + ": expected a block PRIVATE KEY, was no block at all");

      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void warnsOfACertificateThatEndsSoonByTheClockOfTheHub() throws Exception {
      Instant end = Instant.parse("2060-01-20T00:00:00Z");
      root.issue("short", Instant.parse("2020-01-01T00:00:00Z"), end).write(chain, key);
      hub.close(Duration.ZERO);
      hub = Hub.builder().clock(InstantSource.fixed(end.minus(Duration.ofDays(13)))).build();

      try (RecordedLog log = new RecordedLog(Level.INFO);
          SignalServer server = options().start()) {
        assertThat(shown(server, root.trusting())).isNotNull();

        assertThat(log.count("The certificate CN=short of " + chain + " ends at " + end))
            .isEqualTo(1);
      }
    }

    @Test
    void failsIfClientsAreAskedWithoutFilesOfTheServer() throws Exception {
      SSLContext context = root.trusting();

      assertThatIllegalArgumentException()
          .isThrownBy(() -> SignalServer.builder(hub).requireClientCertificates(issuers).start())
          .withMessage("expected client certificates with tls(chainPem, keyPem), was no TLS");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> options().tls(context).wantClientCertificates(issuers).start())
          .withMessage("expected client certificates with tls(chainPem, keyPem), was tls(context)");
    }

    @Test
    void usesWhatWasSetLast() throws Exception {
      try (SignalServer server = options().tls(root.trusting()).tls(chain, key).start()) {
        assertThat(shown(server, root.trusting())).isEqualTo(first.certificate());
      }
    }
  }

  private SignalServerBuilder options() {
    return SignalServer.builder(hub)
        .port(0)
        .loops(2)
        .tls(chain, key)
        .certificateInterval(OFTEN)
        .context("/who", CertificatesIT::who)
        .context("/contexts", CertificatesIT::comparesContexts)
        .handshake(
            request -> {
              request.principal().ifPresent(principals::add);
              HandshakeDecision accepted = HandshakeDecision.accept();
              return request
                  .principal()
                  .map(principal -> accepted.user(principal.getName()))
                  .orElse(accepted);
            });
  }

  private static void who(HttpExchange exchange) throws IOException {
    String name;
    try {
      name = ((HttpsExchange) exchange).getSSLSession().getPeerPrincipal().getName();
    } catch (SSLPeerUnverifiedException e) {
      name = "nobody";
    }
    answer(exchange, name);
  }

  /** Answers whether the context that handlers see is that of their connection. */
  private static void comparesContexts(HttpExchange exchange) throws IOException {
    HttpsExchange encrypted = (HttpsExchange) exchange;
    HttpsServer server = (HttpsServer) exchange.getHttpContext().getServer();
    answer(
        exchange,
        Boolean.toString(
            server
                .getHttpsConfigurator()
                .getSSLContext()
                .getServerSessionContext()
                .equals(encrypted.getSSLSession().getSessionContext())));
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    byte[] body = text.getBytes(UTF_8);
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static void connect(SignalServer server, SSLContext client, JdkListener listener)
      throws Exception {
    HttpClient.newBuilder()
        .sslContext(client)
        .build()
        .newWebSocketBuilder()
        .buildAsync(URI.create("wss://localhost:" + server.port() + "/ws"), listener)
        .get(30, TimeUnit.SECONDS);
  }

  private static String get(SignalServer server, SSLContext client) throws Exception {
    return get(server, client, "/who");
  }

  private static String get(SignalServer server, SSLContext client, String path) throws Exception {
    return HttpClient.newBuilder()
        .sslContext(client)
        .build()
        .send(
            HttpRequest.newBuilder(URI.create("https://localhost:" + server.port() + path)).build(),
            BodyHandlers.ofString())
        .body();
  }

  private static boolean isRefused(SignalServer server, SSLContext client) throws Exception {
    try {
      get(server, client);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  private static SSLSocket socket(SignalServer server, SSLContext client, String version)
      throws IOException {
    SSLSocket socket =
        (SSLSocket)
            client.getSocketFactory().createSocket(InetAddress.getLoopbackAddress(), server.port());
    socket.setEnabledProtocols(new String[] {version});
    socket.startHandshake();
    return socket;
  }

  /** Sends a request, because with TLS 1.3 a client hears of its refusal after its handshake. */
  private static void ask(SignalServer server, SSLContext client, String version)
      throws IOException {
    try (RawClient raw = new RawClient(socket(server, client, version))) {
      raw.send("GET /who HTTP/1.1\r\nHost: localhost\r\n\r\n");
      raw.readAnswer();
    }
  }

  private static Certificate shown(SignalServer server, SSLContext client) throws IOException {
    try (SSLSocket socket = socket(server, client, "TLSv1.3")) {
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static void awaitShown(SignalServer server, SSLContext client, Certificate expected)
      throws Exception {
    await(() -> shown(server, client).equals(expected));
  }

  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(Condition condition) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.holds()) {
      assertThat(System.nanoTime()).as("the time of the condition").isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(5); // between two checks
    }
  }
}
