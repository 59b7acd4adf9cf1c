package io.github.signalhub.testkit.backbone;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The real time, with one thread. The thread ends soon after the last node has closed, because then
 * there are no more events. Thread-safe.
 */
final class EngineThread implements EngineTime {
  private static final long LOOK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

  private volatile @Nullable Thread thread;
  private final ScheduledThreadPoolExecutor events =
      new ScheduledThreadPoolExecutor(1, this::newThread);

  EngineThread() {
    events.setKeepAliveTime(1, TimeUnit.SECONDS);
    events.allowCoreThreadTimeOut(true);
  }

  private Thread newThread(Runnable work) {
    Thread next = new Thread(work, "memory-engine");
    next.setDaemon(true);
    thread = next;
    return next;
  }

  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public void after(long delayNanos, Runnable event) {
    events.schedule(() -> runLoudly(event), delayNanos, TimeUnit.NANOSECONDS);
  }

  /** An executor keeps the errors of its tasks to itself, such as a failed assertion of a sink. */
  private static void runLoudly(Runnable event) {
    try {
      event.run();
    } catch (Throwable e) {
      Thread here = Thread.currentThread();
      here.getUncaughtExceptionHandler().uncaughtException(here, e);
    }
  }

  @Override
  public void run(Runnable action) {
    if (Thread.currentThread() == thread) {
      action.run();
      return;
    }
    CompletableFuture.runAsync(action, events).join();
  }

  @Override
  public boolean await(BooleanSupplier condition, Duration atMost) throws InterruptedException {
    long deadline = nanos() + atMost.toNanos();
    while (!holds(condition)) {
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (nanos() - deadline >= 0) {
        return false;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
    return true;
  }

  private boolean holds(BooleanSupplier condition) {
    boolean[] holds = new boolean[1];
    run(() -> holds[0] = condition.getAsBoolean());
    return holds[0];
  }
}
