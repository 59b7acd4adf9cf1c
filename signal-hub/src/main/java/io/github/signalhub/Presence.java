package io.github.signalhub;

import io.github.signalhub.spi.Loop;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * Which users follow which topics, for topics that want to know.
 *
 * <p>A user is present from the first of its connections that follows the topic until the grace
 * after the last one is over. Listeners are told of the difference between what is and what they
 * were told last: a user of whom both agree waits for no call. So what waits is bounded by the
 * users, however slow the listeners, and they are never told of what is over already.
 *
 * <p>A stay is one user in one topic, from the user's coming until it is gone and nobody believes
 * otherwise. Stays are bounded: each user may have so many, and all together so many bytes. A user
 * that comes to one more loses its oldest absences first: it pays itself for rooms that it ran
 * through.
 *
 * <p>Changes are O(1). {@link #announce} is apart from them, so that callers hold no lock when an
 * executor runs the listeners on the calling thread. Thread-safe.
 */
final class Presence {
  private final Function<String, Optional<Duration>> graces;
  private final LongSupplier nanoClock;
  private final Callbacks callbacks;
  private final Listeners listeners;

  private final Limits limits;

  // guarded by this
  private final Map<String, Map<String, Stay>> topics = new HashMap<>();
  private final Map<String, Person> people = new HashMap<>();
  private final Set<Stay> untold = new LinkedHashSet<>();

  /** Whoever is away for less than the grace, who left first in front. */
  private final Set<Stay> away = new LinkedHashSet<>();

  private boolean announcing;
  private boolean closed;
  private long bytes;

  /**
   * How many stays there may be.
   *
   * @param ofUser of one user
   * @param bytes what all may take
   */
  record Limits(long ofUser, long bytes) {}

  /** What became of a user's coming to a topic. */
  enum Coming {
    /** It is there now, or nobody watches the topic. */
    WELCOME,
    /** The user is in as many topics as it may be. */
    USER_IS_FULL,
    /** All users' stays take as much as they may. */
    HUB_IS_FULL
  }

  /**
   * Creates an empty presence.
   *
   * @param limits how many stays there may be
   * @param graces returns a topic's grace; empty if nobody watches the topic
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  Presence(
      Limits limits,
      Function<String, Optional<Duration>> graces,
      LongSupplier nanoClock,
      Callbacks callbacks,
      Listeners listeners) {
    this.limits = limits;
    this.graces = graces;
    this.nanoClock = nanoClock;
    this.callbacks = callbacks;
    this.listeners = listeners;
  }

  /** Notes that one more connection of a user follows a topic, unless a limit is passed. */
  synchronized Coming joined(String topic, String user) {
    Optional<Duration> grace = closed ? Optional.empty() : graces.apply(topic);
    forgetOverdue();
    if (grace.isEmpty()) {
      return Coming.WELCOME;
    }
    Stay stay = find(topic, user);
    if (stay == null || !stay.present) {
      Coming coming = makeRoom(stay == null ? newBytes(topic, user) : 0, user);
      if (coming != Coming.WELCOME) {
        return coming;
      }
    }
    if (stay == null) {
      stay = begin(topic, user, grace.get().toNanos());
    }
    stay.connections++;
    noLongerAway(stay);
    if (!stay.present) {
      stay.present = true;
      stay.person.present++;
      compare(stay);
    }
    return Coming.WELCOME;
  }

  /**
   * Returns how many topics a user has left for less than their grace, besides one: they count as
   * if it followed them.
   */
  synchronized int absences(String user, String besides) {
    forgetOverdue();
    Person person = people.get(user);
    Stay stay = find(besides, user);
    int all = person == null ? 0 : person.away.size();
    return stay != null && person.away.contains(stay) ? all - 1 : all;
  }

  /** Returns how many bytes the stays take, about. */
  synchronized long bytes() {
    return bytes;
  }

  /**
   * Notes that a connection of a user follows a topic no more.
   *
   * @param loop the connection's, on which the grace passes
   */
  synchronized void left(String topic, String user, Loop loop) {
    Stay stay = closed ? null : find(topic, user);
    if (stay == null || --stay.connections > 0) {
      return;
    }
    forgetOverdue();
    long now = nanoClock.getAsLong();
    stay.until = now + stay.graceNanos;
    nowAway(stay);
    if (stay.graceNanos == 0 || !isTimed(stay, now) && !schedule(stay.person, stay.until, loop)) {
      gone(stay);
    }
  }

  /** Returns the users that are present in a topic; a snapshot, unmodifiable. */
  Set<String> users(String topic) {
    Set<String> users = new HashSet<>();
    synchronized (this) {
      forgetOverdue();
      long now = nanoClock.getAsLong();
      for (Stay stay : topics.getOrDefault(topic, Map.of()).values()) {
        if (stay.present && !stay.isOver(now)) {
          users.add(stay.person.user);
        }
      }
    }
    announce();
    return Collections.unmodifiableSet(users);
  }

  /** Lets the listeners be told what they were not told yet, one call after the other. */
  void announce() {
    synchronized (this) {
      if (announcing || untold.isEmpty()) {
        return;
      }
      announcing = true;
    }
    try {
      callbacks.execute(this::tell);
    } catch (Throwable e) { // not only rejections: such as no memory for a thread
      synchronized (this) {
        announcing = false;
      }
      listeners.failed("No calls about presence: the executor refuses", e);
    }
  }

  /** Tells nobody anything more; a call in progress goes on. */
  synchronized void close() {
    closed = true;
    untold.clear();
    away.clear();
  }

  private void tell() {
    for (Stay stay = next(); stay != null; stay = next()) {
      String topic = stay.topic;
      String user = stay.person.user;
      if (stay.told) { // written by next() alone, which one thread at a time calls
        listeners.each(listener -> listener.onPresent(topic, user));
      } else {
        listeners.each(listener -> listener.onAbsent(topic, user));
      }
    }
  }

  /** Takes the next difference, which listeners then are told. */
  private synchronized Stay next() {
    Iterator<Stay> next = untold.iterator();
    announcing = next.hasNext();
    if (!announcing) {
      return null;
    }
    Stay stay = next.next();
    next.remove();
    stay.told = stay.present;
    forgetIfOver(stay);
    return stay;
  }

  /** Returns whether a timer of the user runs that ends no later than an absence. */
  private static boolean isTimed(Stay stay, long now) {
    Person person = stay.person;
    return person.timed && person.timerAt - now > 0 && person.timerAt - stay.until <= 0;
  }

  /**
   * Looks at a user's absences when one of them is over. A user has one timer, or as many as its
   * topics have different graces, however many topics it runs through.
   *
   * @return whether the loop does it; {@code false} if it has ended
   */
  private boolean schedule(Person person, long at, Loop loop) {
    try {
      loop.schedule(() -> timeIsUp(person, at, loop), at - nanoClock.getAsLong());
    } catch (RejectedExecutionException e) {
      return false; // nobody would wait for the rest of the grace
    }
    person.timed = true;
    person.timerAt = at;
    return true;
  }

  private void timeIsUp(Person person, long at, Loop loop) {
    synchronized (this) {
      if (closed) {
        return;
      }
      if (person.timerAt == at) {
        person.timed = false;
      }
      long now = nanoClock.getAsLong();
      List<Stay> absences = List.copyOf(person.away);
      absences.stream().filter(stay -> stay.isOver(now)).forEach(this::gone);
      Optional<Long> next =
          person.away.stream().map(stay -> stay.until).min((a, b) -> Long.signum(a - b));
      if (!person.timed && next.isPresent() && !schedule(person, next.get(), loop)) {
        List.copyOf(person.away).forEach(this::gone);
      }
    }
    announce();
  }

  /** Lets a user come to one more topic if its limit and the hub's allow it. */
  private Coming makeRoom(long more, String user) {
    if (bytes + more > limits.bytes) {
      return Coming.HUB_IS_FULL;
    }
    Person person = people.get(user);
    if (person == null || person.present < limits.ofUser) {
      return Coming.WELCOME;
    }
    if (person.away.isEmpty()) {
      return Coming.USER_IS_FULL;
    }
    gone(person.away.iterator().next());
    return Coming.WELCOME;
  }

  private long newBytes(String topic, String user) {
    long ofTopic = topics.containsKey(topic) ? 0 : Bytes.TOPIC + Bytes.of(topic);
    long ofUser = people.containsKey(user) ? 0 : Bytes.PERSON + Bytes.of(user);
    return Bytes.STAY + Bytes.ABSENCE + ofTopic + ofUser;
  }

  private Stay find(String topic, String user) {
    return topics.getOrDefault(topic, Map.of()).get(user);
  }

  private Stay begin(String topic, String user, long graceNanos) {
    Map<String, Stay> users = topics.get(topic);
    if (users == null) {
      users = new HashMap<>();
      topics.put(topic, users);
      bytes += Bytes.TOPIC + Bytes.of(topic);
    }
    Person person = people.get(user);
    if (person == null) {
      person = new Person(user);
      people.put(user, person);
      bytes += Bytes.PERSON + Bytes.of(user);
    }
    Stay stay = new Stay(topic, person, graceNanos);
    users.put(user, stay);
    person.stays++;
    bytes += Bytes.STAY;
    return stay;
  }

  private void nowAway(Stay stay) {
    away.add(stay);
    stay.person.away.add(stay);
    bytes += Bytes.ABSENCE;
  }

  private void noLongerAway(Stay stay) {
    if (away.remove(stay)) {
      stay.person.away.remove(stay);
      bytes -= Bytes.ABSENCE;
    }
  }

  /**
   * Looks at those who left first, whose timers may have ended together with their loops: a
   * transport can be stopped while its hub lives on.
   */
  private void forgetOverdue() {
    long now = nanoClock.getAsLong();
    while (!away.isEmpty()) {
      Stay first = away.iterator().next();
      if (!first.isOver(now)) {
        return;
      }
      gone(first);
    }
  }

  private void gone(Stay stay) {
    stay.present = false;
    stay.person.present--;
    noLongerAway(stay);
    compare(stay);
    forgetIfOver(stay);
  }

  private void compare(Stay stay) {
    if (stay.present == stay.told) {
      untold.remove(stay);
    } else {
      untold.add(stay);
    }
  }

  private void forgetIfOver(Stay stay) {
    if (!stay.present && !stay.told) {
      Map<String, Stay> users = topics.get(stay.topic);
      users.remove(stay.person.user);
      bytes -= Bytes.STAY;
      if (users.isEmpty()) {
        topics.remove(stay.topic);
        bytes -= Bytes.TOPIC + Bytes.of(stay.topic);
      }
      if (--stay.person.stays == 0) {
        people.remove(stay.person.user);
        bytes -= Bytes.PERSON + Bytes.of(stay.person.user);
      }
    }
  }

  /** One user in one topic; kept while it is present or believed to be. Guarded by the presence. */
  private static final class Stay {
    private final String topic;
    private final Person person;
    private final long graceNanos;
    private int connections;

    /** Whether it is there, or away for less than the grace. */
    private boolean present;

    /** What the listeners were told last. */
    private boolean told;

    /** When the grace is over, if there are no connections. */
    private long until;

    private Stay(String topic, Person person, long graceNanos) {
      this.topic = topic;
      this.person = person;
      this.graceNanos = graceNanos;
    }

    private boolean isOver(long now) {
      return present && connections == 0 && until - now <= 0;
    }
  }

  /** One user with all its stays; kept while it has any. Guarded by the presence. */
  private static final class Person {
    private final String user;
    private int stays;

    /** How many of them are present, those counted that are away for less than the grace. */
    private int present;

    /** Those of its stays that are away, in the order in which it left. */
    private final Set<Stay> away = new LinkedHashSet<>(2);

    /** Whether a timer runs, and when the last one that was started ends. */
    private boolean timed;

    private long timerAt;

    private Person(String user) {
      this.user = user;
    }
  }

  /** About what things take on a 64-bit JVM with compressed pointers. */
  private static final class Bytes {
    /** A stay, and its place in its topic's map. */
    static final int STAY = 96;

    /** A topic with its map. */
    static final int TOPIC = 168;

    /** A user with its set of absences, and a timer. */
    static final int PERSON = 192;

    /** The places of a stay in two sets. */
    static final int ABSENCE = 96;

    private Bytes() {}

    /** Returns what a name takes. */
    static int of(String name) {
      boolean latin1 = name.chars().allMatch(c -> c < 256);
      return 40 + (latin1 ? 1 : 2) * name.length();
    }
  }
}
