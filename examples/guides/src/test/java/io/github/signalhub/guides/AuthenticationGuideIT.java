package io.github.signalhub.guides;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.RefusedException;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.admission.HandshakeHook;
import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.jdkserver.JdkListener;
import io.github.signalhub.jdkserver.SignalServer;
import io.github.signalhub.jdkserver.SignalServerBuilder;
import io.github.signalhub.jdkserver.TestCertificate;
import io.github.signalhub.json.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The code of docs/authentication.md, against a real server and the JDK's own client. */
@Timeout(60)
class AuthenticationGuideIT {
  private final Logins logins = new Logins();
  private Hub hub = Hub.create();
  private SignalServer running;
  private HttpClient http = HttpClient.newHttpClient();

  @BeforeEach
  void logIn() {
    logins.begin("s1", "ann", "flow:42");
  }

  @AfterEach
  void stop() {
    if (running != null) {
      running.stop(Duration.ZERO);
    }
    hub.close(Duration.ZERO);
  }

  @Test
  void withoutAHookEverybodyConnectsAndNobodyGetsATopic() throws Exception {
    start(builder());

    assertThat(status("/ws")).isEqualTo(101);
    assertThat(status("/ws?topic=flow:42")).isEqualTo(403);
  }

  @Nested
  class Cookies {
    @Test
    void sayWhoAClientIs() throws Exception {
      int port = 0;
      InetAddress address = InetAddress.getLoopbackAddress();

      SignalServer server =
          SignalServer.builder(hub)
              .bindAddress(address)
              .port(port)
              .handshake(logins::decide)
              .start();

      running = server;

      assertThat(status("/ws")).isEqualTo(401);
      assertThat(status("/ws", "Cookie", "SESSION=s2")).isEqualTo(401);
      assertThat(status("/ws", "Cookie", "XSESSION=s1")).isEqualTo(401);
      JdkListener ann = connect("/ws", "Cookie", "theme=dark; SESSION=s1");
      hub.user("ann").send("HELLO", null);
      assertThat(ann.next()).contains("HELLO");
    }

    @Test
    void sayWhatAClientMayFollow() throws Exception {
      start(builder().handshake(logins::decide));

      assertThat(status("/ws?topic=flow:43", "Cookie", "SESSION=s1")).isEqualTo(403);
      assertThat(status("/ws?topic=flow:42&topic=flow:43", "Cookie", "SESSION=s1")).isEqualTo(403);
      JdkListener ann = connect("/ws?topic=flow:42", "Cookie", "SESSION=s1");
      hub.topic("flow:42").publish("STEP", null);
      assertThat(ann.next()).contains("STEP");
    }

    @Test
    void sayWhatAClientMayJoinLater() throws Exception {
      Hub hub = Hub.builder().authorizeJoins(logins::mayJoin).build();

      AuthenticationGuideIT.this.hub = hub;
      start(builder().handshake(logins::decide));
      JdkListener ann = new JdkListener();
      WebSocket socket = open(ann, "/ws?signal-hub=1", "Cookie", "SESSION=s1");
      assertThat(ann.next()).contains("$hello");

      socket.sendText("{\"type\":\"$join\",\"payload\":{\"topic\":\"flow:43\"},\"ref\":1}", true);
      assertThat(ann.next()).contains("$error", "forbidden");
      socket.sendText("{\"type\":\"$join\",\"payload\":{\"topic\":\"flow:42\"},\"ref\":2}", true);
      assertThat(ann.next()).contains("$joined", "flow:42");
    }
  }

  @Nested
  class Tokens {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private final Clock clock =
        new Clock() {
          @Override
          public Instant instant() {
            return now;
          }

          @Override
          public ZoneOffset getZone() {
            return ZoneOffset.UTC;
          }

          @Override
          public Clock withZone(java.time.ZoneId zone) {
            return this;
          }
        };

    @Test
    void ofAPageAreTicketsForOneConnection() throws Exception {
      SignalServerBuilder builder = builder();

      Tickets tickets = new Tickets(clock);
      HttpHandler sendTicket = exchange -> answer(exchange, tickets.issue(userOf(exchange)));
      HandshakeHook hook =
          request ->
              request
                  .parameter("ticket")
                  .flatMap(tickets::redeem)
                  .map(user -> HandshakeDecision.accept().user(user))
                  .orElse(HandshakeDecision.refuse(401, "a ticket is needed"));
      builder.handshake(hook).context("/api/ticket", sendTicket);

      start(builder);
      String ticket = get("/api/ticket");
      assertThat(status("/ws")).isEqualTo(401);
      JdkListener ann = connect("/ws?ticket=" + ticket);
      hub.user("ann").send("HELLO", null);
      assertThat(ann.next()).contains("HELLO");
      assertThat(status("/ws?ticket=" + ticket)).isEqualTo(401);

      String old = get("/api/ticket");
      now = now.plusSeconds(30);
      assertThat(status("/ws?ticket=" + old)).isEqualTo(401);
    }

    @Test
    void ofAProgramAreAHeader() throws Exception {
      HandshakeHook hook =
          request ->
              request
                  .header("Authorization")
                  .filter(value -> value.startsWith("Bearer "))
                  .flatMap(value -> logins.userOf(value.substring("Bearer ".length())))
                  .map(user -> HandshakeDecision.accept().user(user))
                  .orElse(HandshakeDecision.refuse(401, "a token is needed"));

      start(builder().handshake(hook));
      assertThat(status("/ws")).isEqualTo(401);
      assertThat(status("/ws", "Authorization", "Bearer s2")).isEqualTo(401);
      assertThat(status("/ws", "Authorization", "Bearer s1")).isEqualTo(101);
    }

    @Test
    void mayBeASubprotocolBesideTheOneThatIsAgreedOn() throws Exception {
      HandshakeHook hook =
          request ->
              request.headers("Sec-WebSocket-Protocol").stream()
                  .flatMap(line -> List.of(line.split(", *")).stream())
                  .filter(offer -> offer.startsWith("token."))
                  .findFirst()
                  .flatMap(offer -> logins.userOf(offer.substring("token.".length())))
                  .map(user -> HandshakeDecision.accept().user(user))
                  .orElse(HandshakeDecision.refuse(401, "a token is needed"));

      start(builder().handshake(hook));
      WebSocket socket =
          http.newWebSocketBuilder()
              .subprotocols("signal-hub.v1", "token.s1")
              .buildAsync(address("ws", "/ws"), new JdkListener())
              .join();
      assertThat(socket.getSubprotocol()).isEqualTo("signal-hub.v1");
      assertThat(status("/ws")).isEqualTo(401);
    }

    private String userOf(HttpExchange exchange) {
      return "ann";
    }

    private String get(String path) throws Exception {
      HttpRequest request = HttpRequest.newBuilder(address("http", path)).build();
      return http.send(request, BodyHandlers.ofString()).body();
    }

    private void answer(HttpExchange exchange, String text) throws IOException {
      byte[] body = text.getBytes(UTF_8);
      exchange.sendResponseHeaders(200, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }
  }

  @Test
  void onlyPagesOfAllowedOriginsConnect() throws Exception {
    SignalServerBuilder builder = builder().handshake(logins::decide);

    builder.allowedOrigins("https://app.example.com");

    start(builder);
    String[] cookie = {"Cookie", "SESSION=s1"};
    assertThat(status("/ws", cookie)).isEqualTo(101);
    assertThat(statusFrom("http://localhost:" + running.port(), cookie)).isEqualTo(101);
    assertThat(statusFrom("https://app.example.com", cookie)).isEqualTo(101);
    assertThat(statusFrom("https://evil.example", cookie)).isEqualTo(403);
    assertThat(statusFrom("https://app.example.com")).isEqualTo(401);
  }

  @Nested
  class Ends {
    private JdkListener ann;

    @BeforeEach
    void connectAnn() throws Exception {
      start(builder().handshake(logins::decide));
      ann = connect("/ws?topic=flow:42&signal-hub=1", "Cookie", "SESSION=s1");
      assertThat(ann.next()).contains("$hello");
    }

    @Test
    void aUserIsDisconnected() throws Exception {
      logins.end("ann"); // first, so that the hook refuses her from now on
      hub.user("ann").disconnect(new DisconnectReason(4000, "logged out"));

      assertThat(ann.next()).isEqualTo("closed 4000 logged out");
      assertThat(status("/ws", "Cookie", "SESSION=s1")).isEqualTo(401);
    }

    @Test
    void aTopicIsRevoked() throws Exception {
      logins.takeTopic("ann", "flow:42"); // first, as above
      hub.user("ann").leave("flow:42");

      hub.topic("flow:42").publish("STEP", null);
      hub.user("ann").send("HELLO", null);
      assertThat(ann.next()).contains("$left", "flow:42");
      assertThat(ann.next()).contains("HELLO");
      assertThat(status("/ws?topic=flow:42", "Cookie", "SESSION=s1")).isEqualTo(403);
    }
  }

  @Nested
  class Roles {
    enum Role {
      READER,
      EDITOR
    }

    static final AttributeKey<Role> ROLE = AttributeKey.of("role", Role.class);

    record Token(String user, Role role, Instant end) {}

    /** The tokens that are valid now, by their texts. */
    private static final class Tokens {
      private final Map<String, Token> issued = new ConcurrentHashMap<>();

      Optional<Token> verify(String text) {
        return Optional.ofNullable(issued.get(text));
      }
    }

    private final Tokens tokens = new Tokens();
    private final AtomicReference<Instant> now =
        new AtomicReference<>(Instant.parse("2026-01-01T00:00:00Z"));
    private final BlockingQueue<String> visits = new LinkedBlockingQueue<>();

    @BeforeEach
    void issueTokens() {
      tokens.issued.put("old", new Token("ann", Role.READER, now.get().minusSeconds(1)));
      tokens.issued.put("first", new Token("ann", Role.READER, now.get().plusSeconds(3)));
      tokens.issued.put("fresh", new Token("ann", Role.EDITOR, now.get().plusSeconds(3_600)));
      tokens.issued.put("bob's", new Token("bob", Role.EDITOR, now.get().plusSeconds(3_600)));
    }

    @Test
    void areKnownAndEndWithTheToken() throws Exception {
      hub = Hub.builder().clock(now::get).build();
      SignalServerBuilder builder = builder();

      HandshakeHook hook =
          request ->
              request
                  .parameter("token")
                  .flatMap(tokens::verify)
                  .map(
                      token ->
                          HandshakeDecision.accept()
                              .user(token.user())
                              .attribute(ROLE, token.role())
                              .expiresAt(token.end()))
                  .orElse(HandshakeDecision.refuse(401, "a token is needed"));
      builder.handshake(hook).secretParameters("token");

      builder.keptHeaders("User-Agent");
      hub.addListener(
          new HubListener() {
            @Override
            public void onConnect(Client client) {
              String page = client.parameter("page").orElse("main");
              String browser = client.header("User-Agent").orElse("unknown");
              visits.add(client.path() + " " + page + " " + browser);
            }
          });

      start(builder);
      assertThat(status("/ws?token=old")).isEqualTo(401);
      JdkListener ann = connect("/ws?token=first&page=news", "User-Agent", "mine");
      assertThat(visits.poll(30, TimeUnit.SECONDS)).isEqualTo("/ws news mine");
      Client client = hub.clients().iterator().next();
      assertThat(client.parameters()).containsOnlyKeys("page");
      assertThat(client.attribute(ROLE)).contains(Role.READER);

      now.set(now.get().plusSeconds(3));
      assertThat(ann.next()).isEqualTo("closed 4001 expired");
    }

    @Test
    void areRenewedOnAnOpenConnection() throws Exception {
      hub = Hub.builder().clock(now::get).build();
      HandshakeHook hook =
          request ->
              request
                  .parameter("token")
                  .flatMap(tokens::verify)
                  .map(
                      token -> HandshakeDecision.accept().user(token.user()).expiresAt(token.end()))
                  .orElse(HandshakeDecision.refuse(401));

      hub.onMessage(
          "RENEW",
          String.class,
          (client, text) -> {
            Token token =
                tokens
                    .verify(text)
                    .filter(fresh -> client.user().equals(Optional.of(fresh.user())))
                    .orElseThrow(() -> new RefusedException("invalid_token", "log in again"));
            client.attribute(ROLE, token.role());
            client.expiresAt(token.end());
          });

      start(builder().handshake(hook));
      JdkListener ann = new JdkListener();
      WebSocket socket = open(ann, "/ws?signal-hub=1&token=first");
      assertThat(ann.next()).contains("$hello");
      send(socket, "RENEW", "bob's");
      assertThat(ann.next()).contains("$error", "invalid_token");
      send(socket, "RENEW", "fresh");
      assertThat(ann.next()).contains("$ack");

      Client client = hub.clients().iterator().next();
      assertThat(client.expiresAt()).contains(tokens.issued.get("fresh").end());
      assertThat(client.attribute(ROLE)).contains(Role.EDITOR);
    }

    @Test
    void decideAboutTopicsAndMessages() throws Exception {
      Hub hub =
          Hub.builder()
              .authorizeJoins((client, topic) -> !topic.startsWith("draft:") || isEditor(client))
              .build();
      hub.onMessage(
          "SAVE",
          String.class,
          (client, text) -> {
            if (!isEditor(client)) {
              throw new RefusedException("forbidden", "editors only");
            }
            hub.topic("draft:" + client.parameter("page").orElse("main")).publish("SAVED", text);
          });

      AuthenticationGuideIT.this.hub = hub;
      HandshakeHook hook =
          request ->
              HandshakeDecision.accept()
                  .attribute(
                      ROLE, tokens.verify(request.parameter("token").orElse("")).get().role());
      start(builder().handshake(hook));
      JdkListener reader = new JdkListener();
      WebSocket reading = open(reader, "/ws?signal-hub=1&token=first");
      assertThat(reader.next()).contains("$hello");
      join(reading, "draft:a");
      assertThat(reader.next()).contains("$error", "forbidden");
      send(reading, "SAVE", "text");
      assertThat(reader.next()).contains("$error", "editors only");

      JdkListener editor = new JdkListener();
      WebSocket editing = open(editor, "/ws?signal-hub=1&token=fresh&page=a");
      assertThat(editor.next()).contains("$hello");
      join(editing, "draft:a");
      assertThat(editor.next()).contains("$joined");
      assertThat(editor.next()).contains("$sync");
      send(editing, "SAVE", "text");
      assertThat(List.of(editor.next(), editor.next()))
          .anyMatch(text -> text.contains("SAVED"))
          .anyMatch(text -> text.contains("$ack"));
    }

    static boolean isEditor(Client client) {
      return client.attribute(ROLE).filter(role -> role == Role.EDITOR).isPresent();
    }

    private static void send(WebSocket socket, String type, String payload) {
      String text = Json.write(Map.of("type", type, "payload", payload, "ref", payload));
      socket.sendText(text, true).join();
    }

    private static void join(WebSocket socket, String topic) {
      String text =
          Json.write(Map.of("type", "$join", "payload", Map.of("topic", topic), "ref", topic));
      socket.sendText(text, true).join();
    }
  }

  @Nested
  class Tls {
    private static final Map<String, String> DEVICES = Map.of("CN=sensor-7,O=Example", "sensor-7");

    @Test
    void comesFromFiles(@TempDir Path folder) throws Exception {
      Path chainPem = folder.resolve("fullchain.pem");
      Path keyPem = folder.resolve("privkey.pem");
      TestCertificate root = TestCertificate.root("root");
      root.issue("hub.example.com").write(chainPem, keyPem);
      SignalServerBuilder builder = builder();

      builder.tls(chainPem, keyPem);

      start(builder);
      assertThat(greeted(root.trusting())).contains("HELLO");
    }

    @Test
    void asksClientsForTheirCertificates(@TempDir Path folder) throws Exception {
      Path chainPem = folder.resolve("fullchain.pem");
      Path keyPem = folder.resolve("privkey.pem");
      Path issuersPem = folder.resolve("issuers.pem");
      TestCertificate root = TestCertificate.root("root");
      TestCertificate devices = TestCertificate.root("devices");
      root.issue("hub.example.com").write(chainPem, keyPem);
      Files.writeString(issuersPem, devices.pem());
      SignalServerBuilder builder = builder();

      builder
          .tls(chainPem, keyPem)
          .requireClientCertificates(issuersPem)
          .handshake(Tls::byCertificate);

      start(builder);
      assertThat(greeted(root.trusting(devices.issue("sensor-7,O=Example")))).contains("HELLO");
      assertThat(hub.user("sensor-7").clients()).hasSize(1);
      assertThatThrownBy(() -> greeted(root.trusting(devices.issue("sensor-8,O=Example"))))
          .hasCauseInstanceOf(WebSocketHandshakeException.class);
      assertThatThrownBy(() -> greeted(root.trusting())).hasRootCauseInstanceOf(IOException.class);
    }

    static HandshakeDecision byCertificate(ConnectRequest request) {
      return request
          .principal()
          .map(principal -> DEVICES.get(principal.getName()))
          .map(device -> HandshakeDecision.accept().user(device))
          .orElse(HandshakeDecision.refuse(403, "this certificate is not known"));
    }

    /** Returns what a client with this context hears first. */
    private String greeted(SSLContext context) throws InterruptedException {
      http = HttpClient.newBuilder().sslContext(context).build();
      JdkListener client = new JdkListener();
      http.newWebSocketBuilder().buildAsync(address("wss", "/ws"), client).join();
      hub.broadcast("HELLO", null);
      return client.next();
    }

    @Test
    void comesFromAKeyStore(@TempDir Path folder) throws Exception {
      Path file = makeKeyStore(folder);
      char[] password = "change-me".toCharArray();

      SignalServerBuilder builder = builder();

      builder.tls(contextOf(file, password));

      start(builder);
      assertThat(greeted(trusting(file, password))).contains("HELLO");
    }

    static SSLContext contextOf(Path file, char[] password)
        throws GeneralSecurityException, IOException {
      KeyStore store = KeyStore.getInstance(file.toFile(), password);
      String algorithm = KeyManagerFactory.getDefaultAlgorithm();
      KeyManagerFactory keys = KeyManagerFactory.getInstance(algorithm);
      keys.init(store, password);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), null, null);
      return context;
    }

    /** Runs the command of the guide. */
    private static Path makeKeyStore(Path folder) throws Exception {
      String command =
          Markdown.of(Lines.of(Path.of("..", "..", "docs", "authentication.md"))).blocks().stream()
              .flatMap(block -> block.lines().stream())
              .filter(line -> line.startsWith("keytool "))
              .findFirst()
              .orElseThrow();
      Path bin = Path.of(System.getProperty("java.home"), "bin");
      String[] words = command.replaceFirst("keytool", "").strip().split(" ");
      ProcessBuilder keytool = new ProcessBuilder(bin.resolve("keytool").toString());
      keytool.command().addAll(List.of(words));
      Process process = keytool.directory(folder.toFile()).redirectErrorStream(true).start();
      String said = new String(process.getInputStream().readAllBytes(), UTF_8);
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).as(said).isZero();
      return folder.resolve("server.p12");
    }

    private static SSLContext trusting(Path file, char[] password) throws Exception {
      return TestCertificate.trusting(
          KeyStore.getInstance(file.toFile(), password).getCertificate("server"));
    }
  }

  private SignalServerBuilder builder() {
    return SignalServer.builder(hub).bindAddress(InetAddress.getLoopbackAddress()).port(0);
  }

  private void start(SignalServerBuilder builder) throws IOException {
    running = builder.start();
  }

  private URI address(String scheme, String path) {
    return URI.create(scheme + "://localhost:" + running.port() + path);
  }

  private JdkListener connect(String path, String... headers) {
    JdkListener listener = new JdkListener();
    open(listener, path, headers);
    return listener;
  }

  private WebSocket open(WebSocket.Listener listener, String path, String... headers) {
    WebSocket.Builder builder = http.newWebSocketBuilder();
    for (int i = 0; i < headers.length; i += 2) {
      builder.header(headers[i], headers[i + 1]);
    }
    return builder.buildAsync(address("ws", path), listener).join();
  }

  /** Returns the answer to a handshake; the connection of one that succeeds is ended again. */
  private int status(String path, String... headers) {
    try {
      open(new JdkListener(), path, headers).abort();
      return 101;
    } catch (CompletionException e) {
      assertThat(e).hasCauseInstanceOf(WebSocketHandshakeException.class);
      return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
    }
  }

  private int statusFrom(String origin, String... headers) {
    String[] all = new String[headers.length + 2];
    System.arraycopy(headers, 0, all, 2, headers.length);
    all[0] = "Origin";
    all[1] = origin;
    return status("/ws", all);
  }
}
