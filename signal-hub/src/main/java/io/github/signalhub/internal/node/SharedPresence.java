package io.github.signalhub.internal.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.presence.Announcer;
import io.github.signalhub.internal.presence.Presence;
import io.github.signalhub.json.Json;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Backbone.Kind;
import io.github.signalhub.spi.Backbone.Placed;
import io.github.signalhub.spi.Backbone.Publication;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which users follow which topics on any of several nodes.
 *
 * <p>Each node has a table of its users, which it alone writes: one row for each user in a topic.
 * All nodes read all tables in the one order, so they know the same. A user is present while at
 * least one node has a row of it. The node whose row makes a user present calls the audience. So
 * does the node whose deletion makes it absent.
 *
 * <p>One more table has the nodes. Each node publishes its row there again every few seconds. A
 * node that was not heard of for a while is ended by the others: they publish the deletion of its
 * row, and its users are gone with it. The first deletion counts, and names the node that calls the
 * audience. A node that closes says so, and is ended when the grace is over.
 *
 * <p>A node has a new name, and a new table, when an epoch begins and when it was ended by mistake.
 * It publishes all its users under the new name, and then ends the old one. So nobody has to know
 * which rows of a table were lost.
 *
 * <p>What this node has to publish is the difference between its users and its table. A publication
 * that fails is made again while there is a difference. Thread-safe.
 */
public final class SharedPresence implements Presence.Audience {
  /** A node that was not heard of for so long is taken for dead. */
  static final long DEAD_NANOS = TimeUnit.SECONDS.toNanos(15);

  /** So often a node is heard of. */
  static final long HEARTBEAT_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** The longest time between two ticks that counts. After more, this process was paused. */
  private static final long MAX_TICK_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** How many rows are on their way at most, so that messages find room. */
  private static final int MAX_UNDER_WAY = 256;

  private static final String NODES = "$nodes";
  private static final String USERS = "$presence:";
  private static final Pattern NAME = Pattern.compile("[0-9a-f]{8}-[0-9]+");
  private static final byte[] HERE = "here".getBytes(UTF_8);
  private static final byte[] LEAVING = "leaving".getBytes(UTF_8);

  private final String node;
  private final long maxBytes;
  private final Predicate<Publication> publish;
  private final BooleanSupplier isCurrent;
  private final Function<String, Optional<Duration>> graces;
  private final LongSupplier nanoClock;
  private final Consumer<IllegalArgumentException> leftOut;
  private final Runnable look;
  private final Presence.Audience audience;
  private final Episode full;

  // guarded by this
  private final Map<String, TopicUsers> topics = new HashMap<>();
  private final Map<String, Member> members = new LinkedHashMap<>();
  private final Announcer<UserPresence> announcer;

  /** Those whose row is to be published or deleted, and is not on its way. */
  private final Set<UserPresence> different = new LinkedHashSet<>();

  /** The users of this node that have no row under its new name yet. */
  private final Set<UserPresence> moving = new HashSet<>();

  private String name;
  private int names;
  private int underWay;
  private boolean heartbeatUnderWay;
  private long lastHeartbeat;
  private long lastTick;
  private boolean begun;
  private long epoch;
  private boolean closed;
  private volatile long bytes; // written under the lock

  /**
   * Creates one that knows nobody.
   *
   * @param node names this node: 8 hexadecimal digits
   * @param maxBytes the bytes beyond which a warning is logged
   * @param publish hands a publication over, as {@link Backbone#publish}
   * @param isCurrent whether this node has everything
   * @param graces returns a topic's grace; empty if the topic has no presence
   * @param leftOut is told of publications that no hub of this format made
   * @param look is called at each tick
   * @param executor runs the calls of the audience
   * @param audience is told as by {@link Presence}
   */
  SharedPresence(
      String node,
      long maxBytes,
      Predicate<Publication> publish,
      BooleanSupplier isCurrent,
      Function<String, Optional<Duration>> graces,
      LongSupplier nanoClock,
      Consumer<IllegalArgumentException> leftOut,
      Runnable look,
      Executor executor,
      Presence.Audience audience) {
    this.node = node;
    this.maxBytes = maxBytes;
    this.publish = publish;
    this.isCurrent = isCurrent;
    this.graces = graces;
    this.nanoClock = nanoClock;
    this.leftOut = leftOut;
    this.look = look;
    this.audience = audience;
    this.announcer = new Announcer<>(this, executor, audience, this::telling);
    this.full = new Episode(nanoClock);
    this.name = node + "-0";
    this.lastTick = nanoClock.getAsLong();
  }

  /** Returns whether a topic is one of the tables of presence. */
  static boolean isTable(String topic) {
    return topic.equals(NODES) || topic.startsWith(USERS);
  }

  /** Returns the users that are present in a topic on any node; a snapshot, unmodifiable. */
  public synchronized Set<String> users(String topic) {
    Set<String> present = new HashSet<>();
    TopicUsers all = topics.get(topic);
    if (all != null) {
      all.users.values().stream()
          .filter(UserPresence::isPresent)
          .forEach(one -> present.add(one.key.user));
    }
    return Collections.unmodifiableSet(present);
  }

  @Override
  public long bytes() {
    return bytes;
  }

  // The users of this node.

  /** Publishes that a user has come to a topic on this node. */
  @Override
  public void present(String topic, String user) {
    want(topic, user, true);
  }

  /** Publishes that a user has left a topic on this node. */
  @Override
  public void absent(String topic, String user) {
    want(topic, user, false);
  }

  @Override
  public void failed(String what, Throwable cause) {
    audience.failed(what, cause);
  }

  private void want(String topic, String user, boolean here) {
    synchronized (this) {
      if (closed) {
        return;
      }
      UserPresence one = findOrCreate(new Key(topic, user));
      one.isHere = here;
      compare(one);
    }
    handOver(due());
  }

  /** Lets the other nodes know that this node closes. The audience is told nothing more. */
  void leave() {
    List<Publication> last = new ArrayList<>();
    synchronized (this) {
      if (!closed && members.containsKey(name)) {
        last.add(heartbeat(LEAVING));
      }
      closed = true;
      announcer.clear();
      different.clear();
    }
    handOver(last);
  }

  private void compare(UserPresence one) {
    if (!one.isHere || one.nodes.contains(name)) {
      moving.remove(one);
    }
    if (one.isHere != one.nodes.contains(name) && !one.isUnderWay && !closed) {
      different.add(one);
    } else {
      different.remove(one);
    }
    forgetIfOver(one);
  }

  /** Publishes all users of this node under a new name. */
  private void rename() {
    name = node + "-" + ++names;
    heartbeatUnderWay = false;
    if (!closed) {
      all().stream().filter(one -> one.isHere).forEach(moving::add);
      all().forEach(this::compare);
    }
  }

  // What is to be published.

  /** Takes what is to be published now. */
  private synchronized List<Publication> due() {
    List<Publication> due = new ArrayList<>();
    if (closed) {
      return due;
    }
    if (members.containsKey(name)) {
      while (!different.isEmpty() && underWay < MAX_UNDER_WAY) {
        UserPresence one = different.iterator().next();
        different.remove(one);
        due.add(row(one));
      }
    } else if (!different.isEmpty() && !heartbeatUnderWay) {
      due.add(heartbeat(HERE)); // first: what others know of no node, they end
    }
    if (moving.isEmpty()) {
      members.values().stream()
          .filter(member -> isOwn(member.name) && !member.name.equals(name))
          .forEach(older -> due.addAll(end(older)));
    }
    return due;
  }

  private Publication row(UserPresence one) {
    underWay++;
    one.isUnderWay = true;
    Kind kind = one.isHere ? Kind.ROW : Kind.DELETION;
    return new Publication(
        kind, USERS + name, one.key.text(), 0, new byte[0], settled -> settled(one, settled));
  }

  private void settled(UserPresence one, Backbone.Settled outcome) {
    synchronized (this) {
      underWay--;
      one.isUnderWay = false;
      compare(one);
    }
    if (outcome instanceof Backbone.At) {
      handOver(due());
    } // else the next tick does it
  }

  private Publication heartbeat(byte[] body) {
    heartbeatUnderWay = true;
    lastHeartbeat = nanoClock.getAsLong();
    return new Publication(Kind.ROW, NODES, name, 0, body, settled -> heartbeatSettled());
  }

  private synchronized void heartbeatSettled() {
    heartbeatUnderWay = false;
  }

  /** Ends a node: it and its users are gone for all, and for those that come later. */
  private List<Publication> end(Member member) {
    if (member.isEnding) {
      return List.of();
    }
    member.isEnding = true;
    return List.of(
        new Publication(
            Kind.DELETION,
            NODES,
            member.name,
            0,
            node.getBytes(UTF_8),
            settled -> endSettled(member)),
        removal(member.name));
  }

  private synchronized void endSettled(Member member) {
    member.isEnding = false;
  }

  private static Publication removal(String member) {
    return new Publication(Kind.REMOVAL, USERS + member, "", 0, new byte[0], settled -> {});
  }

  /** Hands publications over, without the lock. */
  private void handOver(List<Publication> due) {
    for (Publication next : due) {
      if (!publish.test(next)) {
        next.settled().accept(new Backbone.Unavailable());
      }
    }
  }

  // What the order brings.

  /** Takes what was placed in one of the tables. */
  void apply(Placed next) {
    take(next, this::take);
    announcer.announce();
    handOver(due());
    if (bytes > maxBytes && full.begins()) {
      HubLogger.HUB.log(
          Level.WARNING,
          "Presence takes {0} of {1} bytes: all nodes together have more users than that",
          bytes,
          maxBytes);
    }
  }

  private void take(Placed next, Consumer<Placed> how) {
    try {
      how.accept(next);
    } catch (IllegalArgumentException e) {
      leftOut.accept(e);
    }
  }

  private void take(Placed next) {
    String of = member(next);
    if (next.kind() == Kind.REMOVAL) {
      ended(of, "");
    } else if (!next.topic().equals(NODES)) {
      takeUser(of, next.kind() == Kind.ROW, Key.parse(next.key()));
    } else if (next.kind() == Kind.DELETION) {
      ended(of, new String(next.body(), UTF_8));
    } else {
      heard(of, Arrays.equals(next.body(), LEAVING));
    }
  }

  /** Returns the name of the node that a publication is about. */
  private static String member(Placed placed) {
    boolean isNode = placed.topic().equals(NODES);
    String of = isNode ? placed.key() : placed.topic().substring(USERS.length());
    if (!NAME.matcher(of).matches()) {
      throw new IllegalArgumentException("expected the name of a node");
    }
    return of;
  }

  private synchronized void heard(String of, boolean isLeaving) {
    Member member = findOrCreate(of);
    member.silentNanos = 0;
    member.isLeaving = isLeaving;
  }

  private synchronized void takeUser(String of, boolean isRow, Key key) {
    UserPresence one = findOrCreate(key);
    boolean before = one.isPresent();
    if (isRow) {
      add(one, of);
    } else {
      one.nodes.remove(of);
    }
    if (one.isPresent() != before) {
      changed(one, isOwn(of) && one.isHere == one.isPresent());
    }
    compare(one);
  }

  private void add(UserPresence one, String of) {
    Member member = findOrCreate(of);
    if (!one.nodes.contains(of)) {
      one.nodes.add(member.name);
      long grace = graces.apply(one.key.topic).orElse(Duration.ZERO).toNanos();
      member.graceNanos = Math.max(member.graceNanos, grace);
    }
  }

  /** Takes note that a node is gone. Its users that are nowhere else are told of by one node. */
  private synchronized void ended(String of, String by) {
    if (members.remove(of) == null) {
      return; // another node was first
    }
    for (UserPresence one : all()) {
      if (one.nodes.remove(of)) {
        if (!one.isPresent()) {
          changed(one, by.equals(node));
        }
        compare(one);
      }
    }
    if (of.equals(name)) {
      rename(); // by mistake
    }
  }

  /**
   * Takes note that a user has come or gone.
   *
   * @param isToTell whether this node tells the audience
   */
  private void changed(UserPresence one, boolean isToTell) {
    boolean isBack = announcer.remove(one); // the audience knows, or another node tells it
    if (isToTell && !isBack && !closed) {
      announcer.add(one);
    }
  }

  /** Begins anew; see {@link Backbone.Sink#restart}. */
  void restart(long newEpoch, List<Placed> rows) {
    List<Placed> ofTables = rows.stream().filter(row -> isTable(row.topic())).toList();
    List<Publication> due = begin(newEpoch, ofTables) ? List.of() : due();
    announcer.announce();
    handOver(due);
  }

  /** Returns whether this is the first beginning. Then nothing can be published yet. */
  private synchronized boolean begin(long newEpoch, List<Placed> rows) {
    boolean isFirst = !begun;
    if (begun && epoch == newEpoch) {
      replace(rows);
    } else {
      Set<String> known = Set.copyOf(members.keySet()); // what this node saw last is newer
      rows.forEach(row -> take(row, next -> addUnless(known, next)));
      if (known.contains(name)) {
        rename(); // nobody knows which of its rows were lost
      }
    }
    begun = true;
    epoch = newEpoch;
    return isFirst;
  }

  private void addUnless(Set<String> known, Placed row) {
    if (!known.contains(member(row))) {
      take(row);
    }
  }

  /** Goes over to what the rows say: this node has not seen what was placed before them. */
  private void replace(List<Placed> rows) {
    Set<List<String>> there = new HashSet<>();
    Set<String> named = new HashSet<>();
    for (Placed row : rows) {
      there.add(List.of(row.topic(), row.key()));
      named.add(row.topic().equals(NODES) ? row.key() : row.topic().substring(USERS.length()));
      take(row, this::take); // first: nobody who moved is gone in between
    }
    for (UserPresence one : all()) {
      for (String of : List.copyOf(one.nodes)) {
        if (!there.contains(List.of(USERS + of, one.key.text()))) {
          takeUser(of, false, one.key);
        }
      }
    }
    List.copyOf(members.keySet()).stream()
        .filter(of -> !named.contains(of))
        .forEach(of -> ended(of, ""));
  }

  /** Looks at the time. Called about once a second. */
  void tick() {
    look.run();
    boolean current = isCurrent.getAsBoolean();
    List<Publication> due = new ArrayList<>();
    synchronized (this) {
      long now = nanoClock.getAsLong();
      long passedNanos = Math.min(now - lastTick, MAX_TICK_NANOS);
      lastTick = now;
      if (current && !closed) {
        endSilent(passedNanos, due);
      }
      boolean isDue = now - lastHeartbeat >= HEARTBEAT_NANOS && !heartbeatUnderWay;
      if (isDue && !closed && members.containsKey(name)) {
        due.add(heartbeat(HERE));
      }
    }
    handOver(due);
    handOver(due());
  }

  /** Ends the nodes that are not heard of, while this node hears what there is. */
  private void endSilent(long passedNanos, List<Publication> due) {
    for (Member member : members.values()) {
      if (!isOwn(member.name)) {
        member.silentNanos += passedNanos;
        if (member.silentNanos >= member.patienceNanos()) {
          due.addAll(end(member));
        }
      }
    }
  }

  // What is known.

  private boolean isOwn(String member) {
    return member.startsWith(node);
  }

  private Member findOrCreate(String member) {
    return members.computeIfAbsent(member, Member::new);
  }

  private UserPresence findOrCreate(Key key) {
    TopicUsers topic = topics.get(key.topic);
    if (topic == null) {
      topic = new TopicUsers(key.topic);
      topics.put(key.topic, topic);
      bytes += Bytes.TOPIC + Bytes.of(key.topic);
    }
    UserPresence one = topic.users.get(key.user);
    if (one == null) {
      one = new UserPresence(new Key(topic.name, key.user));
      topic.users.put(key.user, one);
      bytes += Bytes.of(key);
    }
    return one;
  }

  private List<UserPresence> all() {
    return topics.values().stream().flatMap(topic -> topic.users.values().stream()).toList();
  }

  private void forgetIfOver(UserPresence one) {
    if (one.isPresent() || one.isHere || one.isUnderWay || announcer.contains(one)) {
      return;
    }
    TopicUsers topic = topics.get(one.key.topic);
    if (topic != null && topic.users.remove(one.key.user, one)) {
      bytes -= Bytes.of(one.key);
      if (topic.users.isEmpty()) {
        topics.remove(topic.name);
        bytes -= Bytes.TOPIC + Bytes.of(topic.name);
      }
    }
  }

  /** Makes the call of a difference, which is none any more. */
  private Runnable telling(UserPresence one) {
    forgetIfOver(one);
    Key key = one.key;
    return one.isPresent()
        ? () -> audience.present(key.topic, key.user)
        : () -> audience.absent(key.topic, key.user);
  }

  /** A user in a topic, and how a row names them. Immutable. */
  private record Key(String topic, String user) {
    private static Key parse(String text) {
      List<String> names = Texts.parse(text.getBytes(UTF_8));
      if (names.size() != 2 || names.contains(null)) {
        throw new IllegalArgumentException("expected a topic and a user");
      }
      return new Key(names.get(0), names.get(1));
    }

    private String text() {
      return Json.write(List.of(topic, user));
    }
  }

  /** The users of one topic. Its name is one object for all of them. Guarded by the presence. */
  private static final class TopicUsers {
    private final String name;
    private final Map<String, UserPresence> users = new HashMap<>();

    private TopicUsers(String name) {
      this.name = name;
    }
  }

  /**
   * One user in one topic, on all nodes; kept while there is anything to know. Guarded by the
   * presence.
   */
  private static final class UserPresence {
    private final Key key;

    /** The names of the nodes that have a row of it. */
    private final List<String> nodes = new ArrayList<>(1);

    /** Whether it is on this node. */
    private boolean isHere;

    /** Whether a publication of it has not settled. */
    private boolean isUnderWay;

    private UserPresence(Key key) {
      this.key = key;
    }

    private boolean isPresent() {
      return !nodes.isEmpty();
    }
  }

  /** One node under one of its names, as the order shows it. Guarded by the presence. */
  private static final class Member {
    private final String name;

    /** For how long it was not heard of. */
    private long silentNanos;

    /** The longest grace of the topics that it had users in. */
    private long graceNanos;

    private boolean isLeaving;

    /** Whether this node's publication of its end has not settled. */
    private boolean isEnding;

    private Member(String name) {
      this.name = name;
    }

    /** Returns for how long it may be silent. Its users may be away for the grace. */
    private long patienceNanos() {
      return isLeaving ? graceNanos : Math.max(graceNanos, DEAD_NANOS);
    }
  }

  /** The bytes that things take on a 64-bit JVM with compressed pointers, about. */
  private static final class Bytes {
    /** A user presence with its key and its nodes, and its place in its topic's map. */
    static final int PRESENCE = 144;

    /** A topic with its map. */
    static final int TOPIC = 192;

    private Bytes() {}

    static int of(Key key) {
      return PRESENCE + of(key.user);
    }

    /** Returns how many bytes a name takes. */
    static int of(String name) {
      return 40 + Topic.nameBytes(name);
    }
  }
}
