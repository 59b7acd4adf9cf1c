package io.github.signalhub;

import java.time.Duration;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * The sessions in which a repeated {@code ref} is processed once: those that have a connection, and
 * for {@link #FORGET_AFTER} those whose last connection has ended. Of the latter at most {@value
 * #MAX_IDLE_SESSIONS} are kept, and no more than all sessions' answers leave room for; the ones
 * that ended first make room. There is no timer: every connection that begins or ends clears up.
 * Thread-safe.
 */
final class RefSessions {
  static final Duration FORGET_AFTER = Duration.ofMinutes(5);
  static final int MAX_IDLE_SESSIONS = 10_000;

  /** About what an answer takes, with a long {@code ref}. */
  private static final int REF_BYTES = 256;

  private final LongSupplier nanoClock;
  private final int maxRefs;
  private final AtomicInteger refs = new AtomicInteger();
  private final Map<Key, Live> live = new HashMap<>();

  /** In the order in which their last connections ended. */
  private final LinkedHashMap<Key, Idle> idle = new LinkedHashMap<>();

  private long seats;

  /**
   * Creates an empty set of sessions.
   *
   * @param nanoClock a clock like {@link System#nanoTime}, by which they are forgotten
   * @param maxRefs how many answers are kept before each session keeps fewer
   */
  RefSessions(LongSupplier nanoClock, int maxRefs) {
    this.nanoClock = nanoClock;
    this.maxRefs = maxRefs;
  }

  /** Returns how many answers about a sixteenth of the heap holds. */
  static int maxRefsOfHeap() {
    return (int) Math.min(1 << 20, Runtime.getRuntime().maxMemory() / 16 / REF_BYTES);
  }

  /** Returns a connection's place in its session; {@link Membership#end} gives it up. */
  synchronized Membership attach(Client client, String session) {
    forgetExpired();
    Key key = new Key(client.user(), session);
    Live found = live.get(key);
    if (found == null) {
      Idle kept = idle.remove(key);
      found = new Live(kept == null ? new RefWindow(refs, maxRefs) : kept.window);
      live.put(key, found);
    }
    found.connections++;
    return new Membership(key, found.window, new RefWindow.Seat(client, seats++));
  }

  /** Returns how many sessions are known, with and without a connection. */
  synchronized int size() {
    return live.size() + idle.size();
  }

  private synchronized void detach(Key key) {
    Live left = live.get(key);
    if (--left.connections == 0) {
      live.remove(key);
      if (left.window.size() > 0) { // it changes no more: only connections change it
        idle.put(key, new Idle(left.window, nanoClock.getAsLong()));
      }
    }
    forgetExpired();
  }

  private void forgetExpired() {
    long now = nanoClock.getAsLong();
    Iterator<Idle> oldest = idle.values().iterator();
    while (oldest.hasNext()) {
      Idle next = oldest.next();
      boolean crowded = idle.size() > MAX_IDLE_SESSIONS || refs.get() > maxRefs;
      if (!crowded && now - next.since < FORGET_AFTER.toNanos()) {
        return;
      }
      oldest.remove();
      refs.addAndGet(-next.window.size());
    }
  }

  /** A session is one user's: nobody learns of another's answers by guessing an id. */
  private record Key(Optional<String> user, String session) {
    @Override
    public boolean equals(Object other) { // the JDK's own keeps our class loader: ClassLoaderTest
      return other instanceof Key same && user.equals(same.user) && session.equals(same.session);
    }

    @Override
    public int hashCode() {
      return 31 * user.hashCode() + session.hashCode();
    }
  }

  private record Idle(RefWindow window, long since) {}

  private static final class Live {
    private final RefWindow window;
    private int connections;

    private Live(RefWindow window) {
      this.window = window;
    }
  }

  /** One connection's place in its session. Thread-safe, but for {@link #end}: called once. */
  final class Membership {
    private final Key key;
    private final RefWindow window;
    private final RefWindow.Seat seat;

    private Membership(Key key, RefWindow window, RefWindow.Seat seat) {
      this.key = key;
      this.window = window;
      this.seat = seat;
    }

    /** As {@link RefWindow#begin}. */
    RefWindow.Known begin(Object ref) {
      return window.begin(ref, seat);
    }

    /** As {@link RefWindow#finish}. */
    Client finish(Object ref, Outcome outcome) {
      return window.finish(ref, outcome);
    }

    /** Gives the place up, when nothing that this connection sent is in progress. */
    void end() {
      detach(key);
    }
  }
}
