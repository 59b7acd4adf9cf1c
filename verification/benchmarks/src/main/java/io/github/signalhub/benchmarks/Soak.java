package io.github.signalhub.benchmarks;

import com.sun.management.UnixOperatingSystemMXBean;
import io.github.signalhub.Hub;
import io.github.signalhub.HubStats;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.admission.HandshakeDecision;
import io.github.signalhub.jdkserver.SignalServer;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Simulates the long life of a server. Clients connect and disconnect all the time, with every kind
 * of state that a hub keeps for them: users, topics with presence, tables, streams, and sessions
 * with refs. Some links are cut without a close. Every minute it prints the resources of the
 * process. At the end all clients leave, and the last grace passes. Then it compares the remaining
 * state with the state after the first minute.
 *
 * <p>Server and clients share this process. Confined to the thread that runs it.
 */
final class Soak {
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final int MOST_AT_ONCE = 500;
  private static final int MOST_CONNECTING = 50;
  private static final int ROOMS = 2_000;
  private static final int KEYS = 5_000;
  private static final int USERS = 1_000;
  private static final String SAY = "{\"type\":\"SAY\",\"payload\":\"hello\",\"ref\":2}";

  private final int seconds;
  private final int perSecond;
  private final int rowSeconds;
  private final Random random = new Random(1);
  private final LongAdder connected = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final Semaphore connecting = new Semaphore(MOST_CONNECTING);
  private final Queue<WebSocket> open = new LinkedBlockingQueue<>();

  Soak(int seconds, int perSecond, int rowSeconds) {
    this.seconds = seconds;
    this.perSecond = perSecond;
    this.rowSeconds = rowSeconds;
  }

  /**
   * Runs the soak.
   *
   * @return whether the remaining state is at most a quarter larger than after the first row
   */
  boolean run() throws IOException, InterruptedException {
    TopicOptions rooms = TopicOptions.DEFAULT.withPresence(GRACE).withAge(GRACE);
    TopicOptions tables =
        TopicOptions.DEFAULT
            .compactBy(message -> String.valueOf(((Map<?, ?>) message.payload()).get("flow")))
            .withKeyAge(Duration.ofSeconds(30));
    try (Hub hub =
            Hub.builder()
                .topic("room:*", rooms)
                .topic("flow:*", tables)
                .authorizeJoins((client, topic) -> true)
                .build();
        SignalServer server =
            SignalServer.builder(hub)
                .bindAddress(InetAddress.getLoopbackAddress())
                .handshake(
                    request ->
                        HandshakeDecision.accept().user(request.parameter("user").orElseThrow()))
                .start()) {
      hub.onMessage((client, message) -> hub.topic("stream").publish("SAID", message.payload()));
      System.out.println(
          "| seconds | connected | failed | clients | topics | retained KiB | presence KiB"
              + " | heap KiB | threads | descriptors |");
      System.out.println("| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |");
      Row first = churn(hub, server.port());
      connecting.acquire(MOST_CONNECTING);
      while (!open.isEmpty()) {
        end(open.remove());
      }
      TimeUnit.SECONDS.sleep(2 * GRACE.toSeconds()); // for the hub's timers of the last absences
      hub.topic("stream").publish("END", null); // expired messages leave at the next publication
      Row last = row(hub, seconds + 2 * GRACE.toSeconds());
      return last.heapBytes <= first.heapBytes * 5 / 4
          && last.descriptors <= first.descriptors
          && hub.stats().clients() == 0
          && failed.sum() == 0;
    }
  }

  private Row churn(Hub hub, int port) throws InterruptedException {
    HttpClient http = HttpClient.newHttpClient();
    long start = System.nanoTime();
    Row first = null;
    long made = 0;
    for (int second = 1; second <= seconds; second++) {
      for (; made < (long) second * perSecond; made++) {
        connect(http, port, made);
        publish(hub, made);
        while (open.size() > MOST_AT_ONCE) {
          end(open.remove());
        }
      }
      long ahead = start + TimeUnit.SECONDS.toNanos(second) - System.nanoTime();
      TimeUnit.NANOSECONDS.sleep(ahead);
      if (second % rowSeconds == 0) {
        Row row = row(hub, second);
        first = first == null ? row : first;
      }
    }
    return first;
  }

  private void connect(HttpClient http, int port, long number) throws InterruptedException {
    String address = "ws://127.0.0.1:%d/ws?signal-hub=1&session=%032x&user=u%d";
    URI uri = URI.create(address.formatted(port, number, random.nextInt(USERS)));
    int room = random.nextInt(ROOMS);
    String join = "{\"type\":\"$join\",\"payload\":{\"topic\":\"%s\",\"ref\":1}}";
    connecting.acquire();
    http.newWebSocketBuilder()
        .buildAsync(uri, new Reader())
        .thenAccept(
            socket -> {
              connected.increment();
              socket
                  .sendText(join.formatted("room:" + room), true)
                  .thenCompose(any -> socket.sendText(join.formatted("flow:" + number % 7), true))
                  .thenCompose(any -> socket.sendText(SAY, true));
              open.add(socket);
            })
        .whenComplete(
            (none, failure) -> {
              if (failure != null) { // any other result is a failure
                failed.increment();
              }
              connecting.release();
            });
  }

  private void publish(Hub hub, long number) {
    hub.topic("room:" + random.nextInt(ROOMS)).publish("ENTRY", Map.of("n", number));
    hub.topic("flow:" + number % 7)
        .publish("STATE", Map.of("flow", random.nextInt(KEYS), "n", number));
    hub.broadcast("TICK", number);
  }

  /** Ends a connection in one of several ways. */
  private void end(WebSocket socket) {
    if (random.nextInt(3) == 0) {
      socket.abort();
    } else {
      socket.sendClose(WebSocket.NORMAL_CLOSURE, "");
    }
  }

  private Row row(Hub hub, long second) {
    System.gc();
    long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    int threads = ManagementFactory.getThreadMXBean().getThreadCount();
    long descriptors =
        ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix.getOpenFileDescriptorCount()
            : 0;
    HubStats stats = hub.stats();
    System.out.printf(
        "| %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |%n",
        second,
        connected.sum(),
        failed.sum(),
        stats.clients(),
        stats.topics(),
        stats.retainedBytes() >> 10,
        stats.presenceBytes() >> 10,
        heap >> 10,
        threads,
        descriptors);
    return new Row(heap, descriptors);
  }

  private record Row(long heapBytes, long descriptors) {}

  /** Reads and drops every message. */
  private static final class Reader implements WebSocket.Listener {
    @Override
    public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
      socket.request(1);
      return null;
    }
  }
}
