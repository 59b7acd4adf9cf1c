package io.github.signalhub.testkit.contract;

import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.At;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.testkit.contract.BackboneWitness.Sent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A node that a {@link BackboneWitness} watches, from its start to its end. Thread-safe: its state
 * belongs to the lock of the witness.
 */
public final class WatchedNode implements AutoCloseable {
  private final BackboneWitness witness;
  private final String name;
  private final Backbone backbone;
  private final Map<String, Row> rows = new TreeMap<>();

  /** What the node was given after each floor. */
  private final NavigableMap<Long, Range> ranges = new TreeMap<>();

  private final Set<Long> epochs = new HashSet<>();

  /** The newest number of each node, in this epoch and among its messages. */
  private final Map<WatchedNode, Long> newest = new HashMap<>();

  private final Map<WatchedNode, Long> newestMessage = new HashMap<>();
  private final Object publishing = new Object();
  private volatile boolean full;
  private @Nullable Thread publisher;
  private boolean closed;
  private long published;
  private long epoch;
  private long horizon;
  private int restarts;

  /** A row of a table: its topic, its place and its text. */
  record Row(String topic, long offset, String text) {}

  private record Range(long epoch, long last) {}

  WatchedNode(BackboneWitness witness, String name, Backbone backbone) {
    this.witness = witness;
    this.name = name;
    this.backbone = backbone;
  }

  /**
   * Publishes.
   *
   * @param kind what it is
   * @param topic its topic
   * @param key the key of a row or a deletion; else empty
   * @param removesUpTo as of {@link Backbone.Publication}
   * @return what {@link Backbone#publish} returns
   */
  public boolean publish(Kind kind, String topic, String key, long removesUpTo) {
    synchronized (publishing) { // so that the numbers have the order of the calls
      long number = ++published;
      Backbone.Publication next = witness.publication(this, number, kind, topic, key, removesUpTo);
      publisher = Thread.currentThread();
      boolean accepted = backbone.publish(next);
      publisher = null;
      if (!accepted) {
        witness.refused(this, number);
      }
      return accepted;
    }
  }

  /** Publishes a message of a stream. */
  public boolean publish(String topic) {
    return publish(Kind.MESSAGE, topic, "", 0);
  }

  /** Calls {@link Backbone#reached}, and checks what the node has when it completes. */
  public CompletionStage<Void> reached() {
    Map<Long, Long> before = witness.newest();
    return backbone.reached().thenRun(() -> checkReached(before));
  }

  private void checkReached(Map<Long, Long> before) {
    synchronized (witness) {
      long expected = before.getOrDefault(epoch, 0L);
      if (horizon < expected) {
        violate("reached completed at " + horizon + ", but another node was at " + expected);
      }
    }
  }

  /** Lets the node take nothing, or go on. */
  public void full(boolean isFull) {
    full = isFull;
  }

  /** Returns how often the node began anew, with its start. */
  public int restarts() {
    synchronized (witness) {
      return restarts;
    }
  }

  /** Returns the newest offset that the node has. */
  public long offset() {
    synchronized (witness) {
      return horizon;
    }
  }

  /** Returns the rows that the node has, by topic and key, as texts. */
  public Map<String, String> rows() {
    synchronized (witness) {
      Map<String, String> texts = new TreeMap<>();
      rows.forEach((key, row) -> texts.put(key, row.offset() + " " + row.text()));
      return texts;
    }
  }

  /** Returns the backbone. */
  public Backbone backbone() {
    return backbone;
  }

  /** Closes the backbone. */
  @Override
  public void close() {
    backbone.close();
    synchronized (witness) {
      closed = true;
    }
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return name;
  }

  Backbone.Sink sink() {
    return new Recording();
  }

  boolean isPublishing() {
    return publisher == Thread.currentThread();
  }

  boolean isClosed() {
    return closed;
  }

  long epoch() {
    return epoch;
  }

  /** Returns where the node is, for comparisons and messages. */
  String position() {
    return epoch + " " + horizon;
  }

  /** Returns whether the node has this, or has begun anew after it. */
  boolean isAfter(At at) {
    return epochs.contains(at.epoch()) && horizon >= at.offset();
  }

  /** Returns whether the node was given this, or has begun anew after it. */
  boolean knows(At at) {
    Map.Entry<Long, Range> range = ranges.lowerEntry(at.offset());
    return at.offset() <= ranges.lastKey()
        || range != null
            && range.getValue().epoch() == at.epoch()
            && at.offset() <= range.getValue().last();
  }

  private void violate(String what) {
    witness.violate(name + ": " + what);
  }

  private void put(Placed row) {
    String text = new String(row.body(), StandardCharsets.UTF_8);
    rows.put(row.topic() + "/" + row.key(), new Row(row.topic(), row.offset(), text));
  }

  /** The node's log. */
  private final class Recording implements Backbone.Sink {
    @Override
    public String format() {
      return witness.format();
    }

    @Override
    public boolean apply(Placed next) {
      if (full) {
        return false;
      }
      synchronized (witness) {
        if (restarts == 0 || next.offset() != horizon + 1) {
          violate("the offset " + next.offset() + " came after " + position());
        }
        horizon = next.offset();
        ranges.put(ranges.lastKey(), new Range(epoch, horizon));
        Sent message = witness.placed(WatchedNode.this, epoch, next);
        if (message != null) {
          checkOrder(message, newest);
          if (next.kind() == Kind.MESSAGE) {
            checkOrder(message, newestMessage);
          }
        }
        switch (next.kind()) {
          case MESSAGE -> {}
          case ROW -> put(next);
          case DELETION -> rows.remove(next.topic() + "/" + next.key());
          case REMOVAL -> {
            long upTo = next.removesUpTo() == 0 ? horizon : next.removesUpTo();
            rows.values().removeIf(row -> row.topic().equals(next.topic()) && row.offset() <= upTo);
          }
        }
      }
      return true;
    }

    private void checkOrder(Sent message, Map<WatchedNode, Long> numbers) {
      Long before = numbers.put(message.from, message.number);
      if (before != null && before >= message.number) {
        violate(message + " came after number " + before + " of its node");
      }
    }

    @Override
    public void restart(
        long newEpoch, long base, long floor, List<Placed> newRows, boolean isFirst) {
      synchronized (witness) {
        boolean isSame = restarts > 0 && newEpoch == epoch;
        if (floor < base || floor < horizon) {
          violate("began anew at " + floor + " of the base " + base + " after " + position());
        }
        if (!isSame && !epochs.add(newEpoch)) {
          violate("the epoch " + newEpoch + " came again");
        }
        witness.began(WatchedNode.this, newEpoch, base, restarts == 0);
        if (isFirst && isSame) {
          violate("was told twice to be the first of its epoch");
        } else if (isFirst) {
          witness.first(WatchedNode.this, newEpoch);
        }
        if (!isSame) {
          newest.clear();
        }
        epoch = newEpoch;
        horizon = floor;
        restarts++;
        ranges.put(floor, new Range(epoch, floor));
        rows.clear();
        long before = 0;
        for (Placed row : newRows) {
          checkRow(row, Math.max(before, base - 1), floor);
          before = row.offset();
          witness.placed(WatchedNode.this, epoch, row);
          put(row);
        }
        if (rows.size() != newRows.size()) {
          violate("got two rows of one key");
        }
      }
    }

    private void checkRow(Placed row, long before, long floor) {
      if (row.kind() != Kind.ROW || row.offset() <= before || row.offset() > floor) {
        violate(
            "got the row "
                + row.kind()
                + " "
                + row.offset()
                + " after "
                + before
                + " up to "
                + floor);
      }
    }
  }
}
