package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.ProxyProcess.Kind;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server behind each installed proxy, with the configurations of the guide ({@code
 * docs/deploying.md}). {@code AdmissionIT}, {@code ExchangeIT} and {@code StopIT} check the same
 * rules without a proxy.
 */
@Timeout(180)
class ProxiesIT {
  private static final String LINES = "Host: " + ProxyProcess.HOST + "\r\n\r\n";
  private static final int CLIENTS = 6;
  private static final int TURNS = 50; // 300 turns in all
  private static final int RELOADED_CLIENTS = 50;
  private static final int RELOADS = 3;

  private static TestCertificate certificate;

  @TempDir Path folder;
  private final Hub hub = Hub.builder().syncInterval(Duration.ZERO).build();
  private final Map<String, InetAddress> addresses = new ConcurrentHashMap<>(); // by proxy
  private volatile boolean stopping;
  private SignalServer server;

  /** The actions with each proxy. */
  private interface Visit {
    void with(Kind kind, ProxyProcess proxy) throws Exception;
  }

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = TestCertificate.root("localhost");
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @Test
  void passWebSocketsOfTheirOwnPagesWithTheAddressOfTheClient() throws Exception {
    start(Duration.ofSeconds(25));

    forEach(
        60,
        (kind, proxy) -> {
          try (RawClient client = proxy.connect("127.0.0.9")) {
            client.send(handshake(kind, "https://hub.example.com", "X-Forwarded-For: 192.0.2.1"));
            assertThat(client.readAnswer().status()).isEqualTo(101);
            assertThat(addresses.get(kind.name())).isEqualTo(InetAddress.getByName("127.0.0.9"));
            client.send(RawClient.text("{\"type\":\"SAY\",\"payload\":\"" + kind + "\"}"));
            assertThat(client.readFrame().text()).contains("\"payload\":\"" + kind + "\"");
          }
          try (RawClient stranger = proxy.connect("127.0.0.9")) {
            stranger.send(handshake(kind, "https://evil.example"));
            assertThat(stranger.readAnswer().status()).isEqualTo(403);
          }
        });
  }

  @Test
  void keepAnIdleWebSocketThatIsPingedInTime() throws Exception {
    start(Duration.ofMillis(500));

    forEach(
        5,
        (kind, proxy) -> {
          try (RawClient client = open(kind, proxy)) {
            long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(8);
            while (System.nanoTime() - end < 0) {
              RawClient.Frame ping = client.readFrame();
              assertThat(ping.opcode()).isEqualTo(9);
              client.send(RawClient.frame(0x8A, ping.payload()));
            }
            client.send(RawClient.text("{\"type\":\"SAY\",\"payload\":\"still here\"}"));
            assertThat(nextText(client)).contains("still here");
          }
        });
  }

  @Test
  void cutAnIdleWebSocketThatIsNotPinged() throws Exception {
    start(Duration.ofHours(1));

    forEach(
        3,
        (kind, proxy) -> {
          if (kind.isImpatient()) {
            try (RawClient client = open(kind, proxy)) {
              client.assertEnds();
            }
          }
        });
  }

  @Test
  void passOnThatTheServerStops() throws Exception {
    start(Duration.ofSeconds(25));

    List<RawClient> clients = new ArrayList<>();
    List<ProxyProcess> proxies = new ArrayList<>();
    try {
      for (Kind kind : installed().filter(Kind::isInGuide).toList()) {
        ProxyProcess proxy = ProxyProcess.start(kind, folder, certificate, server.port(), 60);
        proxies.add(proxy);
        RawClient client = proxy.connect("127.0.0.1");
        clients.add(client);
        client.send(
            RawClient.handshake("/ws?signal-hub=1&via=" + kind)
                .replace("localhost", ProxyProcess.HOST));
        assertThat(client.readAnswer().status()).isEqualTo(101);
        assertThat(client.readFrame().text()).contains("$hello");
      }
      try (RawClient last = RawClient.webSocket(server.port(), "/ws")) {
        stopping = true;
        CompletableFuture<Void> closed =
            CompletableFuture.runAsync(() -> hub.close(Duration.ofSeconds(60)));

        for (RawClient client : clients) {
          assertThat(client.readFrame().text()).contains("$bye").contains("retryAfterMs");
          assertThat(client.readFrame().closeCode()).isEqualTo(1001);
          client.send(RawClient.close(1001, ""));
          client.assertEnds();
        }
        for (ProxyProcess proxy : proxies) {
          assertThat(status(proxy, handshake(Kind.NGINX, "https://hub.example.com")))
              .isEqualTo(503);
          assertThat(status(proxy, "GET /health HTTP/1.1\r\n" + LINES)).isEqualTo(503);
        }
        assertThat(closed).isNotDone();
        assertThat(last.readToClose()).isEqualTo(1001);
        last.send(RawClient.close(1001, ""));
        closed.get(30, TimeUnit.SECONDS);
      }
    } finally {
      for (RawClient client : clients) {
        client.close();
      }
      proxies.forEach(ProxyProcess::close);
    }
  }

  /** nginx keeps what is connected, and cuts it if the guide's time for that is set. */
  @Test
  void loseNothingOf50ClientsWhenNginxIsReloaded() throws Exception {
    start(Duration.ofSeconds(25));
    forEach(
        installed().filter(Kind.NGINX::equals),
        60,
        (kind, proxy) -> {
          AtomicInteger connected = new AtomicInteger();
          List<Callable<List<String>>> clients =
              Stream.generate(() -> (Callable<List<String>>) () -> follow(proxy, connected))
                  .limit(RELOADED_CLIENTS)
                  .toList();
          CompletableFuture<List<List<String>>> all =
              CompletableFuture.supplyAsync(() -> followAll(clients));
          int number = 0;
          for (int reloads = 0; reloads <= RELOADS; reloads++) {
            while (connected.get() < RELOADED_CLIENTS * (reloads + 1) && !all.isDone()) {
              hub.broadcast("N", number++);
              TimeUnit.MILLISECONDS.sleep(1); // the pace of the messages
            }
            if (reloads < RELOADS) {
              proxy.reload();
            }
          }
          hub.broadcast("END", null);

          List<List<String>> received = all.get(60, TimeUnit.SECONDS);
          assertThat(received.get(0)).hasSizeGreaterThan(RELOADS);
          for (List<String> each : received) {
            int first = each.isEmpty() ? number : Integer.parseInt(each.get(0));
            assertThat(each)
                .containsExactlyElementsOf(
                    IntStream.range(first, number).mapToObj(Integer::toString).toList());
          }
        });
  }

  private static List<List<String>> followAll(List<Callable<List<String>>> clients) {
    try {
      return runAtOnce(clients);
    } catch (Exception e) {
      throw new CompletionException(e);
    }
  }

  /** Reads the numbers until the end, and comes back after the last id each time it is cut. */
  private static List<String> follow(ProxyProcess proxy, AtomicInteger connected)
      throws IOException {
    List<String> numbers = new ArrayList<>();
    String after = "";
    while (true) {
      try (RawClient client = proxy.connect("127.0.0.1")) {
        client.send(
            RawClient.handshake("/ws?signal-hub=1" + after)
                .replace("localhost", ProxyProcess.HOST));
        assertThat(client.readAnswer().status()).isEqualTo(101);
        String text = nextText(client);
        assertThat(text).contains("$hello", "\"resumed\":" + !after.isEmpty());
        after = "&after=" + member(text, "id");
        connected.incrementAndGet();
        for (text = nextText(client); !text.contains("END"); text = nextText(client)) {
          assertThat(text).doesNotContain("$gap");
          numbers.add(member(text, "payload"));
          after = "&after=" + member(text, "id");
        }
        return numbers;
      } catch (IOException e) {
        if (after.isEmpty()) {
          throw e; // nothing cuts it before it has connected
        }
      }
    }
  }

  private static String member(String text, String name) {
    return text.replaceAll(".*\"" + name + "\":\"?([\\w-]+).*", "$1");
  }

  @Test
  void loseNoRequestAfterAnUploadThatIsRefused() throws Exception {
    start(Duration.ofSeconds(25));

    assertNoneIsLost(() -> new RawClient(server.port()), "Host: localhost\r\n");
    forEach(
        installed(),
        60,
        (kind, proxy) ->
            assertNoneIsLost(
                () -> proxy.connect("127.0.0.1"), "Host: " + ProxyProcess.HOST + "\r\n"));
  }

  private void start(Duration pingInterval) throws IOException {
    hub.onMessage((client, message) -> client.send(message));
    server =
        SignalServer.builder(hub)
            .bindAddress(InetAddress.getLoopbackAddress())
            .port(0)
            .allowedHosts(ProxyProcess.HOST)
            .trustedProxies("127.0.0.1")
            .proxyHeader("X-Forwarded-For")
            .pingInterval(pingInterval)
            .handshake(
                request -> {
                  request
                      .parameter("via")
                      .ifPresent(via -> addresses.put(via, request.remoteAddress().getAddress()));
                  return HandshakeDecision.accept();
                })
            .context("/health", exchange -> exchange.sendResponseHeaders(stopping ? 503 : 204, -1))
            .context("/upload", exchange -> exchange.sendResponseHeaders(401, -1))
            .start();
  }

  /** Runs a visit with all proxies of the guide at the same time. */
  private void forEach(int idleSeconds, Visit visit) throws Exception {
    forEach(installed().filter(Kind::isInGuide), idleSeconds, visit);
  }

  private void forEach(Stream<Kind> kinds, int idleSeconds, Visit visit) throws Exception {
    List<Callable<Kind>> visits = new ArrayList<>();
    for (Kind kind : kinds.toList()) {
      visits.add(
          () -> {
            try (ProxyProcess proxy =
                ProxyProcess.start(kind, folder, certificate, server.port(), idleSeconds)) {
              visit.with(kind, proxy);
              return kind;
            } catch (Throwable t) {
              throw new AssertionError(kind + ": " + t.getMessage(), t);
            }
          });
    }
    runAtOnce(visits);
  }

  private static Stream<Kind> installed() {
    return Stream.of(Kind.values()).filter(kind -> kind.program().isPresent());
  }

  private static <T> List<T> runAtOnce(List<Callable<T>> tasks) throws Exception {
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(tasks)) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  private static RawClient open(Kind kind, ProxyProcess proxy) throws IOException {
    RawClient client = proxy.connect("127.0.0.1");
    client.send(handshake(kind, "https://hub.example.com"));
    assertThat(client.readAnswer().status()).isEqualTo(101);
    return client;
  }

  private static String handshake(Kind kind, String origin, String... lines) {
    List<String> all = new ArrayList<>(List.of("Origin: " + origin));
    all.addAll(List.of(lines));
    return RawClient.handshake("/ws?via=" + kind, all.toArray(String[]::new))
        .replace("Host: localhost", "Host: " + ProxyProcess.HOST);
  }

  private static int status(ProxyProcess proxy, String request) throws IOException {
    try (RawClient client = proxy.connect("127.0.0.1")) {
      client.send(request);
      return client.readAnswer().status();
    }
  }

  private static String nextText(RawClient client) throws IOException {
    RawClient.Frame frame = client.readFrame();
    while (frame.opcode() != 1) {
      frame = client.readFrame();
    }
    return frame.text();
  }

  private static void assertNoneIsLost(Callable<RawClient> connect, String host) throws Exception {
    List<Callable<List<Integer>>> clients = new ArrayList<>();
    for (int i = 0; i < CLIENTS; i++) {
      clients.add(() -> take(connect, host));
    }
    for (List<Integer> answers : runAtOnce(clients)) {
      assertThat(answers).hasSize(2 * TURNS).containsOnly(401, 204);
    }
  }

  /** Keeps one connection for as many requests as possible. */
  private static List<Integer> take(Callable<RawClient> connect, String host) throws Exception {
    String upload =
        "POST /upload HTTP/1.1\r\n" + host + "Content-Length: 300000\r\n\r\n" + "x".repeat(300_000);
    String next = "GET /health HTTP/1.1\r\n" + host + "\r\n";
    List<Integer> answers = new ArrayList<>();
    RawClient client = connect.call();
    try {
      for (int i = 0; i < 2 * TURNS; i++) {
        client.send(i % 2 == 0 ? upload : next);
        RawClient.Answer answer = client.readAnswer();
        answers.add(answer.status());
        if ("close".equalsIgnoreCase(answer.header("connection"))) {
          client.close();
          client = connect.call();
        }
      }
    } finally {
      client.close();
    }
    return answers;
  }
}
