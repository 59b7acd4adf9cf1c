package io.github.signalhub.spi;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;

/** A loop in virtual time, which runs on the thread of a test. */
final class VirtualLoop implements Loop {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Due> timers = new PriorityQueue<>(Comparator.comparing(Due::nanos));
  private long now;
  private boolean isElsewhere;

  private record Due(long nanos, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean schedule(Runnable task, long delayNanos) {
    timers.add(new Due(now + Math.max(0, delayNanos), task));
    return true;
  }

  @Override
  public boolean inLoop() {
    return !isElsewhere;
  }

  /** Runs a call as if it came from another thread. */
  void elsewhere(Runnable call) {
    isElsewhere = true;
    call.run();
    isElsewhere = false;
  }

  /** Returns the time. */
  long now() {
    return now;
  }

  /** Runs the submitted tasks. */
  void run() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Lets time pass, and runs each timer when it is due. */
  void pass(long nanos) {
    long end = now + nanos;
    run();
    while (!timers.isEmpty() && timers.peek().nanos <= end) {
      Due next = timers.remove();
      now = Math.max(now, next.nanos);
      next.task.run();
      run();
    }
    now = end;
  }

  /** Pauses the process. Timers that become due meanwhile run late. */
  void stand(long nanos) {
    now += nanos;
    pass(0);
  }

  /** Returns the number of remaining timers. */
  int pending() {
    return timers.size();
  }
}
