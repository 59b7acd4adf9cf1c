package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Publication;
import io.github.signalhub.spi.Backbone.Settled;
import io.github.signalhub.spi.Backbone.Unavailable;
import io.github.signalhub.spi.Backbone.Unconfirmed;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Watches the nodes of one hub, and checks the rules that hold whatever fails. Their backbones get
 * sinks that record, and publications whose texts say where they are from.
 *
 * <p>While it runs:
 *
 * <ul>
 *   <li>An epoch and an offset name one publication, at all nodes.
 *   <li>A node's offsets are contiguous, but for restarts. They never go back.
 *   <li>A publication has at most one place in an epoch. Only rows are placed again in another.
 *   <li>The publications of one node keep their order.
 *   <li>A publication settles once, outside of {@code publish}. It settles as {@code At} after its
 *       node has it, or has begun anew after it. An unavailable one has no place.
 *   <li>An epoch has one base, and at most one node that is told to be its first. Its rows have
 *       offsets of this epoch, so that clients can come back with them.
 *   <li>When {@code reached} completes, the node has what any node had in its epoch at the call.
 * </ul>
 *
 * <p>At the end, all nodes are at the same place and have the same rows. Each publication has
 * settled. Each one that has a place was seen by each node, or the node has begun anew after it.
 *
 * <p>Thread-safe.
 */
public final class BackboneWitness {
  private final String format;
  private final List<WatchedNode> nodes = new ArrayList<>();
  private final Map<String, Sent> sent = new HashMap<>();
  private final Map<Long, Epoch> epochs = new HashMap<>();
  private @Nullable String violation;
  private int restarts;

  /** A publication that a node handed over. */
  static final class Sent {
    final WatchedNode from;
    final long number;
    final String text;
    private final Kind kind;
    private final String topic;
    private final String key;
    private @Nullable Settled outcome;
    private boolean refused;
    private int places;

    /** The newest epoch in which it has a place; 0: none. */
    private long epoch;

    private Sent(WatchedNode from, long number, Kind kind, String topic, String key) {
      this.from = from;
      this.number = number;
      this.kind = kind;
      this.topic = topic;
      this.key = key;
      text = kind == Kind.REMOVAL ? "" : from + ":" + number;
    }

    @Override
    public String toString() {
      return kind + " " + topic + "/" + key + " " + text;
    }
  }

  /** What is known of an epoch. */
  private static final class Epoch {
    private final long base;

    /** What each offset names. */
    private final Map<Long, String> names = new HashMap<>();

    /** The offsets that a node was given. */
    private final Set<Long> given = new HashSet<>();

    private long newest;
    private boolean hasFirst;

    private Epoch(long base) {
      this.base = base;
    }
  }

  /** Creates a witness of a hub without nodes. */
  public BackboneWitness() {
    this("format");
  }

  /** Creates a witness whose nodes have this {@linkplain Backbone.Sink#format format}. */
  public BackboneWitness(String format) {
    this.format = Objects.requireNonNull(format, "format");
  }

  /**
   * Starts a node.
   *
   * @param name names the node in messages; each node needs another one
   * @throws IOException as {@link Backbone#start}
   */
  public WatchedNode start(String name, Backbone backbone) throws IOException {
    WatchedNode node = new WatchedNode(this, name, backbone);
    backbone.start(node.sink());
    synchronized (this) {
      nodes.add(node);
      if (node.restarts() == 0) {
        violate(node + " started without a restart");
      }
    }
    return node;
  }

  /**
   * Checks what was seen so far.
   *
   * @throws AssertionError with the first rule that was broken
   */
  public synchronized void check() {
    if (violation != null) {
      throw new AssertionError(violation);
    }
  }

  /**
   * Checks what was seen, and that all open nodes have come to the same end. Call it when the
   * engine has run for a while, and nothing is published.
   *
   * @throws AssertionError with the first rule that was broken
   */
  public synchronized void checkEnd() {
    List<WatchedNode> open = open();
    for (WatchedNode node : open) {
      WatchedNode first = open.get(0);
      if (!node.position().equals(first.position())) {
        violate(node + " is at " + node.position() + ", " + first + " at " + first.position());
      } else if (!node.rows().equals(first.rows())) {
        violate(node + " has the rows " + node.rows() + ", " + first + " has " + first.rows());
      }
      if (open.size() == nodes.size() && !epoch(node.epoch()).hasFirst) {
        violate("no node was told to be the first of the epoch");
      }
    }
    sent.values().forEach(this::checkEnd);
    check();
  }

  /** Returns whether all open nodes are at one place, with one set of rows. */
  synchronized boolean isAtEnd() {
    return open().stream().map(node -> node.position() + node.rows()).distinct().count() <= 1;
  }

  /** Returns where each open node is, for messages. */
  synchronized String positions() {
    return open().stream().map(node -> node + " at " + node.position()).toList().toString();
  }

  private List<WatchedNode> open() {
    return nodes.stream().filter(node -> !node.isClosed()).toList();
  }

  private void checkEnd(Sent message) {
    if (message.outcome == null) {
      violate(message + " has not settled");
    }
    if (message.outcome instanceof At at) {
      for (WatchedNode node : nodes) {
        // An engine and the node that saw a publication may end together.
        if (!node.isClosed() && !message.from.isClosed() && !node.knows(at)) {
          violate(node + " was not given " + message + ", which is " + at);
        }
      }
    }
  }

  /** Returns how many publications are unconfirmed. */
  public synchronized long unconfirmed() {
    return sent.values().stream().filter(each -> each.outcome instanceof Unconfirmed).count();
  }

  /** Returns how many publications are unavailable. */
  public synchronized long unavailable() {
    return sent.values().stream().filter(each -> each.outcome instanceof Unavailable).count();
  }

  /** Returns how often nodes began anew, without their starts. */
  public synchronized int restarts() {
    return restarts;
  }

  /** Returns in how many epochs a node was told to be the first. */
  public synchronized long firsts() {
    return epochs.values().stream().filter(epoch -> epoch.hasFirst).count();
  }

  /** Returns how many publications have not settled. */
  public synchronized long pending() {
    return sent.values().stream().filter(each -> each.outcome == null).count();
  }

  String format() {
    return format;
  }

  /** Records a rule that was broken, if it is the first. */
  synchronized void violate(String what) {
    if (violation == null) {
      violation = what;
    }
  }

  /** Returns a publication of a node whose outcome is watched. */
  synchronized Publication publication(
      WatchedNode from, long number, Kind kind, String topic, String key, long removesUpTo) {
    Sent message = new Sent(from, number, kind, topic, key);
    sent.put(from + ":" + number, message);
    byte[] body = message.text.getBytes(StandardCharsets.UTF_8);
    Thread publisher = Thread.currentThread();
    return new Publication(
        kind, topic, key, removesUpTo, body, outcome -> settle(message, publisher, outcome));
  }

  /** Notes that a publication was not accepted. */
  synchronized void refused(WatchedNode from, long number) {
    Sent message = Objects.requireNonNull(sent.remove(from + ":" + number));
    message.refused = true;
    if (message.outcome != null || message.places > 0) {
      violate(message + " was refused, but has an outcome or a place");
    }
  }

  private synchronized void settle(Sent message, Thread publisher, Settled outcome) {
    WatchedNode from = message.from;
    if (message.outcome != null || message.refused) {
      String before = message.refused ? "was refused" : "settled as " + message.outcome;
      violate(message + " " + before + ", and settled as " + outcome);
    }
    if (Thread.currentThread() == publisher && from.isPublishing()) {
      violate(message + " settled within publish");
    }
    message.outcome = outcome;
    if (outcome instanceof At at) {
      if (!from.isAfter(at)) {
        violate(message + " is " + at + ", but " + from + " is at " + from.position());
      }
      name(at.epoch(), at.offset(), message.toString());
    } else if (outcome instanceof Unavailable && message.places > 0) {
      violate(message + " is unavailable, but has a place");
    }
  }

  /** Notes that a node begins anew. */
  synchronized void began(WatchedNode node, long epoch, long base, boolean isStart) {
    restarts += isStart ? 0 : 1;
    Epoch known = epochs.computeIfAbsent(epoch, e -> new Epoch(base));
    if (known.base != base) {
      violate(node + " has the base " + base + " of an epoch whose base is " + known.base);
    }
  }

  /** Notes that a node was told to be the first one of an epoch. */
  synchronized void first(WatchedNode node, long epoch) {
    Epoch known = epoch(epoch);
    if (known.hasFirst) {
      violate(node + " is the second node that is told to be the first of an epoch");
    }
    known.hasFirst = true;
  }

  /** Notes that a node was given a publication, and returns what is known of it. */
  synchronized @Nullable Sent placed(WatchedNode node, long epoch, Placed next) {
    Epoch in = epoch(epoch);
    in.newest = Math.max(in.newest, next.offset());
    String text = new String(next.body(), StandardCharsets.UTF_8);
    Sent message = sent.get(text);
    String seen = next.kind() + " " + next.topic() + "/" + next.key() + " " + text;
    name(epoch, next.offset(), seen);
    boolean isNew = in.given.add(next.offset());
    if (next.kind() == Kind.REMOVAL) {
      return null;
    }
    if (message == null || !message.toString().equals(seen)) {
      violate(node + " was given " + seen + ", which nobody published");
      return null;
    }
    if (message.outcome instanceof Unavailable) {
      violate(message + " is unavailable, but " + node + " was given it");
    }
    if (isNew) {
      if (message.epoch == epoch || message.places > 0 && message.kind != Kind.ROW) {
        violate(message + " has a second place, " + epoch + " " + next.offset());
      }
      message.epoch = epoch;
      message.places++;
    }
    return message;
  }

  private void name(long epoch, long offset, String text) {
    String other = epoch(epoch).names.putIfAbsent(offset, text);
    if (other != null && !other.equals(text)) {
      violate("the offset " + offset + " of one epoch names " + other + " and " + text);
    }
  }

  /** Returns the newest offset that a node was given in each epoch. */
  synchronized Map<Long, Long> newest() {
    Map<Long, Long> newest = new HashMap<>();
    epochs.forEach((number, epoch) -> newest.put(number, epoch.newest));
    return newest;
  }

  private Epoch epoch(long epoch) {
    return epochs.computeIfAbsent(epoch, e -> new Epoch(0));
  }
}
