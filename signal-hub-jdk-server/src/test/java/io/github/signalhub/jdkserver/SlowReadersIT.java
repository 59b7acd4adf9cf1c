package io.github.signalhub.jdkserver;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.parallel.ExecutionMode.CONCURRENT;

import io.github.signalhub.Client;
import io.github.signalhub.Hub;
import io.github.signalhub.HubListener;
import io.github.signalhub.LagPolicy;
import io.github.signalhub.Message;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.connection.DisconnectReason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients with small socket buffers that read slowly, or stop. They wait most of the time, so the
 * tests of this class run concurrently. Tests of other classes do not run beside them.
 */
@Timeout(90)
@ParameterizedClass
@EnumSource(Carrier.class)
class SlowReadersIT {
  private static final int RECEIVE_BYTES = 16 << 10;

  /** Far more than a client's system buffers, and less than the server's system buffers besides. */
  private static final int HELD_BYTES = 200_000;

  /** Less than a client's system buffers, so the server has sent everything. */
  private static final int LEFT_BYTES = 16 << 10;

  private static final int PUBLISHED = 20;
  private static final int STEP_BYTES = 8 << 10;
  private static final long STEP_MILLIS = 250;
  private static final Duration SHORT = Duration.ofMillis(100);

  @Parameter Carrier carrier;

  private final List<AutoCloseable> open = new ArrayList<>();
  private final Events events = new Events();
  private Hub hub;
  private SignalServer server;

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open) {
      each.close();
    }
    server.close();
    hub.close();
  }

  @Test
  @Execution(CONCURRENT)
  void thatReadSteadilyGetAllOfAResponseThatIsLongerThanAnyBuffer() throws Exception {
    int bytes = 450_000;
    start(options -> options.writeTimeout(Duration.ofSeconds(2)), bytes);
    Socket client = connect();
    request(client, "Connection: close\r\n");

    byte[] response = readSlowly(client, Integer.MAX_VALUE);

    assertThat(response).hasSizeGreaterThan(bytes).endsWith('.');
  }

  @Test
  @Execution(CONCURRENT)
  void thatReadSteadilyMayAnswerAPingWhenTheyComeToIt() throws Exception {
    start(options -> options.pingInterval(SHORT).pongTimeout(Duration.ofSeconds(6)), HELD_BYTES);
    Socket client = webSocket("/ws");
    String text = "x".repeat(HELD_BYTES);
    hub.broadcast(Message.of("BIG", text));
    hub.broadcast(Message.of("BIG", text));
    hub.broadcast(Message.of("END", ""));

    readSlowly(client, 2 * HELD_BYTES - LEFT_BYTES);
    client.getOutputStream().write(RawClient.frame(0x8A, new byte[0]));
    readUpTo(client, "END");
    client.getOutputStream().write(RawClient.close(1000, ""));

    assertThat(events.end().code()).isEqualTo(1000);
  }

  @Test
  @Execution(CONCURRENT)
  void thatFallBehindAreToldTheGapAndGoOn() throws Exception {
    start(options -> options, HELD_BYTES);
    Socket client = webSocket("/ws?signal-hub=1");
    publishMoreThanIsKept();

    readUpTo(client, "$gap");
    String received = readUpTo(client, "x" + PUBLISHED);
    hub.broadcast(Message.of("END", ""));
    readUpTo(client, "END");

    assertThat(received).contains("x" + (PUBLISHED - 1)).doesNotContain("$gap");
    assertThat(events.ends).isEmpty();
  }

  @Test
  @Execution(CONCURRENT)
  void thatFallBehindAndCannotBeToldAreClosedWith4100() throws Exception {
    start(options -> options.closeTimeout(SHORT), HELD_BYTES);
    Socket client = webSocket("/ws");
    publishMoreThanIsKept();

    readUpTo(client, "\u0010\u0004");

    assertThat(events.end().code()).isEqualTo(4100);
  }

  @Test
  @Execution(CONCURRENT)
  void thatStopReadingAResponseAreCutAndTheHandlerIsTold() throws Exception {
    start(options -> options.writeTimeout(Duration.ofSeconds(4)), 4_000_000);
    Socket client = connect();
    request(client, "");

    readSlowly(client, 3 * STEP_BYTES);

    assertThat(events.handlerFailures.poll(60, TimeUnit.SECONDS)).isInstanceOf(IOException.class);
  }

  @Test
  @Execution(CONCURRENT)
  void thatStopReadingMessagesAreCut() throws Exception {
    start(options -> options.writeTimeout(Duration.ofSeconds(4)), 0);
    Socket client = webSocket("/ws?signal-hub=1");
    hub.broadcast(Message.of("BIG", "x".repeat(1_000_000)));

    readSlowly(client, 3 * STEP_BYTES);

    assertThat(events.end()).isEqualTo(DisconnectReason.ABNORMAL);
  }

  @Test
  @Execution(CONCURRENT)
  void thatStopAfterTheirCloseWasWrittenAreCutToo() throws Exception {
    start(options -> options.writeTimeout(Duration.ofSeconds(2)), 0);
    webSocket("/ws");
    hub.broadcast(Message.of("BIG", "x".repeat(HELD_BYTES)));
    events.connected().close(new DisconnectReason(4007, "go"));

    assertThat(events.end()).isEqualTo(new DisconnectReason(4007, "go"));
  }

  @Test
  @Execution(CONCURRENT)
  void getTheCloseHoweverShortTheCloseTimeoutIsAndWhateverTheySendMeanwhile() throws Exception {
    start(options -> options.closeTimeout(SHORT), 0);
    Socket client = webSocket("/ws");
    Client slow = events.connected();
    hub.broadcast(Message.of("BIG", "x".repeat(HELD_BYTES)));
    slow.close(new DisconnectReason(4007, "go"));
    webSocket("/ws");
    events.connected().close(new DisconnectReason(4008, "unanswered"));
    assertThat(events.end().code()).isEqualTo(4008); // the server cuts it at its closeTimeout

    String received = readWhileSending(client, RawClient.frame(0x89, new byte[0]));

    assertThat(received).hasSizeGreaterThan(HELD_BYTES).endsWith("go");
    assertThat(events.end()).isEqualTo(new DisconnectReason(4007, "go"));
  }

  @Test
  @Execution(CONCURRENT)
  void getTheirLastResponseThoughTheServerWaitsNoLongerForOthers() throws Exception {
    start(options -> options, HELD_BYTES);
    Socket client = connect();
    request(client, "Connection: close\r\n");
    assertThat(events.responses.poll(30, TimeUnit.SECONDS)).isTrue();
    Socket quick = connect();
    request(quick, "Connection: close\r\n");
    quick.getInputStream().readAllBytes();
    awaitCut(quick);

    String received = readWhileSending(client, new byte[] {'x'});

    assertThat(received).hasSizeGreaterThan(HELD_BYTES).endsWith(".");
  }

  @Test
  @Execution(CONCURRENT)
  void getAllOfAResponseThoughTheKeepAliveTimeoutHasPassed() throws Exception {
    start(options -> options.keepAliveTimeout(SHORT), HELD_BYTES);
    Socket client = connect();
    request(client, "");
    assertThat(events.responses.poll(30, TimeUnit.SECONDS)).isTrue();
    Socket quick = connect();
    request(quick, "");
    quick.getInputStream().readAllBytes(); // to its end at the keep-alive timeout

    String received = readWhileSending(client, new byte[] {'x'});

    assertThat(received).hasSizeGreaterThan(HELD_BYTES).endsWith(".");
  }

  @Test
  @Execution(CONCURRENT)
  void getAllOfAResponseWhileTheServerDrains() throws Exception {
    start(options -> options, HELD_BYTES);
    Socket client = connect();
    request(client, "");
    assertThat(events.responses.poll(30, TimeUnit.SECONDS)).isTrue();
    Socket idle = connect();
    request(idle, "");
    assertThat(idle.getInputStream().readNBytes(HELD_BYTES)).hasSize(HELD_BYTES);
    CompletableFuture<Void> stopped =
        CompletableFuture.runAsync(() -> server.stop(Duration.ofSeconds(60)));
    idle.getInputStream().readAllBytes(); // to its end, because the server drains

    String received = readWhileSending(client, new byte[] {'x'});

    assertThat(received).hasSizeGreaterThan(HELD_BYTES).endsWith(".");
    stopped.get(60, TimeUnit.SECONDS);
  }

  private interface Options {
    SignalServerBuilder set(SignalServerBuilder options);
  }

  private void start(Options options, int responseBytes) throws IOException {
    hub =
        Hub.builder()
            .maxPublishedBytes(1 << 20)
            .retentionGrace(Duration.ZERO)
            .broadcasts(TopicOptions.DEFAULT.withMessages(4).withLagPolicy(LagPolicy.SKIP))
            .build();
    hub.addListener(events);
    SignalServerBuilder builder =
        SignalServer.builder(hub)
            .port(0)
            .loops(1)
            .compression(false)
            .context(
                "/",
                exchange -> {
                  exchange.sendResponseHeaders(200, responseBytes);
                  try {
                    exchange
                        .getResponseBody()
                        .write(
                            ("x".repeat(responseBytes - 1) + ".")
                                .getBytes(StandardCharsets.ISO_8859_1));
                    exchange.close();
                    events.responses.add(true);
                  } catch (IOException e) {
                    events.handlerFailures.add(e);
                    throw e;
                  }
                });
    server = options.set(carrier.secure(builder)).start();
  }

  private Socket connect() throws IOException {
    Socket client = carrier.connect(server.port(), RECEIVE_BYTES);
    client.setSoTimeout(30_000);
    open.add(client);
    return client;
  }

  private static void request(Socket client, String line) throws IOException {
    client
        .getOutputStream()
        .write(
            ("GET / HTTP/1.1\r\nHost: a\r\n" + line + "\r\n")
                .getBytes(StandardCharsets.ISO_8859_1));
  }

  private Socket webSocket(String target) throws IOException {
    Socket client = connect();
    client
        .getOutputStream()
        .write(RawClient.handshake(target).getBytes(StandardCharsets.ISO_8859_1));
    readUpTo(client, "\r\n\r\n");
    return client;
  }

  /** Publishes messages of 100 kB. The log keeps 4. Another client has read all of them. */
  private void publishMoreThanIsKept() throws Exception {
    Socket other = webSocket("/ws");
    String big = "x".repeat(100_000);
    for (int i = 1; i <= PUBLISHED; i++) {
      hub.broadcast(Message.of("BIG", big + i));
      readMessage(other);
    }
    other.close();
    assertThat(events.end()).isEqualTo(DisconnectReason.ABNORMAL);
  }

  /** Reads one message as fast as it comes. No message follows it yet. */
  private static void readMessage(Socket client) throws IOException {
    byte[] some = new byte[64 << 10];
    int count;
    do {
      count = client.getInputStream().read(some);
      assertThat(count).isPositive();
    } while (some[count - 1] != '}');
  }

  private static String readUpTo(Socket client, String end) throws IOException {
    StringBuilder read = new StringBuilder();
    while (read.length() < end.length()
        || !read.substring(read.length() - end.length()).equals(end)) {
      int next = client.getInputStream().read();
      assertThat(next).as("byte before %s", end).isNotNegative();
      read.append((char) next);
    }
    return read.toString();
  }

  /** Reads 32 KB a second, up to this many bytes or to the end. */
  private static byte[] readSlowly(Socket client, int atMost) throws Exception {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] step = new byte[STEP_BYTES];
    InputStream in = client.getInputStream();
    int count = 0;
    while (read.size() < atMost
        && (count = in.read(step, 0, Math.min(STEP_BYTES, atMost - read.size()))) >= 0) {
      read.write(step, 0, count);
      TimeUnit.MILLISECONDS.sleep(STEP_MILLIS * count / STEP_BYTES); // sets the rate of this reader
    }
    return read.toByteArray();
  }

  /** Reads to the end, and sends bytes between any two reads for as long as possible. */
  private static String readWhileSending(Socket client, byte[] what) throws IOException {
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    byte[] step = new byte[STEP_BYTES];
    int count;
    while ((count = client.getInputStream().read(step)) >= 0) {
      read.write(step, 0, count);
      client.getOutputStream().write(what);
    }
    return read.toString(StandardCharsets.ISO_8859_1);
  }

  /** Waits until the server does not even discard the bytes of this client. */
  private static void awaitCut(Socket client) throws InterruptedException {
    try {
      while (true) {
        client.getOutputStream().write('x');
        TimeUnit.MILLISECONDS.sleep(10); // until the server has cut the client
      }
    } catch (IOException e) {
      // the server has cut the client
    }
  }

  private static final class Events implements HubListener {
    private final BlockingQueue<Client> connected = new LinkedBlockingQueue<>();
    private final BlockingQueue<DisconnectReason> ends = new LinkedBlockingQueue<>();
    private final BlockingQueue<IOException> handlerFailures = new LinkedBlockingQueue<>();
    private final BlockingQueue<Boolean> responses = new LinkedBlockingQueue<>();

    @Override
    public void onConnect(Client client) {
      connected.add(client);
    }

    @Override
    public void onDisconnect(Client client, DisconnectReason reason) {
      ends.add(reason);
    }

    Client connected() throws InterruptedException {
      return connected.poll(30, TimeUnit.SECONDS);
    }

    DisconnectReason end() throws InterruptedException {
      return ends.poll(60, TimeUnit.SECONDS);
    }
  }
}
