package io.github.signalhub;

import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What became of the messages with a {@code ref} of one session: those in progress, and the answers
 * to the last {@value #MAX_FINISHED} that are done. What is in progress is never forgotten; there
 * is at most one of it per connection, because a connection's messages are processed one by one.
 * Thread-safe.
 */
final class RefWindow {
  static final int MAX_FINISHED = 1024;

  private final Map<Object, Seat> running = new HashMap<>(2);
  private final LinkedHashMap<Object, Outcome> finished = new LinkedHashMap<>();

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
    if (finished.size() > MAX_FINISHED) {
      Iterator<Object> oldest = finished.keySet().iterator();
      oldest.next();
      oldest.remove();
    }
    return running.remove(ref).client;
  }

  /** Returns how many answers are kept. */
  synchronized int size() {
    return finished.size();
  }
}
