package io.github.signalhub;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What became of the messages with a {@code ref} of one session: those in progress, and the answers
 * to the last {@value #MAX_FINISHED} that are done; fewer, down to {@value #MIN_FINISHED}, if
 * {@link RefSessions} needs room. What is in progress is never forgotten; there is at most one of
 * it per connection, because a connection's messages are processed one by one. Thread-safe.
 */
final class RefWindow {
  static final int MAX_FINISHED = 1024;
  static final int MIN_FINISHED = 64;

  private final Map<Object, Seat> running = new HashMap<>(2);
  private final LinkedHashMap<Object, Outcome> finished = new LinkedHashMap<>();
  private final AtomicInteger all;
  private final AtomicInteger own;

  /**
   * Creates an empty window.
   *
   * @param all how many answers all windows keep together, counted by each of them
   * @param own how many those of the same party keep, counted likewise
   */
  RefWindow(AtomicInteger all, AtomicInteger own) {
    this.all = all;
    this.own = own;
  }

  /**
   * One connection of the session.
   *
   * @param client who is told
   * @param number larger for a later connection
   */
  record Seat(Client client, long number) {}

  /**
   * What is known of a message.
   *
   * @param first whether it is to be processed, and then {@link #finish}ed
   * @param outcome the outcome if it is a repeat of one that is done; empty if that one is in
   *     progress, whose end answers both
   */
  record Known(boolean first, Optional<Outcome> outcome) {
    private static final Known NOTHING = new Known(true, Optional.empty());
    private static final Known IN_PROGRESS = new Known(false, Optional.empty());
  }

  /** Takes a message of a connection, and says what is known of it. */
  synchronized Known begin(Object ref, Seat seat) {
    Outcome outcome = finished.get(ref);
    if (outcome != null) {
      return new Known(false, Optional.of(outcome));
    }
    Seat asked = running.get(ref);
    if (asked == null) {
      running.put(ref, seat);
      return Known.NOTHING;
    }
    if (asked.number < seat.number) { // a former connection's callbacks may ask after a later one
      running.put(ref, seat);
    }
    return Known.IN_PROGRESS;
  }

  /**
   * Keeps the outcome to a message that is done.
   *
   * @return the newest connection that asked for it
   */
  synchronized Client finish(Object ref, Outcome outcome) {
    finished.put(ref, outcome);
    count(1);
    keep(MAX_FINISHED);
    return running.remove(ref).client;
  }

  /** Keeps the newest answers, at most this many. */
  synchronized void keep(int most) {
    Iterator<Object> oldest = finished.keySet().iterator();
    while (finished.size() > most) {
      oldest.next();
      oldest.remove();
      count(-1);
    }
  }

  /** Forgets all answers. */
  synchronized void clear() {
    count(-finished.size());
    finished.clear();
  }

  private void count(int more) {
    all.addAndGet(more);
    own.addAndGet(more);
  }

  /** Returns how many answers are kept. */
  synchronized int size() {
    return finished.size();
  }
}
