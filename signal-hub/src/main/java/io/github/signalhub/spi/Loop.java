package io.github.signalhub.spi;

import java.util.concurrent.Executor;

/**
 * A place where tasks run one at a time and in the order in which they were submitted. Each task
 * sees all effects of those before it. Examples are an event loop, or a serial view of a thread
 * pool.
 *
 * <p>The state of a link is touched on its loop alone. A hub keeps a shard of its clients per loop.
 * So a transport has a fixed, small number of loops, about one per core, and not one per link.
 * Loops are compared by identity. Thread-safe.
 */
public interface Loop extends Executor {
  /**
   * Runs a task on this loop soon, never within this call. Wakes the loop if it sleeps. A task that
   * the loop itself submits runs after the loop has looked at its links again. So a long job that
   * is cut into tasks starves nobody.
   *
   * <p>If the loop has ended, this does nothing: so have the links that live there.
   */
  @Override
  void execute(Runnable task);

  /**
   * Runs a task on this loop after a time. It never runs early. Unless the loop is busy, it runs at
   * most some tens of milliseconds late. A task that is due when the loop has ended never runs.
   *
   * <p>By default a timer thread that all loops share passes the task to {@link #execute}.
   *
   * @param delayNanos the time in nanoseconds; at most 0: soon
   * @return {@code false} if the loop is known to have ended
   */
  default boolean schedule(Runnable task, long delayNanos) {
    Timers.schedule(this, task, delayNanos);
    return true;
  }

  /** Returns a timer of this loop that is not running. By default uses {@link #schedule}. */
  default Timer timer(Runnable action) {
    return new ScheduledTimer(this, action);
  }

  /** A deadline that can be moved and cancelled any number of times. Confined to its loop. */
  interface Timer {
    /**
     * Runs the action after a time, and not when it was to run before.
     *
     * @param delayNanos as for {@link Loop#schedule}
     */
    void start(long delayNanos);

    /** Does not run the action any more. Does nothing if the timer is not running. */
    void cancel();

    /** Returns whether it was started, and has neither run nor been cancelled since. */
    boolean isRunning();
  }

  /** Returns whether the calling thread is running a task of this loop. */
  boolean inLoop();
}
