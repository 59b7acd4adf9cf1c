package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.connection.DisconnectReason;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/**
 * A run of all operations at the same time. Sixteen {@linkplain StressPublisher threads} publish to
 * all kinds of streams. They let clients connect, disconnect, stall, send, join and leave. Some
 * clients stay connected to the end.
 */
final class StressRun implements AutoCloseable {
  static final int PUBLISHERS = 16;
  static final int LASTING = 12;
  static final int KEPT = 8;
  static final int USERS = 4;
  private static final int LOOPS = 4;
  private static final int TOPIC_MESSAGES = 20;
  private static final int BROADCASTS = 200;
  private static final int PATIENCE_SECONDS = 60;

  /** The most recorded violations. The first one shows the fault, the others follow from it. */
  private static final int MAX_VIOLATIONS = 20;

  final ThreadedTransport transport = new ThreadedTransport(LOOPS);
  final List<StressClient> lasting = new ArrayList<>();
  final LongAdder progress = new LongAdder();
  final LongAdder said = new LongAdder();
  final Hub hub;
  volatile boolean resting;

  /** Whether clients stop reading now and then. */
  volatile boolean stalling = true;

  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final AtomicLong skewNanos = new AtomicLong();
  private final StressListener listener = new StressListener(this::violate);
  private final List<StressPublisher> publishers = new ArrayList<>();

  StressRun(long seed) throws IOException {
    hub =
        Hub.builder()
            .topicDefaults(TopicOptions.DEFAULT.withMessages(TOPIC_MESSAGES))
            .users(TopicOptions.DEFAULT.withMessages(TOPIC_MESSAGES))
            .broadcasts(TopicOptions.DEFAULT.withMessages(BROADCASTS))
            .retentionGrace(Duration.ZERO)
            .maxLogBytes(4 << 20)
            .nanoClock(() -> System.nanoTime() + skewNanos.get())
            .build();
    hub.addListener(listener);
    hub.attach(transport);
    for (int i = 0; i < LASTING; i++) {
      Set<Stream> followed =
          Set.of(Stream.BROADCAST, Stream.kept(i % KEPT), Stream.user(i % USERS));
      StressClient client = new StressClient(i, followed, i % 2 == 0, true, this::violate);
      client.connect(transport);
      lasting.add(client);
    }
    for (int i = 0; i < PUBLISHERS; i++) {
      publishers.add(new StressPublisher(this, i, seed));
    }
  }

  /** Runs all operations for a while, then waits until all messages have arrived. */
  void mix(Duration time) throws InterruptedException {
    work(() -> TimeUnit.NANOSECONDS.sleep(time.toNanos()));
    publishers.forEach(StressPublisher::cutAll);
    awaitThat("only the lasting clients remain", () -> hub.clients().size() == LASTING);
    awaitThat("everything arrived", this::isEverythingReceived);
    awaitThat("all callbacks have run", () -> areCallbacksMade(LASTING));
    assertSound();
  }

  /** Closes the hub during all operations, while every client reads. */
  void closeAmid(Duration time) throws InterruptedException {
    stalling = false; // the hub would wait until the deadline for stalled clients
    work(
        () -> {
          TimeUnit.NANOSECONDS.sleep(time.toNanos());
          hub.close(Duration.ofSeconds(PATIENCE_SECONDS));
        });
    assertThat(hub.clients()).isEmpty();
    assertThat(isEverythingReceived()).as("all accepted messages have arrived").isTrue();
    assertThat(lasting).allMatch(client -> client.peer.closed == DisconnectReason.GOING_AWAY);
    assertThat(publishers).noneMatch(StressPublisher::hasConnections);
    assertThat(areCallbacksMade(0)).as("all callbacks have run").isTrue();
    assertSound();
  }

  /** Checks that the hub keeps no state of ended clients and of topics without followers. */
  void assertNothingIsLeftBehind() throws InterruptedException {
    Set<Stream> followed = new HashSet<>(Set.of(Stream.loose(0)));
    for (StressClient client : lasting) {
      followed.addAll(client.followed);
      Client present = hub.client(client.peer.id()).orElseThrow();
      present.topics().stream().filter(name -> name.startsWith("loose")).forEach(present::leave);
    }
    skewNanos.addAndGet(Duration.ofMinutes(6).toNanos());
    awaitThat(
        "only followed topics remain, within their limits",
        () -> {
          publishers.get(0).publish(Stream.loose(0)); // each one also removes a few expired entries
          publishers.get(0).publish(Stream.BROADCAST);
          return hub.stats().topics() == followed.size()
              && hub.stats().retainedMessages() <= TOPIC_MESSAGES + BROADCASTS;
        });
    awaitThat("everything arrived", this::isEverythingReceived);
    awaitThat(
        "no reference keeps an ended connection",
        () -> {
          System.gc();
          return publishers.stream().noneMatch(StressPublisher::isAnyHeld);
        });
  }

  /** Records a violation. Thread-safe. */
  void violate(String what) {
    if (violations.size() < MAX_VIOLATIONS) {
      violations.add(what);
    }
  }

  /** Returns the counts of all operations. */
  @Override
  public String toString() {
    return progress.sum() + " steps, " + said.sum() + " messages of clients, " + hub.stats();
  }

  @Override
  public void close() {
    hub.close(Duration.ZERO);
  }

  private interface Task {
    void run() throws InterruptedException;
  }

  /** Lets all publishers work until a task is done. */
  private void work(Task until) throws InterruptedException {
    resting = false;
    ExecutorService threads = Executors.newFixedThreadPool(PUBLISHERS, StressRun::daemon);
    Watchdog watchdog = new Watchdog(progress::sum, PATIENCE_SECONDS, this::violate);
    try {
      List<Future<?>> working = new ArrayList<>();
      publishers.forEach(publisher -> working.add(threads.submit(publisher)));
      until.run();
      resting = true;
      for (Future<?> each : working) {
        each.get(2 * PATIENCE_SECONDS, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | TimeoutException e) {
      throw new AssertionError("a publisher failed; " + violations, e);
    } finally {
      watchdog.close();
      threads.shutdownNow();
    }
  }

  private boolean isEverythingReceived() {
    return lasting.stream().allMatch(this::hasReceivedAll);
  }

  private boolean hasReceivedAll(StressClient client) {
    return client.privates == publishers.stream().mapToLong(p -> p.sentTo(client)).sum()
        && client.followed.stream()
            .allMatch(
                stream ->
                    publishers.stream()
                        .allMatch(p -> client.count(stream, p.number) == p.accepted(stream)));
  }

  private boolean areCallbacksMade(int stillConnected) {
    long connected = hub.stats().connected();
    return listener.connected.sum() == connected
        && listener.disconnected.sum() == connected - stillConnected
        && listener.messages.sum() == said.sum();
  }

  private void assertSound() {
    assertThat(violations).isEmpty();
    assertThat(lasting.stream().map(StressClient::broadcasts).distinct())
        .as("digests of the broadcasts in each client's order")
        .hasSize(1);
    assertThat(hub.stats().failedCallbacks()).isZero();
  }

  private void awaitThat(String what, BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 3 && !condition.getAsBoolean(); i++) {
      Awaiting.await(() -> {}, condition);
    }
    assertThat(condition.getAsBoolean()).as(what + "; " + violations + hub.stats()).isTrue();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "publisher");
    thread.setDaemon(true);
    return thread;
  }
}
