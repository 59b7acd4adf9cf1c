package io.github.signalhub.memory;

import io.github.signalhub.spi.Loop;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A loop that runs when it is told to, on the thread that says so. Thread-safe. */
final class ManualLoop implements Loop {
  private final Queue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final PriorityBlockingQueue<DueTask> timers = new PriorityBlockingQueue<>();
  private final LongSupplier nanoClock;
  private final AtomicLong started = new AtomicLong();
  private volatile Thread running;

  ManualLoop(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public boolean schedule(Runnable task, long delayNanos) {
    long due = nanoClock.getAsLong() + Math.max(0, delayNanos);
    timers.add(new DueTask(due, started.getAndIncrement(), task));
    return true;
  }

  /** Returns when the next timer is due; {@link Long#MAX_VALUE} if there is none. */
  long nextTimer() {
    DueTask next = timers.peek();
    return next == null ? Long.MAX_VALUE : next.due;
  }

  @Override
  public boolean inLoop() {
    return running == Thread.currentThread();
  }

  /** Runs one task now, before all others, unless this is the loop itself. */
  void call(Runnable task) {
    if (inLoop()) {
      task.run();
    } else {
      runHere(task);
    }
  }

  /** Returns whether nothing is queued and no timer is due. */
  boolean isIdle() {
    return tasks.isEmpty() && nextTimer() > nanoClock.getAsLong();
  }

  /** Runs the first task, and returns whether there was one. */
  boolean runTask() {
    while (nextTimer() <= nanoClock.getAsLong()) {
      tasks.add(timers.remove().task);
    }
    Runnable task = tasks.poll();
    if (task == null) {
      return false;
    }
    runHere(task);
    return true;
  }

  private record DueTask(long due, long number, Runnable task) implements Comparable<DueTask> {
    @Override
    public int compareTo(DueTask other) {
      return due != other.due ? Long.compare(due, other.due) : Long.compare(number, other.number);
    }
  }

  private synchronized void runHere(Runnable task) {
    running = Thread.currentThread();
    try {
      task.run();
    } finally {
      running = null;
    }
  }
}
