package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.Hub;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.metrics.Metric;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Path;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedKeyManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each metric of a server changes by its cause, over real sockets. */
@Timeout(60)
class ServerMetricsIT {
  private static final String PREFIX = "signalhub.server.";
  private static final int LARGE = 1_000_000;
  private static final byte[] COMPRESSED =
      RawClient.frame(0xC1, RawClient.hex("f2 48 cd c9 c9 07 00")); // RFC 7692 §7.2.3.1
  private static final Executor NO_THREADS =
      task -> {
        throw new RejectedExecutionException();
      };

  /** Labels whose values have a cause each. Those of the others are counted in one place. */
  private static final Set<String> LABELS = Set.of("limit", "reason", "crew");

  private final Hub hub = Hub.create();
  private final CountDownLatch release = new CountDownLatch(1);
  private final ExecutorService twoThreads = Executors.newFixedThreadPool(2);
  private final List<AutoCloseable> open = new CopyOnWriteArrayList<>();
  @TempDir private Path folder;
  private SignalServer server;

  /**
   * Makes a metric change.
   *
   * @param series the name of the metric, with a label if each of its values has a cause
   * @param options of a server whose metric is as it is at a start
   * @param action changes the metric
   */
  record Cause(String series, Options options, Action action) {
    @Override
    public String toString() {
      return series;
    }
  }

  /**
   * Sets a limit.
   *
   * @param series the name of the metric that shows it
   */
  record Setting(String series, Options options, double value) {
    @Override
    public String toString() {
      return series;
    }
  }

  interface Options {
    SignalServerBuilder of(ServerMetricsIT test, SignalServerBuilder builder) throws Exception;
  }

  interface Action {
    void run(ServerMetricsIT test) throws Exception;
  }

  @AfterEach
  void stop() throws Exception {
    release.countDown();
    for (AutoCloseable each : open) {
      each.close();
    }
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
    twoThreads.shutdown();
  }

  static Stream<Cause> causes() {
    Options plain = (test, it) -> it;
    Options holding = (test, it) -> it.context("/", test::hold).handshake(test::hold);
    Options reading = (test, it) -> it.context("/", ServerMetricsIT::read);
    Options writing = (test, it) -> it.context("/", ServerMetricsIT::write);
    Action connect = ServerMetricsIT::connect;
    Action get = ServerMetricsIT::get;
    Action handshake = test -> test.connect().send(RawClient.handshake("/ws"));
    Action sendHalfAMessage = test -> test.webSocket().send(RawClient.frame(1, new byte[60_000]));
    Scene oneConnectionTooMany = new Scene((test, it) -> it.maxConnections(1), twice(connect));
    Scene oneRequestTooMany =
        new Scene((test, it) -> holding.of(test, it).maxConcurrentExchanges(1), twice(get));
    Scene oneHandshakeTooMany =
        new Scene((test, it) -> holding.of(test, it).maxConcurrentExchanges(1), twice(handshake));
    Scene noHandler =
        new Scene((test, it) -> holding.of(test, it).handlerExecutor(NO_THREADS), get);
    Scene noHook =
        new Scene((test, it) -> holding.of(test, it).handshakeExecutor(NO_THREADS), handshake);
    Scene fullBuffers =
        new Scene(
            (test, it) -> reading.of(test, it).maxBufferedBytes(640 << 10),
            test -> {
              for (int i = 0; i < 12; i++) {
                test.sendPart(60_000);
              }
            });
    Scene slowBodies =
        new Scene(
            (test, it) -> reading.of(test, it).maxSlowPeers(1),
            twice(test -> test.sendPart(LARGE)));
    Scene slowReaders = new Scene((test, it) -> writing.of(test, it).maxSlowPeers(1), twice(get));
    Scene unfinishedMessages =
        new Scene(
            (test, it) -> it.maxUnfinishedBytes((1 << 20) + (56 << 10)),
            test -> {
              for (int i = 0; i < 3; i++) {
                test.webSocket().send(RawClient.frame(1, new byte[LARGE / 2]));
              }
            });
    return Stream.of(
        new Cause("open.connections", plain, connect),
        new Cause("accepted.connections", plain, connect),
        oneConnectionTooMany.changes("refused.connections"),
        new Cause("requests", plain, get),
        new Cause("refused.requests", plain, get),
        new Cause(
            "refused.handshakes",
            plain,
            test -> test.connect().send(RawClient.handshake("/ws", "Origin: http://evil.example"))),
        new Cause("running.exchanges", holding, get),
        new Cause("running.handshakes", holding, handshake),
        new Cause("buffered.bytes", plain, test -> test.sendPart(60_000)),
        new Cause("slow.peers", reading, test -> test.sendPart(LARGE)),
        new Cause("unfinished.bytes", plain, sendHalfAMessage),
        new Cause("window.bytes", plain, test -> test.compressed().send(COMPRESSED)),
        new Cause("busy.threads{crew=handlers}", holding, get),
        new Cause("busy.threads{crew=hooks}", holding, handshake),
        new Cause(
            "busy.threads{crew=tls}",
            (test, it) -> it.tls(test.holdingTls()),
            ServerMetricsIT::connectWithTls),
        oneRequestTooMany.changes("refusing.episodes{reason=requests}"),
        noHandler.changes("refusing.episodes{reason=handler_threads}"),
        oneHandshakeTooMany.changes("refusing.episodes{reason=handshakes}"),
        noHook.changes("refusing.episodes{reason=hook_threads}"),
        fullBuffers.changes("refusing.episodes{reason=buffers}"),
        slowBodies.changes("refusing.episodes{reason=slow_bodies}"),
        slowReaders.changes("refusing.episodes{reason=slow_readers}"),
        unfinishedMessages.changes("refusing.episodes{reason=unfinished_messages}"),
        noHandler.changes("overloaded.seconds"),
        oneConnectionTooMany.changes("limits{limit=maxConnections}"),
        new Cause(
            "limits{limit=maxConnectionsPerAddress}",
            (test, it) -> it.maxConnectionsPerAddress(1),
            twice(connect)),
        oneRequestTooMany.changes("limits{limit=maxConcurrentExchanges}"),
        fullBuffers.changes("limits{limit=maxBufferedBytes}"),
        slowBodies.changes("limits{limit=maxSlowPeers}"),
        noHandler.changes("limits{limit=handlerExecutor}"),
        noHook.changes("limits{limit=handshakeExecutor}"),
        new Cause(
            "limits{limit=maxRequestHeadBytes}", (test, it) -> it.maxRequestHeadBytes(9), get),
        new Cause(
            "limits{limit=maxRequestBodyBytes}",
            (test, it) -> it.maxRequestBodyBytes(1),
            test -> test.sendPart(2)),
        new Cause(
            "limits{limit=minRequestBodyBytesPerSecond}", // after 10 seconds
            (test, it) -> it.minRequestBodyBytesPerSecond(1 << 20),
            test -> test.sendPart(2)),
        new Cause(
            "limits{limit=handshakeTimeout}",
            (test, it) -> it.handshakeTimeout(Duration.ofMillis(100)),
            connect),
        new Cause(
            "limits{limit=exchangeTimeout}",
            (test, it) -> it.exchangeTimeout(Duration.ofMillis(100)).context("/", exchange -> {}),
            get),
        new Cause(
            "limits{limit=keepAliveTimeout}",
            (test, it) -> it.keepAliveTimeout(Duration.ofMillis(100)),
            get),
        new Cause(
            "limits{limit=writeTimeout}",
            (test, it) -> writing.of(test, it).writeTimeout(Duration.ofMillis(500)),
            get),
        new Cause(
            "limits{limit=maxClientMessageBytes}",
            plain,
            test -> test.webSocket().send(RawClient.hex("81 ff 0000000000200001 01020304"))),
        new Cause(
            "limits{limit=maxFragments}",
            (test, it) -> it.maxFragments(1),
            test -> test.webSocket().send(RawClient.hex("01 80 01020304 80 80 01020304"))),
        new Cause(
            "limits{limit=minMessageBytesPerSecond}", // after 10 seconds
            plain,
            test -> test.webSocket().send(RawClient.frame(1, new byte[1]))),
        unfinishedMessages.changes("limits{limit=maxUnfinishedBytes}"),
        new Cause(
            "limits{limit=maxCompressionWindowBytes}",
            (test, it) -> it.maxCompressionWindowBytes(32 << 10),
            test -> {
              RawClient first = test.compressed();
              RawClient second = test.compressed();
              first.send(COMPRESSED);
              second.send(COMPRESSED);
            }),
        new Cause("read.bytes", plain, get),
        new Cause("written.bytes", plain, get),
        new Cause("loop.busy.seconds", plain, get),
        new Cause("loop.turns", plain, get),
        new Cause(
            "failed.tls.handshakes",
            (test, it) -> Carrier.TLS.secure(it),
            test -> test.connect().send(RawClient.hex("16 03 01 00 05 ff ff ff ff ff"))));
  }

  static Stream<Setting> settings() {
    return Stream.of(
        new Setting("open.limit", (test, it) -> it.maxConnections(7), 7),
        new Setting("running.limit", (test, it) -> it.maxConcurrentExchanges(7), 7),
        new Setting("buffered.limit", (test, it) -> it.maxBufferedBytes(1 << 20), 1 << 20),
        new Setting("slow.limit", (test, it) -> it.maxSlowPeers(7), 7),
        new Setting("unfinished.limit", (test, it) -> it.maxUnfinishedBytes(8 << 20), 8 << 20),
        new Setting("window.limit", (test, it) -> it.maxCompressionWindowBytes(1 << 20), 1 << 20),
        new Setting(
            "busy.limit{crew=handlers}", (test, it) -> it.handlerExecutor(test.twoThreads), 2),
        new Setting(
            "busy.limit{crew=hooks}", (test, it) -> it.handshakeExecutor(test.twoThreads), 2),
        new Setting(
            "busy.limit{crew=tls}",
            (test, it) -> it,
            Math.max(2, Runtime.getRuntime().availableProcessors())));
  }

  /** A cause of several changes. */
  private record Scene(Options options, Action action) {
    Cause changes(String series) {
      return new Cause(series, options, action);
    }
  }

  private static Action twice(Action action) {
    return test -> {
      action.run(test);
      action.run(test);
    };
  }

  @ParameterizedTest
  @MethodSource("causes")
  void growsByItsCause(Cause cause) throws Exception {
    start(cause.options());
    double before = value(cause.series());

    cause.action().run(this);

    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (value(cause.series()) <= before && System.nanoTime() < deadline) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
    assertThat(value(cause.series())).isGreaterThan(before);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void showsItsLimit(Setting setting) throws Exception {
    start(setting.options());

    assertThat(value(setting.series())).isEqualTo(setting.value());
  }

  @Test
  void showsWhenTheFirstCertificateEnds() throws Exception {
    Duration hour = Duration.ofHours(1);
    Instant now = Instant.now();
    Path chain = folder.resolve("chain.pem");
    Path key = folder.resolve("key.pem");
    TestCertificate.root("root").issue("short", now.minus(hour), now.plus(hour)).write(chain, key);

    start((test, it) -> it.tls(chain, key));

    assertThat(value("certificate.remaining.seconds")).isBetween(0.0, 3600.0);
    Set<String> series = new TreeSet<>(Set.of("certificate.remaining.seconds"));
    causes().forEach(cause -> series.add(cause.series()));
    settings().forEach(setting -> series.add(setting.series()));
    assertThat(server.metrics()).allSatisfy(it -> assertThat(series).contains(series(it)));
    assertThat(series).allSatisfy(it -> assertThat(metrics(it)).isNotEmpty());
  }

  @Test
  void areTheSameHoweverMuchGoesOn() throws Exception {
    start((test, it) -> it.allowAnyOrigin());
    List<Metric> before = server.metrics();
    for (int i = 0; i < 50; i++) {
      webSocket();
    }

    assertThat(server.metrics()).isSameAs(before);
  }

  private void start(Options options) throws Exception {
    server = options.of(this, SignalServer.builder(hub).port(0).loops(2)).start();
  }

  private int port() {
    return server.port();
  }

  private List<Metric> metrics(String series) {
    return server.metrics().stream().filter(metric -> series(metric).equals(series)).toList();
  }

  private double value(String series) {
    return metrics(series).stream().mapToDouble(Metric::value).sum();
  }

  private static String series(Metric metric) {
    Map<String, String> labels =
        metric.labels().entrySet().stream()
            .filter(label -> LABELS.contains(label.getKey()))
            .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    assertThat(metric.name()).startsWith(PREFIX);
    return metric.name().substring(PREFIX.length()) + (labels.isEmpty() ? "" : labels);
  }

  private RawClient connect() throws IOException {
    RawClient client = new RawClient(port(), 16 << 10);
    open.add(client);
    return client;
  }

  private RawClient webSocket() throws IOException {
    return connect().openWebSocket("/ws");
  }

  private RawClient compressed() throws IOException {
    RawClient client = connect();
    client.send(RawClient.handshake("/ws", "Sec-WebSocket-Extensions: permessage-deflate"));
    assertThat(client.readAnswer().header("Sec-WebSocket-Extensions")).isNotNull();
    return client;
  }

  private void get() throws IOException {
    connect().send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  }

  /** Sends a request without the last byte of its body. */
  private void sendPart(int length) throws IOException {
    RawClient client = connect();
    client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: " + length + "\r\n\r\n");
    client.send(new byte[length - 1]);
  }

  private void connectWithTls() {
    Thread client =
        new Thread(
            () -> {
              try {
                open.add(Carrier.TLS.connect(port()));
              } catch (IOException e) {
                // the server holds its handshake, and fails it at the end
              }
            });
    client.setDaemon(true);
    client.start();
  }

  private void hold(HttpExchange exchange) {
    await();
  }

  private HandshakeDecision hold(ConnectRequest request) {
    await();
    return HandshakeDecision.accept();
  }

  private void await() {
    try {
      release.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void read(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    exchange.sendResponseHeaders(204, -1);
  }

  private static void write(HttpExchange exchange) throws IOException {
    byte[] body = new byte[24 << 20]; // more than systems buffer
    exchange.sendResponseHeaders(200, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private SSLContext holdingTls() throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {new HoldingKeys()}, null, null);
    return context;
  }

  /** Holds the thread that asks for a key. */
  private final class HoldingKeys extends X509ExtendedKeyManager {
    @Override
    public String chooseEngineServerAlias(String type, Principal[] issuers, SSLEngine engine) {
      await();
      return null;
    }

    @Override
    public String[] getClientAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseClientAlias(String[] types, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public String[] getServerAliases(String type, Principal[] issuers) {
      return new String[0];
    }

    @Override
    public String chooseServerAlias(String type, Principal[] issuers, Socket socket) {
      return null;
    }

    @Override
    public X509Certificate[] getCertificateChain(String alias) {
      return new X509Certificate[0];
    }

    @Override
    public PrivateKey getPrivateKey(String alias) {
      return null;
    }
  }
}
