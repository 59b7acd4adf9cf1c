package io.github.signalhub.redis;

import io.github.signalhub.Hub;
import io.github.signalhub.PublishResult;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Settled;
import io.github.signalhub.spi.Backbone.Sink;
import io.github.signalhub.spi.Backbone.Unconfirmed;
import io.github.signalhub.spi.CallbackTransport;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Records what publishers, nodes and clients saw during faults, and judges it. A broken guarantee
 * is a violation, with its facts. Thread-safe.
 */
final class ChaosWorld implements AutoCloseable {
  /** The table of which rows are removed. Its clients are told to begin it anew. */
  static final String CLEARED = "table0";

  /** Enough for what a client misses while it moves. */
  private static final TopicOptions STREAM =
      TopicOptions.DEFAULT.withMessages(100_000).withBytes(64 << 20);

  /** Types of rows begin with R, types of deletions with D. The key follows. */
  private static final TopicOptions TABLE =
      STREAM.compactBy(
          message -> message.type().substring(1), message -> message.type().startsWith("D"));

  private static final String PAYLOAD = "\"payload\":\"";

  /** Runs the loops of all nodes, also after a test. */
  private static final Executor LOOPS = Executors.newFixedThreadPool(4, ChaosWorld::loopThread);

  /** An id that some node gave to its clients. */
  record Id(long epoch, long offset) {
    static Id of(String id) {
      return new Id(Long.parseUnsignedLong(id, 0, 16, 16), Long.parseLong(id, 17, 33, 10));
    }

    @Override
    public String toString() {
      return "%016x-%016d".formatted(epoch, offset);
    }
  }

  private record Accepted(String topic, Id id) {}

  final boolean mayRepeatAfterGap;
  final Queue<String> violations = new ConcurrentLinkedQueue<>();
  final AtomicInteger openPublications = new AtomicInteger();
  final AtomicLong gaps = new AtomicLong();
  final AtomicLong unconfirmed = new AtomicLong();
  final AtomicLong moves = new AtomicLong();
  final AtomicLong late = new AtomicLong();
  final AtomicLong received = new AtomicLong();
  final AtomicLong refused = new AtomicLong();
  private final Map<Id, String> names = new ConcurrentHashMap<>();
  private final Map<String, Accepted> accepted = new ConcurrentHashMap<>();
  private final Set<String> unavailable = ConcurrentHashMap.newKeySet();

  /** Those that live. The others would fill the heap. */
  private final Set<NodeUnderChaos> nodes = ConcurrentHashMap.newKeySet();

  /** Creates one. Two masters may repeat messages to a client after a gap. */
  ChaosWorld(boolean mayRepeatAfterGap) {
    this.mayRepeatAfterGap = mayRepeatAfterGap;
  }

  private static Thread loopThread(Runnable task) {
    Thread thread = new Thread(task, "chaos-loop");
    thread.setDaemon(true);
    return thread;
  }

  /** A node: a hub, and the backbone that it has. What the backbone brings is checked. */
  final class NodeUnderChaos extends RecordingSink implements Backbone {
    private record Span(long epoch, long after, long upTo) {}

    final CallbackTransport transport = new CallbackTransport("chaos", LOOPS);
    private final RedisBackbone redis;
    private final List<Span> spans = new ArrayList<>();
    private final AtomicInteger unconfirmed = new AtomicInteger();
    private Sink sink;
    private Hub hub;
    volatile boolean isDead;

    private NodeUnderChaos(RedisBackbone redis) {
      this.redis = redis;
    }

    /** Ends at once. What is in flight may stay unconfirmed. */
    void end() {
      isDead = true;
      redis.close();
      transport.stop(); // before the hub says goodbye
      hub.close(Duration.ZERO);
      nodes.remove(this);
      checkUnconfirmed(restarts().size());
    }

    int unconfirmed() {
      return unconfirmed.get();
    }

    /** Checks that no more is unconfirmed than was in flight when something was lost. */
    private void checkUnconfirmed(int losses) {
      if (unconfirmed() > 4 * 256 * losses) {
        violations.add("UNCONFIRMED " + unconfirmed() + ", more than was in flight");
      }
    }

    private void countUnconfirmed() {
      unconfirmed.incrementAndGet();
      ChaosWorld.this.unconfirmed.incrementAndGet();
    }

    @Override
    public String format() {
      return sink.format();
    }

    @Override
    public synchronized boolean apply(Placed next) {
      long before = horizon();
      name(epoch(), next);
      if (isFull() || !sink.apply(next) || !super.apply(next)) {
        return false;
      }
      placed.subList(0, placed.size() - 1).clear(); // the newest one is enough
      if (next.offset() != before + 1) {
        violations.add("HOLE " + before + " then " + next.offset());
      }
      return true;
    }

    @Override
    public synchronized void restart(
        long epoch, long base, long floor, List<Placed> rows, boolean isFirst) {
      if (floor < horizon() || floor < base) {
        violations.add("BACK to " + floor + " from " + horizon() + ", base " + base);
      }
      if (!restarts.isEmpty()) {
        spans.add(new Span(epoch(), lastFloor(), horizon()));
      }
      rows.forEach(row -> name(epoch, row));
      sink.restart(epoch, base, floor, rows, isFirst);
      super.restart(epoch, base, floor, rows, isFirst);
    }

    @Override
    public void tick() {
      sink.tick();
    }

    private void name(long epoch, Placed placed) {
      Id id = new Id(epoch, placed.offset());
      String name = placed.kind() + " " + placed.topic() + " " + placed.key() + " " + text(placed);
      String other = names.putIfAbsent(id, name);
      if (other != null && !other.equals(name)) {
        violations.add("TWO publications have " + id + ": " + other + ", " + name);
      }
    }

    private long lastFloor() {
      return restarts.get(restarts.size() - 1).floor();
    }

    private synchronized boolean hasOrPassed(Id id) {
      boolean isShown =
          spans.stream().anyMatch(span -> has(span, id))
              || has(new Span(epoch(), lastFloor(), horizon()), id);
      return isShown || restarts.stream().anyMatch(restart -> restart.floor() >= id.offset);
    }

    private static boolean has(Span span, Id id) {
      return span.epoch == id.epoch && span.after < id.offset && id.offset <= span.upTo;
    }

    @Override
    public void start(Sink sink) throws IOException {
      this.sink = sink;
      redis.start(this);
    }

    @Override
    public boolean publish(Publication publication) {
      return redis.publish(publication);
    }

    @Override
    public CompletionStage<Void> reached() {
      return redis.reached();
    }

    @Override
    public long staleNanos() {
      return redis.staleNanos();
    }

    @Override
    public boolean flush(Duration atMost) throws InterruptedException {
      return redis.flush(atMost);
    }

    @Override
    public void close() {
      redis.close();
    }
  }

  /** Starts a node. */
  NodeUnderChaos start(RedisBackbone redis) throws IOException {
    NodeUnderChaos node = new NodeUnderChaos(redis);
    node.hub = Hub.builder().backbone(node).topicDefaults(STREAM).topic("table*", TABLE).build();
    node.hub.attach(node.transport);
    nodes.add(node);
    return node;
  }

  /** Publishes, and notes the outcome. */
  void publish(NodeUnderChaos node, String topic, String type, String text) {
    openPublications.incrementAndGet();
    PublishResult result = node.hub.topic(topic).publish(type, text);
    result.settled().thenAccept(outcome -> settled(node, topic, text, outcome));
  }

  private void settled(NodeUnderChaos node, String topic, String text, PublishResult outcome) {
    switch (outcome.status()) {
      case ACCEPTED -> {
        Id id = Id.of(outcome.id().orElseThrow());
        accepted.put(text, new Accepted(topic, id));
        if (node.horizon() < id.offset) {
          violations.add("EARLY " + id + ": the node is at " + node.horizon());
        }
      }
      case UNAVAILABLE -> unavailable.add(text);
      case UNCONFIRMED -> node.countUnconfirmed();
      default -> refused(node);
    }
    openPublications.decrementAndGet();
  }

  /** Publishes to all clients, and returns the id when the message has it. */
  Id publishLast(NodeUnderChaos node) {
    PublishResult result = node.hub.broadcast("END", null);
    return Id.of(result.settled().toCompletableFuture().join().id().orElseThrow());
  }

  /** Removes rows up to an offset, as the age of keys does; 0: all. */
  void remove(NodeUnderChaos node, long upTo) {
    openPublications.incrementAndGet();
    Publication removal =
        new Publication(
            Kind.REMOVAL, CLEARED, "", upTo, new byte[0], outcome -> settled(node, outcome));
    if (!node.publish(removal)) {
      refused(node);
      openPublications.decrementAndGet();
    }
  }

  private void settled(NodeUnderChaos node, Settled removal) {
    if (removal instanceof Unconfirmed) {
      node.countUnconfirmed();
    }
    openPublications.decrementAndGet();
  }

  private void refused(NodeUnderChaos node) {
    refused.addAndGet(node.isDead ? 0 : 1);
  }

  int published() {
    return accepted.size();
  }

  /** Checks that a message of a client is the one that nodes were given. */
  void checkName(Id id, String body) {
    String name = names.get(id);
    if (name == null || !name.endsWith(" " + body)) {
      violations.add("AT " + id + " a client has " + body + ", the nodes have " + name);
    }
  }

  /** Looks at the end at what was told to publishers, and at what clients got. */
  void judge(List<ChaosClient> clients) {
    accepted.forEach(
        (text, at) -> {
          Id id = at.id;
          String name = names.get(id);
          if (name != null && !text(name).equals(text)) {
            violations.add("AT " + id + " is " + name + ", not " + text);
          }
          clients.stream()
              .filter(client -> client.stream().equals(at.topic))
              .forEach(client -> client.checkSeenOrTold(text, id));
          if (!nodes.stream().allMatch(node -> node.hasOrPassed(id))) {
            violations.add("LOST " + text + " at " + id);
          }
        });
    for (String name : names.values()) {
      if (unavailable.contains(text(name))) {
        violations.add("UNAVAILABLE, but there: " + name);
      }
    }
    nodes.forEach(node -> node.checkUnconfirmed(node.restarts().size() - 1));
  }

  /** Returns the text that was published under a name; empty for a removal. */
  private static String text(String name) {
    int start = name.indexOf(PAYLOAD) + PAYLOAD.length();
    return start < PAYLOAD.length() ? "" : name.substring(start, name.indexOf('"', start));
  }

  /** Returns the counts of what happened. */
  @Override
  public String toString() {
    return ("%,d accepted, %,d unconfirmed;"
            + " clients have %,d messages of streams, %,d moves, %,d late, %,d gaps")
        .formatted(
            accepted.size(),
            unconfirmed.get(),
            received.get(),
            moves.get(),
            late.get(),
            gaps.get());
  }

  @Override
  public void close() {
    nodes.forEach(NodeUnderChaos::end);
  }
}
