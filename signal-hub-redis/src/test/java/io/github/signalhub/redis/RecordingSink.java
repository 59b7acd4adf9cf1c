package io.github.signalhub.redis;

import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Sink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** A node's log, as it was told. Thread-safe. */
class RecordingSink implements Sink {
  /** A call of {@link Sink#restart}. */
  record Restart(long epoch, long base, long floor, int rows, boolean isFirst) {}

  /** A row of a table. */
  record Row(long offset, String body) {}

  final List<Restart> restarts = new ArrayList<>();
  final List<Placed> placed = new ArrayList<>();
  private final Map<String, Map<String, Row>> tables = new TreeMap<>();
  private volatile boolean isFull;

  @Override
  public String format() {
    return "test";
  }

  @Override
  public synchronized boolean apply(Placed next) {
    if (isFull()) {
      return false;
    }
    placed.add(next);
    Map<String, Row> table = tables.computeIfAbsent(next.topic(), topic -> new TreeMap<>());
    switch (next.kind()) {
      case ROW -> table.put(next.key(), new Row(next.offset(), text(next)));
      case DELETION -> table.remove(next.key());
      case REMOVAL ->
          table
              .values()
              .removeIf(row -> next.removesUpTo() == 0 || row.offset() <= next.removesUpTo());
      default -> {}
    }
    if (table.isEmpty()) {
      tables.remove(next.topic());
    }
    return true;
  }

  @Override
  public synchronized void restart(
      long epoch, long base, long floor, List<Placed> rows, boolean isFirst) {
    restarts.add(new Restart(epoch, base, floor, rows.size(), isFirst));
    placed.clear();
    tables.clear();
    for (Placed row : rows) {
      if (row.kind() != Kind.ROW || row.offset() > floor) {
        throw new AssertionError("expected rows up to the floor, was " + row);
      }
      tables
          .computeIfAbsent(row.topic(), topic -> new TreeMap<>())
          .put(row.key(), new Row(row.offset(), text(row)));
    }
  }

  /** Refuses publications from now on, or takes them again. */
  void setFull(boolean full) {
    isFull = full;
  }

  boolean isFull() {
    return isFull;
  }

  synchronized List<String> bodies() {
    return placed.stream().map(RecordingSink::text).toList();
  }

  synchronized List<Restart> restarts() {
    return List.copyOf(restarts);
  }

  synchronized Placed last() {
    return placed.get(placed.size() - 1);
  }

  synchronized long horizon() {
    if (!placed.isEmpty()) {
      return last().offset();
    }
    return restarts.isEmpty() ? 0 : restarts.get(restarts.size() - 1).floor();
  }

  synchronized long epoch() {
    return restarts.get(restarts.size() - 1).epoch();
  }

  /** Returns all rows, as {@code topic/key=body}, sorted. */
  synchronized List<String> rows() {
    Set<String> rows = new TreeSet<>();
    tables.forEach(
        (topic, table) ->
            table.forEach((key, row) -> rows.add(topic + "/" + key + "=" + row.body())));
    return List.copyOf(rows);
  }

  static String text(Placed placed) {
    return new String(placed.body(), StandardCharsets.UTF_8);
  }
}
