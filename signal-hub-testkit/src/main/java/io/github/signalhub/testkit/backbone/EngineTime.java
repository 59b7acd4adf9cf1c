package io.github.signalhub.testkit.backbone;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * The time and the thread of an engine and of its nodes. All of their events run on that thread,
 * one after the other. Thread-safe, unless the implementation says otherwise.
 */
interface EngineTime {
  /** Returns the time since an arbitrary moment. */
  long nanos();

  /** Runs an event after a time. Never runs it within this call. */
  void after(long delayNanos, Runnable event);

  /** Runs an action on the thread of the events, and returns when it has run. */
  void run(Runnable action);

  /**
   * Lets events run until a condition holds, which is asked on their thread.
   *
   * @return whether it holds
   */
  boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException;
}
