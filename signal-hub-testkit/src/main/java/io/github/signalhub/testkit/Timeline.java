package io.github.signalhub.testkit;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * The future events with their times. The seed orders events that are due at the same time.
 * Confined to the test's thread.
 */
final class Timeline {
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final LongSupplier nanos;
  private final SplittableRandom random;
  private long number;

  Timeline(LongSupplier nanos, SplittableRandom random) {
    this.nanos = nanos;
    this.random = random;
  }

  long now() {
    return nanos.getAsLong();
  }

  /** Runs an action at a time, or soon if that time is over. */
  void at(long due, Runnable action) {
    events.add(new Event(Math.max(due, now()), random.nextInt(), number++, action));
  }

  /** Runs an action after a time. */
  void after(long delayNanos, Runnable action) {
    at(now() + delayNanos, action);
  }

  /** Returns the time of the next event; {@link Long#MAX_VALUE} if there is none. */
  long next() {
    Event next = events.peek();
    return next == null ? Long.MAX_VALUE : next.due;
  }

  boolean isDue() {
    return next() <= now();
  }

  /** Runs the next event. */
  void happen() {
    events.remove().action.run();
  }

  private record Event(long due, int lot, long number, Runnable action)
      implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      if (due != other.due) {
        return Long.compare(due, other.due);
      }
      return lot != other.lot
          ? Integer.compare(lot, other.lot)
          : Long.compare(number, other.number);
    }
  }
}
