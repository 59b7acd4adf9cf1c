package io.github.signalhub.jdkserver.resources;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.github.signalhub.Hub;
import io.github.signalhub.admission.ConnectRequest;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.Carrier;
import io.github.signalhub.jdkserver.RawClient;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * 500 peers of one address that try to hold the server's threads, with default options. Meanwhile a
 * client of another address sends ordinary requests and handshakes that a hook decides. Prints
 * their durations. If {@code signalhub.quiet} is set, the durations have a limit. Otherwise every
 * request only has to be answered.
 */
@Timeout(180)
class HeldThreadsIT {
  private static final boolean QUIET = Boolean.getBoolean("signalhub.quiet");
  private static final String ATTACKER = "127.0.0.2";
  private static final String OTHER = "127.0.0.3";
  private static final int ATTACKERS = 500;
  private static final int PROBES = QUIET ? 200 : 20;
  private static final int WARM_UPS = QUIET ? 100 : 1;
  private static final int PAUSE_MILLIS = QUIET ? 25 : 0;
  private static final double QUIET_P99_MILLIS = 250;
  private static final int TIMEOUT_MILLIS = 20_000; // also the time-out of RawClient
  private static final int MAX_UNANSWERED = 2;
  private static final int DRIP_BYTES = 2 << 10;
  private static final byte[] BIG = new byte[10_000_000];
  private static final String REQUEST = "GET /quick HTTP/1.1\r\nHost: localhost\r\n\r\n";
  private static final String POST =
      "POST /upload HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000000\r\n\r\n";

  private final Hub hub = Hub.create();
  private final CountDownLatch over = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newFixedThreadPool(16);
  private final List<RawClient> attackers = Collections.synchronizedList(new ArrayList<>());
  private SignalServer server;
  private Carrier carrier;

  @AfterEach
  void stop() throws IOException {
    over.countDown();
    threads.shutdownNow();
    for (RawClient attacker : List.copyOf(attackers)) {
      attacker.reset();
    }
    server.stop(Duration.ZERO);
    hub.close(Duration.ZERO);
  }

  @ParameterizedTest
  @EnumSource(Carrier.class)
  void bodiesThatComeSlowlyHoldNobodyUp(Carrier carrier) throws Exception {
    start(carrier);
    attack(client -> client.send(POST));
    drip();

    assertOthersAreServed("bodies of 2 KiB a second");
  }

  @ParameterizedTest
  @EnumSource(Carrier.class)
  void bodiesThatComeSlowlyAfterTheirFirst64KibHoldNobodyUp(Carrier carrier) throws Exception {
    start(carrier);
    attack(
        client -> {
          client.send(POST);
          client.send(new byte[64 << 10]);
        });
    drip();

    assertOthersAreServed("bodies of 2 KiB a second after 64 KiB");
  }

  @ParameterizedTest
  @EnumSource(Carrier.class)
  void responsesThatNobodyReadsHoldNobodyUp(Carrier carrier) throws Exception {
    start(carrier);
    attack(client -> client.send("GET /big HTTP/1.1\r\nHost: localhost\r\n\r\n"));

    assertOthersAreServed("responses of 10 MB that nobody reads");
  }

  @ParameterizedTest
  @EnumSource(Carrier.class)
  void handlersThatSleepHoldNobodyUp(Carrier carrier) throws Exception {
    start(carrier);
    attack(client -> client.send("GET /sleep HTTP/1.1\r\nHost: localhost\r\n\r\n"));

    assertOthersAreServed("handlers that sleep");
  }

  @ParameterizedTest
  @EnumSource(Carrier.class)
  void hooksThatSleepHoldNobodyUp(Carrier carrier) throws Exception {
    start(carrier);
    attack(client -> client.send(RawClient.handshake("/ws")));

    assertOthersAreServed("handshakes whose hook sleeps");
  }

  private void start(Carrier carrier) throws IOException {
    this.carrier = carrier;
    server =
        carrier
            .secure(SignalServer.builder(hub).port(0))
            .handshake(this::decide)
            .context("/quick", HeldThreadsIT::ok)
            .context("/upload", exchange -> upload(exchange))
            .context("/big", HeldThreadsIT::big)
            .context("/sleep", this::sleep)
            .start();
    for (int i = 0; i < WARM_UPS; i++) { // loading and compiling classes is no cost of the attack
      assertThat(measure(new ArrayList<>(), REQUEST, 200)).isZero();
      assertThat(measure(new ArrayList<>(), RawClient.handshake("/ws"), 101)).isZero();
    }
  }

  private HandshakeDecision decide(ConnectRequest request) throws InterruptedException {
    if (request.remoteAddress().getAddress().getHostAddress().equals(ATTACKER)) {
      over.await(10, TimeUnit.SECONDS);
    }
    return HandshakeDecision.accept();
  }

  private static void ok(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 2);
    exchange.getResponseBody().write(new byte[] {'o', 'k'});
    exchange.close();
  }

  private static void upload(HttpExchange exchange) throws IOException {
    exchange.getRequestBody().readAllBytes();
    ok(exchange);
  }

  private static void big(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, BIG.length);
    exchange.getResponseBody().write(BIG);
    exchange.close();
  }

  private void sleep(HttpExchange exchange) throws IOException {
    try {
      over.await(10, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ok(exchange);
  }

  private interface Attack {
    void with(RawClient client) throws IOException;
  }

  private void attack(Attack attack) throws Exception {
    List<Callable<Void>> attacks = new ArrayList<>();
    for (int i = 0; i < ATTACKERS; i++) {
      attacks.add(
          () -> {
            RawClient client = connect(ATTACKER);
            attackers.add(client);
            attack.with(client);
            return null;
          });
    }
    for (Future<Void> each : threads.invokeAll(attacks, 60, TimeUnit.SECONDS)) {
      each.get();
    }
  }

  /** Lets every attacker send a little each second. */
  private void drip() {
    byte[] drop = new byte[DRIP_BYTES];
    threads.execute(
        () -> {
          List<RawClient> left = new ArrayList<>(attackers);
          try {
            while (!over.await(1, TimeUnit.SECONDS)) {
              left.removeIf(client -> !sends(client, drop));
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private static boolean sends(RawClient client, byte[] bytes) {
    try {
      client.send(bytes);
      return true;
    } catch (IOException e) {
      return false; // the server has cut the attacker
    }
  }

  private void assertOthersAreServed(String what) throws Exception {
    List<Double> requests = new ArrayList<>();
    List<Double> handshakes = new ArrayList<>();
    int unanswered = 0;
    for (int i = 0; i < PROBES && unanswered < MAX_UNANSWERED; i++) {
      unanswered += measure(requests, REQUEST, 200);
      unanswered += measure(handshakes, RawClient.handshake("/ws"), 101);
      TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS); // the interval of the measurements
    }
    System.out.printf(
        "Java %d, %s, 500 %s: request p50 %.1f p99 %.1f ms (%d), handshake p50 %.1f p99 %.1f ms (%d)%n",
        Runtime.version().feature(),
        carrier,
        what,
        percentile(requests, 50),
        percentile(requests, 99),
        requests.size(),
        percentile(handshakes, 50),
        percentile(handshakes, 99),
        handshakes.size());
    assertThat(unanswered).as("unanswered within 20 s").isZero();
    if (QUIET) {
      assertThat(percentile(requests, 99)).isLessThan(QUIET_P99_MILLIS);
      assertThat(percentile(handshakes, 99)).isLessThan(QUIET_P99_MILLIS);
    }
  }

  /** Measures one request. Returns 1 if there is no answer. */
  private int measure(List<Double> millis, String request, int status) throws IOException {
    long start = System.nanoTime();
    try (RawClient client = connect(OTHER)) {
      client.send(request);
      assertThat(client.readAnswer().status()).isEqualTo(status);
      millis.add((System.nanoTime() - start) / 1e6);
      return 0;
    } catch (SocketTimeoutException | EOFException | SocketException | SSLException e) {
      return 1;
    }
  }

  private static double percentile(List<Double> values, int percent) {
    List<Double> sorted = values.stream().sorted().toList();
    return sorted.isEmpty() ? Double.NaN : sorted.get((sorted.size() * percent + 99) / 100 - 1);
  }

  private RawClient connect(String from) throws IOException {
    Socket socket = new Socket();
    socket.setTcpNoDelay(true);
    socket.bind(new InetSocketAddress(from, 0));
    socket.connect(new InetSocketAddress("127.0.0.1", server.port()));
    if (carrier == Carrier.TLS) {
      SSLSocket secured =
          (SSLSocket)
              Carrier.trusting()
                  .getSocketFactory()
                  .createSocket(socket, "localhost", server.port(), true);
      secured.setSoTimeout(TIMEOUT_MILLIS); // the request for its handshake
      secured.startHandshake();
      return new RawClient(secured);
    }
    return new RawClient(socket);
  }
}
