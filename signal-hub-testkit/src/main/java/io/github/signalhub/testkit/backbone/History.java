package io.github.signalhub.testkit.backbone;

import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Publication;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What an engine keeps: the newest publications, the rows of all tables, the numbers up to which
 * each node's publications are placed, and the messages that nodes have claimed. A copy is what a
 * replica or a file has. Confined to the engine's thread.
 */
final class History {
  /** Bases are multiples of this. So a base is above all offsets of earlier epochs. */
  private static final long STEP = 1L << 36;

  /** What is known before the first epoch. */
  static final long NOTHING = -1;

  private final NavigableMap<Long, Entry> entries = new TreeMap<>();
  private final Map<String, Map<String, Entry>> tables = new HashMap<>();
  private final Map<String, Done> done = new HashMap<>();
  private final Claims claims;

  private long epoch;
  private long incarnation;
  private String firstNode = "";
  private long base;
  private long last = NOTHING;

  /**
   * A publication in its place.
   *
   * @param number the number that the node gave it; 0 for a row that was placed again
   * @param placedNanos when it was placed first
   */
  record Entry(Placed placed, String node, long number, long placedNanos) {
    /** Returns the publication with its age. */
    Placed at(long now) {
      return new Placed(
          placed.offset(),
          placed.kind(),
          placed.topic(),
          placed.key(),
          placed.removesUpTo(),
          placed.body(),
          now - placedNanos);
    }

    private Entry movedTo(long offset) {
      Placed row = new Placed(offset, Kind.ROW, placed.topic(), placed.key(), 0, placed.body(), 0);
      return new Entry(row, "", 0, placedNanos);
    }
  }

  /** A node's publication that was placed last. */
  record Done(long number, long offset) {}

  /** Creates the history of an engine that knows nothing. */
  History() {
    claims = new Claims();
  }

  /** Creates a copy. */
  History(History other) {
    entries.putAll(other.entries);
    other.tables.forEach((topic, rows) -> tables.put(topic, new HashMap<>(rows)));
    done.putAll(other.done);
    claims = new Claims(other.claims);
    epoch = other.epoch;
    incarnation = other.incarnation;
    firstNode = other.firstNode;
    base = other.base;
    last = other.last;
  }

  /** Returns the epoch; 0 if there is none yet. */
  long epoch() {
    return epoch;
  }

  /** Returns the server's incarnation that the epoch belongs to. */
  long incarnation() {
    return incarnation;
  }

  /** Returns the node that began the epoch. */
  String firstNode() {
    return firstNode;
  }

  long base() {
    return base;
  }

  /** Returns the newest offset; the base if the epoch has no publication yet. */
  long last() {
    return last;
  }

  /** Returns the offset before the oldest publication that is retained. */
  long floor() {
    return entries.isEmpty() ? last : entries.firstKey() - 1;
  }

  /**
   * Begins an epoch. Its base is above every offset that this history or the node knows. All rows
   * get the first places, because a late node has to find them.
   */
  void begin(long newEpoch, long ofIncarnation, String node, long known) {
    long newest = Math.max(last, known);
    base = newest == NOTHING ? 0 : (newest / STEP + 1) * STEP;
    last = base;
    epoch = newEpoch;
    incarnation = ofIncarnation;
    firstNode = node;
    entries.clear();
    done.clear();
    rows(Long.MAX_VALUE).forEach(row -> add(row.movedTo(last + 1)));
  }

  /**
   * Places a publication, unless this is a repeat. It is one if the node's publications up to this
   * number are placed.
   */
  void place(Publication publication, String node, long number, long now) {
    if (number > done(node).number()) {
      Placed placed =
          new Placed(
              last + 1,
              publication.kind(),
              publication.topic(),
              publication.key(),
              publication.removesUpTo(),
              publication.body(),
              0);
      add(new Entry(placed, node, number, now));
      done.put(node, new Done(number, last));
    }
  }

  /** Returns the publication of a node that was placed last in this epoch. */
  Done done(String node) {
    return done.getOrDefault(node, new Done(0, 0));
  }

  Claims claims() {
    return claims;
  }

  private void add(Entry entry) {
    Placed placed = entry.placed();
    last = placed.offset();
    entries.put(last, entry);
    Map<String, Entry> rows = tables.computeIfAbsent(placed.topic(), topic -> new HashMap<>());
    switch (placed.kind()) {
      case MESSAGE -> {}
      case ROW -> rows.put(placed.key(), entry);
      case DELETION -> rows.remove(placed.key());
      case REMOVAL -> {
        long upTo = placed.removesUpTo() == 0 ? last : placed.removesUpTo();
        rows.values().removeIf(row -> row.placed().offset() <= upTo);
      }
    }
    if (rows.isEmpty()) {
      tables.remove(placed.topic());
    }
  }

  /** Forgets the oldest publications, but no row. */
  void trim(int retained) {
    while (entries.size() > retained) {
      entries.pollFirstEntry();
    }
  }

  /** Returns the publications after an offset, at most so many. */
  List<Entry> after(long offset, int atMost) {
    return entries.tailMap(offset, false).values().stream().limit(atMost).toList();
  }

  /** Returns the newest rows of all keys up to an offset, by their offsets. */
  List<Entry> rows(long upTo) {
    List<Entry> rows = new ArrayList<>();
    tables.values().forEach(table -> rows.addAll(table.values()));
    rows.removeIf(row -> row.placed().offset() > upTo);
    rows.sort(Comparator.comparingLong(row -> row.placed().offset()));
    return rows;
  }
}
