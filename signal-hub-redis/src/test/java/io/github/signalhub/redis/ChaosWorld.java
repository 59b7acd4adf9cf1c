package io.github.signalhub.redis;

import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Settled;
import io.github.signalhub.spi.Backbone.Unavailable;
import io.github.signalhub.spi.Backbone.Unconfirmed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What publishers, nodes and readers saw during faults, and what must hold of it. Whatever does not
 * hold is a violation, with its facts. Thread-safe.
 */
final class ChaosWorld {
  /** An id that some node gave to its clients. */
  record Id(long epoch, long offset) {}

  final Queue<String> violations = new ConcurrentLinkedQueue<>();
  final AtomicInteger openPublications = new AtomicInteger();
  final AtomicLong gaps = new AtomicLong();
  final AtomicLong refused = new AtomicLong();
  private final Map<Id, String> names = new ConcurrentHashMap<>();
  private final Map<String, Id> placed = new ConcurrentHashMap<>();
  private final Set<String> unavailable = ConcurrentHashMap.newKeySet();
  private final Map<NodeUnderChaos, AtomicInteger> unconfirmed = new ConcurrentHashMap<>();
  private final List<NodeUnderChaos> nodes = new ArrayList<>();

  /** A node whose sink checks what it is told. */
  final class NodeUnderChaos extends RecordingSink {
    private record Span(long epoch, long after, long upTo) {}

    final RedisBackbone backbone;
    private final List<Span> spans = new ArrayList<>();
    volatile boolean isDead;

    NodeUnderChaos(RedisBackbone backbone) {
      this.backbone = backbone;
      synchronized (nodes) {
        nodes.add(this);
      }
      unconfirmed.put(this, new AtomicInteger());
    }

    @Override
    public synchronized boolean apply(Placed next) {
      long before = horizon();
      if (!super.apply(next)) {
        return false;
      }
      if (next.offset() != before + 1) {
        violations.add("HOLE " + before + " then " + next.offset());
      }
      Id id = new Id(epoch(), next.offset());
      String text = next.kind() + " " + next.topic() + " " + next.key() + " " + text(next);
      String other = names.putIfAbsent(id, text);
      if (other != null && !other.equals(text)) {
        violations.add("TWO publications have " + id + ": " + other + ", " + text);
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
      super.restart(epoch, base, floor, rows, isFirst);
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
  }

  /** Publishes, and notes the outcome. */
  void publish(
      NodeUnderChaos node, Kind kind, String topic, String key, long removesUpTo, String text) {
    openPublications.incrementAndGet();
    byte[] body = kind == Kind.REMOVAL ? new byte[0] : text.getBytes(StandardCharsets.UTF_8);
    Publication publication =
        new Publication(kind, topic, key, removesUpTo, body, out -> settled(node, kind, text, out));
    if (!node.backbone.publish(publication)) {
      refused.incrementAndGet();
      openPublications.decrementAndGet();
    }
  }

  private void settled(NodeUnderChaos node, Kind kind, String text, Settled settled) {
    if (settled instanceof At at && kind != Kind.REMOVAL) {
      placed.put(text, new Id(at.epoch(), at.offset()));
      if (node.horizon() < at.offset()) {
        violations.add("EARLY " + at + ": the node is at " + node.horizon());
      }
    } else if (settled instanceof Unavailable) {
      unavailable.add(text);
    } else if (settled instanceof Unconfirmed) {
      unconfirmed.get(node).incrementAndGet();
    }
    openPublications.decrementAndGet();
  }

  int unconfirmed(NodeUnderChaos node) {
    return unconfirmed.get(node).get();
  }

  int published() {
    return placed.size();
  }

  /** Looks at the end at what was told to publishers. */
  void judgeOutcomes() {
    placed.forEach(
        (text, id) -> {
          String name = names.get(id);
          if (name != null && !name.endsWith(" " + text)) {
            violations.add("AT " + id + " is " + name + ", not " + text);
          }
          synchronized (nodes) {
            for (NodeUnderChaos node : nodes) {
              if (!node.isDead && !node.hasOrPassed(id)) {
                violations.add("LOST " + text + " at " + id);
              }
            }
          }
        });
    for (String name : names.values()) {
      if (unavailable.contains(name.substring(name.lastIndexOf(' ') + 1))) {
        violations.add("UNAVAILABLE, but there: " + name);
      }
    }
    synchronized (nodes) {
      for (NodeUnderChaos node : nodes) {
        int most = 4 * 256 * (node.restarts().size() - (node.isDead ? 0 : 1));
        if (unconfirmed(node) > most) {
          violations.add("UNCONFIRMED " + unconfirmed(node) + ", more than was in flight");
        }
      }
    }
  }

  /** A client that moves between nodes with the id that it has. Confined to one thread. */
  final class Reader {
    private final boolean mayRepeatAfterGap;
    private final Random random;
    private final Map<String, Integer> newest = new HashMap<>();
    private NodeUnderChaos at;
    private long epoch;
    private long position = -1;
    private int index;

    Reader(Random random, boolean mayRepeatAfterGap) {
      this.random = random;
      this.mayRepeatAfterGap = mayRepeatAfterGap;
    }

    /** Goes to some node, and asks it for what is after the reader's position. */
    void open(List<NodeUnderChaos> now) throws InterruptedException {
      while (!isOpened(now.get(random.nextInt(now.size())))) {
        Thread.sleep(1);
      }
    }

    private boolean isOpened(NodeUnderChaos node) throws InterruptedException {
      CompletableFuture<Void> reached = null;
      while (!node.isDead) {
        synchronized (node) {
          boolean isKnown = node.epoch() == epoch && position <= node.horizon();
          if (isKnown && position >= node.lastFloor()) {
            at = node;
            index = (int) (position - node.lastFloor());
            return true;
          }
          if (isKnown || position < 0 || reached != null && reached.isDone()) {
            at = node;
            gap(node.horizon());
            return true;
          }
        }
        if (reached == null) {
          reached = node.backbone.reached().toCompletableFuture();
        }
        Thread.sleep(1);
      }
      return false;
    }

    private void gap(long to) {
      if (position >= 0) {
        gaps.incrementAndGet();
        if (mayRepeatAfterGap) {
          newest.clear();
        }
      }
      epoch = at.epoch();
      position = to;
      index = (int) (to - at.lastFloor());
    }

    void read() {
      while (true) {
        Placed next;
        synchronized (at) {
          if (at.epoch() != epoch || position < at.lastFloor()) {
            gap(at.lastFloor());
          }
          if (index >= at.placed.size()) {
            return;
          }
          next = at.placed.get(index++);
        }
        if (next.offset() != position + 1) {
          violations.add("HOLE of a reader: " + position + " then " + next.offset());
        }
        position = next.offset();
        if (next.kind() == Kind.MESSAGE) { // rows are published anew with an epoch
          check(RecordingSink.text(next));
        }
      }
    }

    private void check(String text) {
      String[] parts = text.split(":");
      int number = Integer.parseInt(parts[1]);
      Integer before = newest.put(parts[0], number);
      if (before != null && before >= number) { // the numbers of a publisher only grow
        violations.add("TWICE OR DISORDER " + text + " at " + position + " after " + before);
      }
    }

    void readAndMove(List<NodeUnderChaos> now) throws InterruptedException {
      read();
      if (at.isDead || random.nextInt(200) == 0) {
        open(now);
      }
    }

    boolean isAtTheEndOf(NodeUnderChaos node) {
      return epoch == node.epoch() && position == node.horizon();
    }
  }
}
