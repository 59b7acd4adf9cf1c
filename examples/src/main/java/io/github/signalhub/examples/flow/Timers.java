package io.github.signalhub.examples.flow;

import java.time.Duration;

/** Runs something later; injected so that tests need not wait. */
@FunctionalInterface
public interface Timers {
  /** Runs {@code task} once after {@code delay}; does nothing if that lies beyond the shutdown. */
  void after(Duration delay, Runnable task);
}
