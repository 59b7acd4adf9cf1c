package io.github.signalhub;

import io.github.signalhub.spi.Loop;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
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
 * <p>Changes are O(1). {@link #announce} is apart from them, so that callers hold no lock when an
 * executor runs the listeners on the calling thread. Thread-safe.
 */
final class Presence {
  private final Function<String, Optional<Duration>> graces;
  private final LongSupplier nanoClock;
  private final Callbacks callbacks;
  private final Listeners listeners;

  // guarded by this
  private final Map<String, Map<String, Stay>> topics = new HashMap<>();
  private final Set<Stay> untold = new LinkedHashSet<>();

  /** Whoever is away for less than the grace, who left first in front. */
  private final Set<Stay> away = new LinkedHashSet<>();

  private boolean announcing;
  private boolean closed;

  /**
   * Creates an empty presence.
   *
   * @param graces returns a topic's grace; empty if nobody watches the topic
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  Presence(
      Function<String, Optional<Duration>> graces,
      LongSupplier nanoClock,
      Callbacks callbacks,
      Listeners listeners) {
    this.graces = graces;
    this.nanoClock = nanoClock;
    this.callbacks = callbacks;
    this.listeners = listeners;
  }

  /** Notes that one more connection of a user follows a topic. */
  synchronized void joined(String topic, String user) {
    Optional<Duration> grace = closed ? Optional.empty() : graces.apply(topic);
    forgetOverdue();
    if (grace.isPresent()) {
      Stay stay =
          topics
              .computeIfAbsent(topic, name -> new HashMap<>())
              .computeIfAbsent(user, name -> new Stay(topic, user, grace.get().toNanos()));
      stay.connections++;
      away.remove(stay);
      if (!stay.present) {
        stay.present = true;
        compare(stay);
      }
    }
  }

  /**
   * Notes that a connection of a user follows a topic no more.
   *
   * @param loop the connection's, on which the grace passes
   */
  synchronized void left(String topic, String user, Loop loop) {
    Stay stay = closed ? null : topics.getOrDefault(topic, Map.of()).get(user);
    if (stay == null || --stay.connections > 0) {
      return;
    }
    forgetOverdue();
    stay.until = nanoClock.getAsLong() + stay.graceNanos;
    away.add(stay);
    if (stay.graceNanos == 0) {
      gone(stay);
    } else if (!stay.timed) {
      schedule(stay, loop);
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
          users.add(stay.user);
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
      String user = stay.user;
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

  private void schedule(Stay stay, Loop loop) {
    long until = stay.until;
    stay.timed = true;
    try {
      loop.schedule(() -> timeIsUp(stay, until, loop), until - nanoClock.getAsLong());
    } catch (RejectedExecutionException e) {
      stay.timed = false;
      gone(stay); // the loop has ended, and nobody would wait for the rest of the grace
    }
  }

  private void timeIsUp(Stay stay, long until, Loop loop) {
    synchronized (this) {
      stay.timed = false;
      if (closed || stay.connections > 0 || !stay.present) {
        return;
      }
      if (stay.until == until) {
        gone(stay);
      } else { // it came back and left again meanwhile
        schedule(stay, loop);
      }
    }
    announce();
  }

  /**
   * Looks at those who left first, whose timers may have ended together with their loops: a
   * transport can be stopped while its hub lives on.
   */
  private void forgetOverdue() {
    long now = nanoClock.getAsLong();
    Iterator<Stay> first = away.iterator();
    while (first.hasNext()) {
      Stay stay = first.next();
      if (!stay.isOver(now)) {
        return;
      }
      first.remove();
      gone(stay);
    }
  }

  private void gone(Stay stay) {
    stay.present = false;
    away.remove(stay);
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
      users.remove(stay.user);
      if (users.isEmpty()) {
        topics.remove(stay.topic);
      }
    }
  }

  /** One user in one topic; kept while it is present or believed to be. Guarded by the presence. */
  private static final class Stay {
    private final String topic;
    private final String user;
    private final long graceNanos;
    private int connections;

    /** Whether it is there, or away for less than the grace. */
    private boolean present;

    /** What the listeners were told last. */
    private boolean told;

    /** When the grace is over, if there are no connections. */
    private long until;

    /** Whether a timer runs. There is one at most, however often the user comes and goes. */
    private boolean timed;

    private Stay(String topic, String user, long graceNanos) {
      this.topic = topic;
      this.user = user;
      this.graceNanos = graceNanos;
    }

    private boolean isOver(long now) {
      return present && connections == 0 && until - now <= 0;
    }
  }
}
