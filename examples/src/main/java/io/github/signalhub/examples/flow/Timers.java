package io.github.signalhub.examples.flow;

import java.time.Duration;

/** Runs tasks later. Injected, so that tests need not wait. */
@FunctionalInterface
public interface Timers {
  /** Runs {@code task} once after {@code delay}. A shutdown drops tasks that are not due yet. */
  void after(Duration delay, Runnable task);
}
