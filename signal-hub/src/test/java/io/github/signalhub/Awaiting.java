package io.github.signalhub;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a condition that other threads, or a given task, make true. */
public final class Awaiting {
  private Awaiting() {}

  /**
   * Waits until a condition holds or thirty seconds have passed.
   *
   * @param turn a task that runs before each check of the condition
   */
  public static void await(Runnable turn, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    turn.run();
    while (!condition.getAsBoolean() && System.nanoTime() < deadline) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      LockSupport.parkNanos(200_000);
      turn.run();
    }
  }
}
