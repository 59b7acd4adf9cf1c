package io.github.signalhub.redis.internal.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The offset up to which the sink has everything, and what waits for it to grow. Thread-safe; moved
 * by the tail's thread alone.
 */
final class Horizon {
  private record Waiting(long offset, Runnable then) {}

  private final PriorityQueue<Waiting> waiting =
      new PriorityQueue<>(Comparator.comparingLong(Waiting::offset));
  private volatile long offset;

  long offset() {
    return offset;
  }

  /** Runs a task once the sink has everything up to an offset, on this thread or the tail's. */
  void await(long offset, Runnable then) {
    synchronized (this) {
      if (this.offset < offset) {
        waiting.add(new Waiting(offset, then));
        return;
      }
    }
    then.run();
  }

  /** Notes that the sink has everything up to an offset. */
  void moveTo(long offset) {
    List<Runnable> due = List.of();
    synchronized (this) {
      this.offset = offset;
      if (!waiting.isEmpty() && waiting.peek().offset() <= offset) {
        due = new ArrayList<>();
        while (!waiting.isEmpty() && waiting.peek().offset() <= offset) {
          due.add(waiting.poll().then());
        }
      }
    }
    due.forEach(Runnable::run);
  }
}
