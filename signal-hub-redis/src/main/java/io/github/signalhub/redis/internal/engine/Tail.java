package io.github.signalhub.redis.internal.engine;

import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.redis.internal.link.RedisLink;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Sink;
import java.lang.System.Logger.Level;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Protocol.Command;
import redis.clients.jedis.exceptions.JedisException;

/**
 * Reads what all nodes publish, and gives it to the sink. Owns what the node knows of the hub: the
 * server, the epoch, and how far it has read.
 *
 * <p>It asks the server at least twice a second where the hub is. So it notices a server that has
 * become a replica, or that lost something, and it learns up to where the sink has everything.
 *
 * <p>If the stream has no more what comes next, or the epoch is another, the node loads: it reads
 * the rows of all tables, and goes on at the oldest entry of the stream.
 *
 * <p>Runs on a thread of its own. {@link #start}, before that, runs on the caller's. The methods
 * for the publisher and for the backbone are thread-safe, and say so.
 */
final class Tail implements Runnable {
  private static final int BLOCK_MILLIS = 500;
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(400);
  private static final long TICK_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final int ENTRIES = 256;

  /** So many are read at once while they are small: a node that comes late has many to read. */
  private static final int SMALL_ENTRIES = 1_000;

  private static final int SMALL_BYTES = 256 * 1024;
  private static final int ROWS = 100;
  private static final long FULL_MILLIS = 2;
  private static final long SHORTEST_PAUSE_MILLIS = 25;
  private static final long LONGEST_PAUSE_MILLIS = 200;

  private final EngineOptions options;
  private final HubKeys keys;
  private final String node;
  private final Sink sink;
  private final Outbox outbox;
  private final Horizon horizon;
  private final HubLogger logger;
  private final Clock clock = new Clock();

  private String epoch = "";
  private Scripts scripts;
  private boolean isAway;
  private long askedNanos;
  private long tickedNanos = System.nanoTime();
  private int entriesAtOnce = ENTRIES;
  private volatile RedisLink link;
  private volatile boolean isClosed;
  private volatile long confirmedNanos = System.nanoTime();

  /** Whether the next question begins an epoch. Set by a publisher whose numbers were lost. */
  private volatile boolean mustBegin;

  /** Null while the node looks for a server. Guarded by this object's monitor. */
  private Agreement agreement;

  /** Whether a publisher cut the link. Guarded by this object's monitor. */
  private boolean isDoubted;

  Tail(
      EngineOptions options,
      String node,
      Sink sink,
      Outbox outbox,
      Horizon horizon,
      HubLogger logger) {
    this.options = options;
    this.keys = options.keys();
    this.node = node;
    this.sink = sink;
    this.outbox = outbox;
    this.horizon = horizon;
    this.logger = logger;
  }

  /** Finds the server, and returns when the sink has all that it has. */
  void start() throws UnusableServerException, InterruptedException {
    long end = System.nanoTime() + options.startTimeout().toNanos();
    while (true) {
      UnusableServerException failure;
      try {
        open(true);
        for (long last = agree(); horizon.offset() < last; ) {
          follow();
        }
        return;
      } catch (UnusableServerException e) {
        failure = e;
      } catch (JedisException e) {
        failure = explained(e, link.address());
      }
      drop();
      if (failure.isPermanent() || System.nanoTime() > end) {
        throw failure;
      }
      Thread.sleep(SHORTEST_PAUSE_MILLIS);
    }
  }

  @Override
  public void run() {
    long pauseMillis = 0;
    while (!isClosed) {
      try {
        tick();
        if (link == null) {
          open(false);
          agree();
          tellThatItIsBack();
        }
        follow();
        pauseMillis = 0; // a link that served is opened again at once
        continue;
      } catch (InterruptedException e) {
        break;
      } catch (UnusableServerException e) {
        tellThatItIsAway(e.getMessage());
      } catch (JedisException e) {
        if (wasDoubted()) {
          drop();
          continue;
        }
        tellThatItIsAway(e.getMessage());
      } catch (RuntimeException
          | Error e) { // such as no memory: without this thread nothing goes on
        logger.log(Level.WARNING, e, "The tail of a hub failed, and goes on");
      }
      drop();
      outbox.expire();
      try {
        Thread.sleep(pauseMillis);
      } catch (InterruptedException e) {
        break;
      }
      pauseMillis =
          Math.min(Math.max(2 * pauseMillis, SHORTEST_PAUSE_MILLIS), LONGEST_PAUSE_MILLIS);
    }
    drop();
  }

  private void tick() {
    if (System.nanoTime() - tickedNanos > TICK_NANOS) {
      tickedNanos = System.nanoTime();
      sink.tick();
    }
  }

  /** Opens a link to a server that is a master. */
  private void open(boolean isStart) throws UnusableServerException {
    List<HostAndPort> candidates;
    try {
      candidates = options.servers().candidates();
    } catch (JedisException e) {
      throw UnusableServerException.unknownMaster(e);
    }
    UnusableServerException failure = null;
    for (HostAndPort address : candidates) {
      try {
        link = new RedisLink(address, options.link());
        link.setSoTimeout(options.link().getSocketTimeoutMillis() + BLOCK_MILLIS);
        if (isStart) {
          checkVersion();
        }
        scripts = Scripts.load(link);
        ask("look");
        if (isStart) {
          checkRights();
        }
        return;
      } catch (JedisException e) {
        failure = worse(failure, explained(e, address));
      } catch (UnusableServerException e) {
        failure = worse(failure, e);
      }
      drop();
    }
    throw failure;
  }

  /** Returns the failure that a person can do something about. */
  private static UnusableServerException worse(
      UnusableServerException before, UnusableServerException now) {
    return before == null || !before.isPermanent() && now.isPermanent() ? now : before;
  }

  private void checkVersion() throws UnusableServerException {
    String info = Answer.text(link.call(Command.INFO, "server"));
    String version = info.replaceAll("(?s).*redis_version:([0-9.]+).*", "$1");
    String[] parts = version.split("\\.");
    int major = Integer.parseInt(parts[0]);
    int minor = parts.length > 1 ? Integer.parseInt(parts[1]) : 0;
    if (major < 6 || major == 6 && minor < 2) {
      throw UnusableServerException.permanent(
          "expected Redis 6.2 or later at "
              + link.address()
              + ", was "
              + version
              + "; use a newer one");
    }
  }

  private void checkRights() {
    link.call(Command.EVALSHA, scripts.rights(), 2, keys.probe("stream"), keys.probe("hash"));
    link.call(Command.XREAD, "COUNT", 1, "STREAMS", keys.probe("stream"), "0-0");
    link.call(Command.SMEMBERS, keys.topics());
    link.call(Command.HSCAN, keys.probe("hash"), "0", "COUNT", ROWS);
  }

  /** Reads what comes next, or waits half a second for it. */
  private void follow() throws UnusableServerException, InterruptedException {
    Object answer = read();
    if (answer == null) {
      agree();
      return;
    }
    List<?> entries = (List<?>) ((List<?>) ((List<?>) answer).get(0)).get(1);
    long nowMillis = clock.millis();
    long bytes = 0;
    for (Object each : entries) {
      StreamEntry entry = StreamEntry.of(each);
      bytes += entry.body().length;
      if (entry.isEnd() || entry.offset() != horizon.offset() + 1) {
        agree();
        return;
      }
      apply(entry, nowMillis);
    }
    if (entries.size() == entriesAtOnce) {
      entriesAtOnce = Math.min(2 * entriesAtOnce, bytes < SMALL_BYTES ? SMALL_ENTRIES : ENTRIES);
    }
    if (System.nanoTime() - askedNanos > LOOK_NANOS) {
      agree();
    }
  }

  private Object read() {
    try {
      return link.call(
          Command.XREAD,
          "COUNT",
          entriesAtOnce,
          "BLOCK",
          BLOCK_MILLIS,
          "STREAMS",
          keys.streams() + epoch,
          horizon.offset() + "-0");
    } catch (JedisException e) { // what came of the answer is lost: a shorter one may arrive
      entriesAtOnce = Math.max(1, entriesAtOnce / 2);
      throw e;
    }
  }

  private void apply(StreamEntry entry, long nowMillis) throws InterruptedException {
    Placed placed = entry.placed(nowMillis);
    endIfClosed();
    while (!sink.apply(placed)) {
      Thread.sleep(FULL_MILLIS);
      endIfClosed();
    }
    horizon.moveTo(entry.offset());
    if (entry.node().equals(node)) {
      outbox.placed(entry.sequence(), entry.offset());
    }
  }

  /** Asks where the hub is, and goes there. Returns the newest offset of the hub. */
  private long agree() throws UnusableServerException {
    askedNanos = System.nanoTime();
    long asked = askedNanos;
    Position first = ask(mustBegin ? "begin" : "join");
    mustBegin = false;
    Position position = beginIfAhead(first);
    if (!position.epoch().equals(epoch) || position.first() > horizon.offset() + 1) {
      load(position);
    }
    horizon.await(position.last(), () -> confirm(asked));
    synchronized (this) {
      if (agreement == null || !agreement.address.equals(link.address())) {
        agreement = new Agreement(link.address());
        isDoubted = false;
        notifyAll();
      }
    }
    return position.last();
  }

  private void endIfClosed() throws InterruptedException {
    if (isClosed) {
      throw new InterruptedException("closed");
    }
  }

  private void confirm(long nanos) {
    if (nanos - confirmedNanos > 0) {
      confirmedNanos = nanos;
    }
  }

  /** Begins an epoch if need be: an offset of the node must never name something else. */
  private Position beginIfAhead(Position position) throws UnusableServerException {
    boolean isAhead =
        !epoch.isEmpty() && !position.epoch().equals(epoch) && position.base() <= horizon.offset();
    return isAhead ? ask("begin") : position;
  }

  private Position ask(String mode) throws UnusableServerException {
    Object answer =
        link.call(
            Command.EVALSHA,
            scripts
                .joining(
                    keys,
                    node,
                    sink.format(),
                    mode,
                    epoch,
                    horizon.offset(),
                    HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextLong()))
                .toArray());
    switch (Answer.text(answer, 0)) {
      case "replica" -> throw UnusableServerException.replica(link.address());
      case "version" ->
          throw UnusableServerException.permanent(
              "expected the hub '"
                  + options.hub()
                  + "' to be of version "
                  + HubKeys.VERSION
                  + ", was "
                  + Answer.text(answer, 1)
                  + "; give all nodes the same version of signal-hub-redis");
      case "format" ->
          throw UnusableServerException.permanent(
              "expected the hub '"
                  + options.hub()
                  + "' to be as this node's '"
                  + sink.format()
                  + "', was '"
                  + Answer.text(answer, 1)
                  + "'; give all nodes the same settings, or stop all and delete the keys "
                  + keys.pattern());
      case "another" -> {
        return null;
      }
      default -> {
        Position position = Position.of(answer);
        clock.set(position.millis());
        return position;
      }
    }
  }

  /**
   * Goes to the oldest entry of the stream, with the rows that it has no more. The rows are read
   * before that entry is looked for. If entries left in between, rows may be missing: then again.
   */
  private void load(Position before) throws UnusableServerException {
    while (true) {
      Map<List<String>, Placed> rows = rows();
      Position after = beginIfAhead(ask("join"));
      if (after.epoch().equals(before.epoch()) && after.first() <= before.last() + 1) {
        restart(after, rows);
        return;
      }
      before = after;
    }
  }

  private void restart(Position position, Map<List<String>, Placed> rows) {
    long floor = position.first() - 1;
    List<Placed> older =
        rows.values().stream()
            .filter(row -> row.offset() <= floor)
            .sorted(Comparator.comparingLong(Placed::offset))
            .toList();
    boolean isNew = !position.epoch().equals(epoch);
    boolean isFirst = isNew && position.by().equals(node);
    if (isNew && !epoch.isEmpty()) {
      logger.warnCounted(
          "The hub {0} began anew, because Redis at {1} may have lost messages",
          options.hub(), link.address());
    }
    sink.restart(
        Long.parseUnsignedLong(position.epoch(), 16), position.base(), floor, older, isFirst);
    epoch = position.epoch();
    if (isNew) {
      outbox.begin(epoch, floor);
    } else {
      outbox.passOver(floor);
    }
    horizon.moveTo(floor);
  }

  /** Reads the rows of all tables. A row that is met twice counts as it was met last. */
  private Map<List<String>, Placed> rows() {
    Map<List<String>, Placed> rows = new LinkedHashMap<>();
    for (Object each : (List<?>) link.call(Command.SMEMBERS, keys.topics())) {
      String topic = Answer.text(each);
      String cursor = "0";
      do {
        Object page = link.call(Command.HSCAN, keys.tables() + topic, cursor, "COUNT", ROWS);
        cursor = Answer.text(page, 0);
        List<?> fields = (List<?>) ((List<?>) page).get(1);
        for (int i = 0; i < fields.size(); i += 2) {
          String key = Answer.text(fields, i);
          rows.put(List.of(topic, key), row(topic, key, (byte[]) fields.get(i + 1)));
        }
      } while (!cursor.equals("0"));
    }
    return rows;
  }

  /** Reads a row of a table: its offset, its time and its body, with spaces between. */
  private Placed row(String topic, String key, byte[] value) {
    long[] numbers = new long[2];
    int at = 0;
    for (int i = 0; i < numbers.length; i++, at++) {
      for (; value[at] != ' '; at++) {
        numbers[i] = numbers[i] * 10 + value[at] - '0';
      }
    }
    byte[] body = java.util.Arrays.copyOfRange(value, at, value.length);
    long age = Clock.age(clock.millis(), numbers[1]);
    return new Placed(numbers[0], Kind.ROW, topic, key, 0, body, age);
  }

  /** Ends the link. The publisher waits meanwhile: its link may have ended unnoticed. */
  private void drop() {
    RedisLink ended = link;
    link = null;
    synchronized (this) {
      agreement = null;
    }
    if (ended != null) {
      ended.cut();
    }
  }

  private UnusableServerException explained(JedisException e, HostAndPort address) {
    String user = options.link().getUser();
    return UnusableServerException.of(e, address, user == null ? "default" : user, keys);
  }

  private void tellThatItIsAway(String why) {
    if (!isAway && !isClosed) {
      isAway = true;
      logger.warnCounted(
          "The hub {0} lost its Redis, and looks for a master: {1}", options.hub(), why);
    }
  }

  private void tellThatItIsBack() {
    if (isAway) {
      isAway = false;
      logger.log(Level.INFO, "The hub {0} has Redis at {1} again", options.hub(), link.address());
    }
  }

  /** Returns on what the tail and a server agree, or null after a while. Thread-safe. */
  synchronized Agreement agreement(long atMostMillis) throws InterruptedException {
    if (agreement == null) {
      wait(atMostMillis);
    }
    return agreement;
  }

  /** Returns whether a publisher cut the link, and not a failure. */
  private synchronized boolean wasDoubted() {
    boolean was = isDoubted;
    isDoubted = false;
    return was;
  }

  /** Returns whether the tail has not looked again since. Thread-safe. */
  synchronized boolean isCurrent(Agreement agreed) {
    return agreement == agreed;
  }

  /**
   * Makes the tail look again where the hub is, unless it has done so. Cuts the tail's link:
   * without that it may wait for a stream that is no more. Thread-safe.
   *
   * @param begins whether a new epoch must begin
   */
  void doubt(Agreement agreed, boolean begins) {
    RedisLink doubted;
    synchronized (this) {
      if (agreement != agreed) {
        return;
      }
      agreement = null;
      isDoubted = true;
      mustBegin |= begins;
      doubted = link;
    }
    if (doubted != null) {
      doubted.cut();
    }
  }

  /** Returns for how long the sink was not known to have everything. Thread-safe. */
  long staleNanos() {
    return System.nanoTime() - confirmedNanos;
  }

  /** Lets {@link #run} return soon. Thread-safe. */
  void close() {
    isClosed = true;
    RedisLink last = link;
    if (last != null) {
      last.cut();
    }
  }
}
