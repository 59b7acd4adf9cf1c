package io.github.signalhub.redis;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.json.Json;
import io.github.signalhub.redis.ChaosWorld.Id;
import io.github.signalhub.redis.ChaosWorld.NodeUnderChaos;
import io.github.signalhub.spi.CallbackLink;
import io.github.signalhub.spi.CallbackSender;
import io.github.signalhub.spi.Handshake;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A client of the hub that follows docs/protocol. It has a stream and a table, and moves between
 * nodes with the id that it has. It checks all that it gets. Thread-safe.
 */
final class ChaosClient {
  private final ChaosWorld world;
  private final String stream;
  private final String table;
  private final List<NodeUnderChaos> nodes;
  private final Random random;
  private final Map<String, String> rows = new TreeMap<>();

  /** The numbers that it got of each publisher in its stream. */
  private final Map<String, BitSet> seen = new HashMap<>();

  /** The newest of them. */
  private final Map<String, Integer> newest = new HashMap<>();

  private final List<Loss> losses = new ArrayList<>();
  private @Nullable Connection connection;

  /** Where it began. */
  private @Nullable Id start;

  /** It has everything up to here, but for the catch-up of its table. */
  private @Nullable Id point;

  /** Its table goes on after this; {@code null}: after the point, as its stream. */
  private @Nullable Id tableFrom;

  /** The end of the catch-up that runs. */
  private @Nullable Id catchingUpTo;

  /** The end of the gap that it was told last, or where its connection began. */
  private @Nullable Id told;

  /** A gap that it was told: what lies between two ids may be missing. */
  private record Loss(Id after, Id next) {
    private boolean covers(Id id) {
      return id.offset() < next.offset() && !isUpTo(id, after);
    }
  }

  /**
   * Creates one without a connection.
   *
   * @param nodes the nodes that there are now
   */
  ChaosClient(
      ChaosWorld world, String stream, String table, List<NodeUnderChaos> nodes, Random random) {
    this.world = world;
    this.stream = stream;
    this.table = table;
    this.nodes = nodes;
    this.random = random;
  }

  String stream() {
    return stream;
  }

  String table() {
    return table;
  }

  /** Goes on at some node if its connection has ended. */
  synchronized void comeBack() {
    if (connection == null) {
      move();
    }
  }

  /** Cuts its connection, and goes on at some node. */
  synchronized void move() {
    if (connection != null) {
      connection.end(DisconnectReason.ABNORMAL);
    }
    Handshake.Builder asks = Handshake.builder().controlMessages(true).topic(stream);
    if (tableFrom == null) {
      asks.topic(table);
    } else {
      asks.topic(table, tableFrom.toString());
    }
    if (point != null) {
      asks.after(point.toString());
    }
    NodeUnderChaos node = nodes.get(random.nextInt(nodes.size()));
    Connection next = new Connection(node);
    try {
      next.link = node.transport.open(asks.build(), next); // it says nothing while this is locked
      connection = next;
      world.moves.incrementAndGet();
    } catch (IllegalStateException e) {
      // the node has just ended
    }
  }

  /** Returns whether it has everything up to an id, which no message of its topics has. */
  synchronized boolean isAt(Id end) {
    return end.equals(point) && tableFrom == null;
  }

  /** Returns its rows as {@link RecordingSink#rows} does. */
  synchronized Set<String> rows() {
    Set<String> all = new TreeSet<>();
    rows.forEach((key, body) -> all.add(table + "/" + key + "=" + body));
    return all;
  }

  /** Checks that it got an accepted message of its stream, or was told that it may miss it. */
  synchronized void checkSeenOrTold(String text, Id id) {
    String[] parts = text.split(":");
    BitSet numbers = seen.get(parts[0]);
    boolean isSeen = numbers != null && numbers.get(Integer.parseInt(parts[1]));
    boolean isOwed = !isSeen && id.offset() > start.offset();
    if (isOwed && losses.stream().noneMatch(loss -> loss.covers(id))) {
      violate("UNTOLD loss of " + text + " at " + id);
    }
  }

  private void read(String text) {
    Map<?, ?> message = (Map<?, ?>) Json.parse(text);
    String type = (String) message.get("type");
    if (message.containsKey("id")) {
      message(text, type, message);
      return;
    }
    Map<?, ?> payload = (Map<?, ?>) message.get("payload");
    switch (type) {
      case "$hello" -> hello(payload);
      case "$gap" -> gap(payload);
      case "$joined" -> joined(payload);
      case "$sync" -> synced(id(payload, "id"));
      default -> violate("UNEXPECTED " + text);
    }
  }

  private void hello(Map<?, ?> hello) {
    connection.isGreeted = true;
    Id at = id(hello, "id");
    boolean isResumed = hello.get("resumed").equals(true);
    if (start == null) {
      start = at;
    } else if (at.equals(point)) {
      if (!isResumed) {
        loseRows();
      }
    } else if (isResumed) {
      violate("RESUMED at " + at + " instead of " + point);
    } else if (at.epoch() == point.epoch() && at.offset() < point.offset()) {
      violate("BEGUN at " + at + ", before " + point);
    } else {
      lose(new Loss(point, new Id(at.epoch(), at.offset() + 1)));
    }
    told = at;
    point = at;
    Map<?, ?> catchUps = hello.get("catchUps") instanceof Map<?, ?> ids ? ids : Map.of();
    tableFrom = catchUps.containsKey(table) ? id(catchUps, table) : null;
  }

  private void gap(Map<?, ?> gap) {
    Id next = id(gap, "next");
    told = next;
    if (stream.equals(gap.get("topic"))) {
      lose(new Loss(id(gap, "after"), next));
    } else if (table.equals(gap.get("topic"))) {
      tableFrom = new Id(next.epoch(), 0);
      rows.clear();
      loseRows();
    } else {
      world.gaps.incrementAndGet();
    }
  }

  private void lose(Loss loss) {
    world.gaps.incrementAndGet();
    losses.add(loss);
    if (world.mayRepeatAfterGap) {
      newest.clear();
    }
  }

  private void loseRows() {
    if (!table.equals(ChaosWorld.CLEARED)) {
      world.gaps.incrementAndGet();
    }
  }

  private void joined(Map<?, ?> joined) {
    tableFrom = id(joined, "after");
    catchingUpTo = id(joined, "upTo");
    point = catchingUpTo;
    if (tableFrom.offset() == 0) {
      rows.clear();
    }
  }

  private void synced(Id id) {
    if (catchingUpTo != null) {
      if (!id.equals(catchingUpTo)) {
        violate("SYNC of " + id + " ends the catch-up to " + catchingUpTo);
      }
      catchingUpTo = null;
      tableFrom = null;
    } else if (!id.equals(point)) { // it may be older than the gap, and of an epoch in between
      moveTo(id, id.offset() < told.offset());
    }
  }

  private void message(String text, String type, Map<?, ?> message) {
    Id id = id(message, "id");
    String body = text.replace(",\"id\":\"" + id + "\"", "");
    world.checkName(id, body);
    boolean isRow = table.equals(message.get("topic"));
    if (isRow && tableFrom != null) {
      if (catchingUpTo == null || isUpTo(id, tableFrom) || !isUpTo(id, catchingUpTo)) {
        violate("ROW at " + id + ", after " + tableFrom + " and up to " + catchingUpTo);
      }
      tableFrom = id;
    } else {
      if (catchingUpTo != null) {
        violate("AMID the catch-up of " + table + " came " + text);
      }
      moveTo(id, false);
    }
    if (isRow && type.startsWith("R")) {
      rows.put(type.substring(1), body);
    } else if (isRow) {
      rows.remove(type.substring(1));
    } else if (stream.equals(message.get("topic"))) {
      count((String) message.get("payload"));
    }
  }

  private void moveTo(Id id, boolean mayBeSkipped) {
    boolean isTold = id.epoch() == told.epoch() || id.epoch() == point.epoch();
    boolean isLater = id.offset() > point.offset();
    if (!isTold && !(mayBeSkipped && isLater) || isUpTo(id, point)) {
      violate("BACK to " + id + " from " + point);
    }
    point = id;
  }

  /** Counts a message. The numbers of a publisher only grow. */
  private void count(String text) {
    String[] parts = text.split(":");
    int number = Integer.parseInt(parts[1]);
    Integer before = newest.put(parts[0], number);
    if (before != null && before >= number) {
      violate("TWICE OR DISORDER " + text + " at " + point + " after " + before);
    }
    seen.computeIfAbsent(parts[0], publisher -> new BitSet()).set(number);
    world.received.incrementAndGet();
  }

  private void violate(String what) {
    world.violations.add("client of " + stream + " and " + table + ": " + what);
  }

  private static Id id(Map<?, ?> payload, String member) {
    return Id.of((String) payload.get(member));
  }

  /** Returns whether an id is another one, or an earlier one of the same epoch. */
  private static boolean isUpTo(Id id, Id other) {
    return id.epoch() == other.epoch() && id.offset() <= other.offset();
  }

  /** One connection of the client, which ignores what comes after its end. */
  private final class Connection implements CallbackSender {
    private final NodeUnderChaos node;
    private @Nullable CallbackLink link;

    private boolean isGreeted;

    private Connection(NodeUnderChaos node) {
      this.node = node;
    }

    @Override
    public void send(String text, Runnable done) {
      synchronized (ChaosClient.this) {
        if (connection == this) {
          read(text);
          if (random.nextInt(100) == 0) {
            move(); // at once: the next node may not have yet what this one had
          }
        }
      }
      done.run();
    }

    @Override
    public void close(DisconnectReason reason) {
      synchronized (ChaosClient.this) {
        if (!isGreeted && reason.equals(DisconnectReason.TRY_AGAIN_LATER)) {
          world.late.incrementAndGet(); // the node is too far behind: another one may not be
        } else if (connection == this && !node.isDead) {
          violate("CLOSED with " + reason);
        }
        end(reason);
      }
    }

    @Override
    public void cut() {
      synchronized (ChaosClient.this) {
        end(DisconnectReason.ABNORMAL);
      }
    }

    private void end(DisconnectReason reason) {
      if (connection == this) {
        connection = null;
        catchingUpTo = null;
      }
      link.closed(reason);
    }
  }
}
