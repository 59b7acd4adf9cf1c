package io.github.signalhub.internal.presence;

import io.github.signalhub.internal.counters.Counters;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.internal.logger.Episode;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Loop;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Which users follow which topics, for topics with presence.
 *
 * <p>A user is present from the first of its connections that follows the topic. After the last one
 * the grace passes, then the user is gone. The audience is told of differences to the state that it
 * was told last. No call waits for a user without a difference. So the calls that wait are bounded
 * by the users, however slow the audience is. It is never told of a visit that is over already.
 *
 * <p>A user presence is one user in one topic. It begins when the user comes. It ends when the user
 * is gone and the audience knows. User presences are bounded: each user may have so many, and all
 * together so many bytes. A user that comes to one more topic loses its oldest absences first: it
 * pays itself for topics that it ran through.
 *
 * <p>Changes are O(1). {@link #announce} is apart from them. An executor may call the audience on
 * the calling thread, and then the caller must hold no lock. Thread-safe.
 */
public final class Presence {
  private final Limits limits;
  private final Function<String, Optional<Duration>> graces;
  private final LongSupplier nanoClock;
  private final Audience audience;
  private final Episode full;
  private final Counters<Joined> outcomes = Counters.of(Joined.class);

  // guarded by this
  private final Map<String, Map<String, UserPresence>> topics = new HashMap<>();
  private final Map<String, User> users = new HashMap<>();
  private final Announcer<UserPresence> announcer;

  /** Those that are away for less than the grace, the first that left in front. */
  private final Set<UserPresence> away = new LinkedHashSet<>();

  private boolean closed;
  private long bytes;

  /**
   * How many user presences there may be.
   *
   * @param ofUser of one user
   * @param bytes the most bytes that all may take
   */
  public record Limits(long ofUser, long bytes) {}

  /** The audience of a presence. Called on the executor, one call at a time, and never throws. */
  public interface Audience {
    /** A user has come to a topic. */
    void present(String topic, String user);

    /** A user has left a topic. */
    void absent(String topic, String user);

    /** Returns the bytes that it takes itself to know user presences. By default none. */
    default long bytes() {
      return 0;
    }

    /** Calls are delayed because the executor refused. */
    void failed(String what, Throwable cause);
  }

  /** The outcome of a join. */
  public enum Joined {
    /** The topic is followed. */
    DONE,
    /** The application made the client leave the topic meanwhile. */
    REVOKED,
    /** The client, or its user, follows too many others. */
    TOO_MANY,
    /** The presences of all users take as much as they may. */
    FULL
  }

  /**
   * Creates an empty presence.
   *
   * @param limits how many user presences there may be
   * @param graces returns a topic's grace; empty if the topic has no presence
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  public Presence(
      Limits limits,
      Function<String, Optional<Duration>> graces,
      LongSupplier nanoClock,
      Executor executor,
      Audience audience) {
    this.limits = limits;
    this.graces = graces;
    this.nanoClock = nanoClock;
    this.audience = audience;
    this.announcer = new Announcer<>(this, executor, audience, this::telling);
    this.full = new Episode(nanoClock);
  }

  /**
   * Notes that one more connection of a user follows a topic, unless a limit is passed. If there is
   * no room, a warning tells of the first in a while.
   */
  public Joined joined(String topic, String user) {
    Joined joined = count(join(topic, user));
    if (joined == Joined.FULL && full.begins()) {
      HubLogger.HUB.log(
          Level.WARNING,
          "Joins of topics with presence are refused: presence takes {0} of {1} bytes",
          bytes(),
          limits.bytes);
    }
    return joined;
  }

  /** Counts the outcome of a join, and returns it. */
  Joined count(Joined outcome) {
    outcomes.count(outcome);
    return outcome;
  }

  /** Returns how many joins had an outcome. */
  public long joins(Joined outcome) {
    return outcomes.of(outcome);
  }

  private synchronized Joined join(String topic, String user) {
    Optional<Duration> grace = closed ? Optional.empty() : graces.apply(topic);
    forgetOverdue();
    if (grace.isEmpty()) {
      return Joined.DONE;
    }
    UserPresence one = find(topic, user);
    if (one == null || !one.present) {
      Joined room = makeRoom(one == null ? newBytes(topic, user) : 0, user);
      if (room != Joined.DONE) {
        return room;
      }
    }
    if (one == null) {
      one = begin(topic, user, grace.get().toNanos());
    }
    one.connections++;
    noLongerAway(one);
    if (!one.present) {
      one.present = true;
      one.owner.present++;
      compare(one);
    }
    return Joined.DONE;
  }

  /**
   * Returns how many topics a user has left for less than their grace, besides one: they count as
   * if it followed them.
   */
  public synchronized int absences(String user, String besides) {
    forgetOverdue();
    User owner = users.get(user);
    UserPresence one = find(besides, user);
    int all = owner == null ? 0 : owner.away.size();
    return one != null && owner.away.contains(one) ? all - 1 : all;
  }

  /** Returns how many bytes the user presences take, about; those that the audience knows, too. */
  public synchronized long bytes() {
    return bytes + audience.bytes();
  }

  /**
   * Notes that a connection of a user no longer follows a topic.
   *
   * @param loop the connection's, on which the grace passes
   */
  public synchronized void left(String topic, String user, Loop loop) {
    UserPresence one = closed ? null : find(topic, user);
    if (one == null || --one.connections > 0) {
      return;
    }
    forgetOverdue();
    long now = nanoClock.getAsLong();
    one.until = now + one.graceNanos;
    nowAway(one);
    if (one.graceNanos == 0 || !isTimed(one, now) && !schedule(one.owner, one.until, loop)) {
      gone(one);
    }
  }

  /** Returns the users that are present in a topic; a snapshot, unmodifiable. */
  public Set<String> users(String topic) {
    Set<String> present = new HashSet<>();
    synchronized (this) {
      forgetOverdue();
      long now = nanoClock.getAsLong();
      for (UserPresence one : topics.getOrDefault(topic, Map.of()).values()) {
        if (one.present && !one.isOver(now)) {
          present.add(one.owner.name);
        }
      }
    }
    announce();
    return Collections.unmodifiableSet(present);
  }

  /** Tells the audience of all differences, one call after the other. */
  public void announce() {
    announcer.announce();
  }

  /** Tells the audience of the users whose grace is over, also if their timers have ended. */
  public void look() {
    synchronized (this) {
      forgetOverdue();
    }
    announce();
  }

  /** Tells nobody anything more; a call in progress goes on. */
  public synchronized void close() {
    closed = true;
    announcer.clear();
    away.clear();
  }

  /** Makes the call of a difference, which is none any more. */
  private Runnable telling(UserPresence one) {
    one.told = one.present;
    forgetIfOver(one);
    String topic = one.topic;
    String user = one.owner.name;
    return one.told ? () -> audience.present(topic, user) : () -> audience.absent(topic, user);
  }

  /** Returns whether a timer of the user runs that ends no later than an absence. */
  private static boolean isTimed(UserPresence one, long now) {
    User owner = one.owner;
    return owner.timed && owner.timerAt - now > 0 && owner.timerAt - one.until <= 0;
  }

  /**
   * Looks at a user's absences when one of them is over. A user has one timer, or as many as its
   * topics have different graces, however many topics it runs through.
   *
   * @return whether the loop does it; {@code false} if it has ended
   */
  private boolean schedule(User owner, long at, Loop loop) {
    if (!loop.schedule(() -> timeIsUp(owner, at, loop), at - nanoClock.getAsLong())) {
      return false; // nobody would wait for the rest of the grace
    }
    owner.timed = true;
    owner.timerAt = at;
    return true;
  }

  private void timeIsUp(User owner, long at, Loop loop) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (owner.timerAt == at) {
        owner.timed = false;
      }
      long now = nanoClock.getAsLong();
      List<UserPresence> absences = List.copyOf(owner.away);
      absences.stream().filter(one -> one.isOver(now)).forEach(this::gone);
      Optional<Long> next =
          owner.away.stream().map(one -> one.until).min((a, b) -> Long.signum(a - b));
      if (!owner.timed && next.isPresent() && !schedule(owner, next.get(), loop)) {
        List.copyOf(owner.away).forEach(this::gone);
      }
    }
    announce();
  }

  /** Lets a user come to one more topic if its limit and the hub's allow it. */
  private Joined makeRoom(long more, String user) {
    if (bytes() + more > limits.bytes) {
      return Joined.FULL;
    }
    User owner = users.get(user);
    if (owner == null || owner.present < limits.ofUser) {
      return Joined.DONE;
    }
    if (owner.away.isEmpty()) {
      return Joined.TOO_MANY;
    }
    gone(owner.away.iterator().next());
    return Joined.DONE;
  }

  private long newBytes(String topic, String user) {
    long ofTopic = topics.containsKey(topic) ? 0 : Bytes.TOPIC + Bytes.of(topic);
    long ofUser = users.containsKey(user) ? 0 : Bytes.USER + Bytes.of(user);
    return Bytes.PRESENCE + Bytes.ABSENCE + ofTopic + ofUser;
  }

  private UserPresence find(String topic, String user) {
    return topics.getOrDefault(topic, Map.of()).get(user);
  }

  private UserPresence begin(String topic, String user, long graceNanos) {
    Map<String, UserPresence> ofTopic = topics.get(topic);
    if (ofTopic == null) {
      ofTopic = new HashMap<>();
      topics.put(topic, ofTopic);
      bytes += Bytes.TOPIC + Bytes.of(topic);
    }
    User owner = users.get(user);
    if (owner == null) {
      owner = new User(user);
      users.put(user, owner);
      bytes += Bytes.USER + Bytes.of(user);
    }
    UserPresence one = new UserPresence(topic, owner, graceNanos);
    ofTopic.put(user, one);
    owner.presences++;
    bytes += Bytes.PRESENCE;
    return one;
  }

  private void nowAway(UserPresence one) {
    away.add(one);
    one.owner.away.add(one);
    bytes += Bytes.ABSENCE;
  }

  private void noLongerAway(UserPresence one) {
    if (away.remove(one)) {
      one.owner.away.remove(one);
      bytes -= Bytes.ABSENCE;
    }
  }

  /**
   * Looks at the users that left first. Their timers may have ended together with their loops,
   * because a transport can be stopped while its hub lives on.
   */
  private void forgetOverdue() {
    long now = nanoClock.getAsLong();
    while (!away.isEmpty()) {
      UserPresence first = away.iterator().next();
      if (!first.isOver(now)) {
        return;
      }
      gone(first);
    }
  }

  private void gone(UserPresence one) {
    one.present = false;
    one.owner.present--;
    noLongerAway(one);
    compare(one);
    forgetIfOver(one);
  }

  private void compare(UserPresence one) {
    if (one.present == one.told) {
      announcer.remove(one);
    } else {
      announcer.add(one);
    }
  }

  private void forgetIfOver(UserPresence one) {
    if (!one.present && !one.told) {
      Map<String, UserPresence> ofTopic = topics.get(one.topic);
      ofTopic.remove(one.owner.name);
      bytes -= Bytes.PRESENCE;
      if (ofTopic.isEmpty()) {
        topics.remove(one.topic);
        bytes -= Bytes.TOPIC + Bytes.of(one.topic);
      }
      if (--one.owner.presences == 0) {
        users.remove(one.owner.name);
        bytes -= Bytes.USER + Bytes.of(one.owner.name);
      }
    }
  }

  /**
   * One user in one topic; kept while it is present, or while the audience thinks so. Guarded by
   * the presence.
   */
  private static final class UserPresence {
    private final String topic;
    private final User owner;
    private final long graceNanos;
    private int connections;

    /** Whether it is there, or away for less than the grace. */
    private boolean present;

    /** Whether the audience was told last that it is present. */
    private boolean told;

    /** When the grace is over, if there are no connections. */
    private long until;

    private UserPresence(String topic, User owner, long graceNanos) {
      this.topic = topic;
      this.owner = owner;
      this.graceNanos = graceNanos;
    }

    private boolean isOver(long now) {
      return present && connections == 0 && until - now <= 0;
    }
  }

  /** One user with all its presences; kept while it has any. Guarded by the presence. */
  private static final class User {
    private final String name;
    private int presences;

    /** How many of them are present, those counted that are away for less than the grace. */
    private int present;

    /** Those of its presences that are away, in the order in which it left. */
    private final Set<UserPresence> away = new LinkedHashSet<>(2);

    /** Whether a timer runs, and when the last one that was started ends. */
    private boolean timed;

    private long timerAt;

    private User(String name) {
      this.name = name;
    }
  }

  /** The bytes that things take on a 64-bit JVM with compressed pointers, about. */
  private static final class Bytes {
    /** A user presence, and its place in its topic's map. */
    static final int PRESENCE = 96;

    /** A topic with its map. */
    static final int TOPIC = 168;

    /** A user with its set of absences, and a timer. */
    static final int USER = 192;

    /** The places of a user presence in two sets. */
    static final int ABSENCE = 96;

    private Bytes() {}

    /** Returns how many bytes a name takes. */
    static int of(String name) {
      return 40 + Topic.nameBytes(name);
    }
  }
}
