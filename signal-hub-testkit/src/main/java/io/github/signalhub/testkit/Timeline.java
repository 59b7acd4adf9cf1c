package io.github.signalhub.testkit;

import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;

/**
 * What is to happen at which time. Of what is due at the same time the seed decides what comes
 * first. Confined to the test's thread.
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

  /** Has something happen at a time, or soon if that is over. */
  void at(long due, Runnable action) {
    events.add(new Event(Math.max(due, now()), random.nextInt(), number++, action));
  }

  /** Has something happen after a time. */
  void after(long delayNanos, Runnable action) {
    at(now() + delayNanos, action);
  }

  /** Returns when the next event is due; {@link Long#MAX_VALUE} if there is none. */
  long next() {
    Event next = events.peek();
    return next == null ? Long.MAX_VALUE : next.due;
  }

  boolean isDue() {
    return next() <= now();
  }

  /** Has the next event happen. */
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
