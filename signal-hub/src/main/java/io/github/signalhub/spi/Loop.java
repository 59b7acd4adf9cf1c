package io.github.signalhub.spi;

import java.util.concurrent.Executor;

/**
 * A place where tasks run one at a time and in the order in which they were submitted, with
 * everything done by one visible to the next: an event loop, or a serial view of a thread pool.
 *
 * <p>The state of a link is touched on its loop alone. A hub keeps a shard of its clients per loop,
 * so a transport has a fixed, small number of loops (about one per core) and not one per link.
 * Loops are compared by identity. Thread-safe.
 */
public interface Loop extends Executor {
  /**
   * Runs a task on this loop soon, never within this call. Wakes the loop if it sleeps. A task
   * submitted from the loop itself runs after the loop has looked at its links again, so that a
   * long job cut into tasks starves nobody.
   *
   * @throws java.util.concurrent.RejectedExecutionException if the loop has ended
   */
  @Override
  void execute(Runnable task);

  /**
   * Runs a task on this loop after a time: never early, and at most some tens of milliseconds late
   * unless the loop is busy. A task that is due when the loop has ended never runs.
   *
   * <p>By default a timer thread that all loops share passes the task to {@link #execute}.
   *
   * @param delayNanos the time in nanoseconds; at most 0: soon
   */
  default void schedule(Runnable task, long delayNanos) {
    Timers.schedule(this, task, delayNanos);
  }

  /** Returns whether the calling thread is running a task of this loop. */
  boolean inLoop();
}
