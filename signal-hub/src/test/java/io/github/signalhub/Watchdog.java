package io.github.signalhub;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/** Reports a deadlock or a standstill of threads, with all stacks. */
final class Watchdog implements AutoCloseable {
  private static final long LOOK_MILLIS = 500;

  private final LongSupplier progress;
  private final long patienceNanos;
  private final Consumer<String> alarm;
  private final Thread thread = new Thread(this::watch, "watchdog");

  /**
   * Starts to watch.
   *
   * @param progress a number that changes as long as there is progress
   * @param alarm receives one report; the watch ends after it
   */
  Watchdog(LongSupplier progress, long patienceSeconds, Consumer<String> alarm) {
    this.progress = progress;
    this.patienceNanos = TimeUnit.SECONDS.toNanos(patienceSeconds);
    this.alarm = alarm;
    thread.setDaemon(true);
    thread.start();
  }

  private void watch() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long seen = progress.getAsLong();
    long since = System.nanoTime();
    while (!Thread.currentThread().isInterrupted()) {
      long now = System.nanoTime();
      long present = progress.getAsLong();
      if (present != seen) {
        seen = present;
        since = now;
      }
      long[] deadlocked = threads.findDeadlockedThreads();
      if (deadlocked != null || now - since > patienceNanos) {
        alarm.accept(report(threads, deadlocked));
        return;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static String report(ThreadMXBean threads, long[] deadlocked) {
    String stacks =
        Arrays.stream(threads.dumpAllThreads(true, true))
            .map(ThreadInfo::toString)
            .collect(Collectors.joining());
    return deadlocked == null
        ? "no progress any more\n" + stacks
        : "threads " + Arrays.toString(deadlocked) + " are in a deadlock\n" + stacks;
  }

  @Override
  public void close() {
    thread.interrupt();
  }
}
