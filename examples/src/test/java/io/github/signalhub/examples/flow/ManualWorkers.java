package io.github.signalhub.examples.flow;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.Queue;
import java.util.concurrent.Executor;

/** Workers, timers and clock under the control of a test. Confined to the test's thread. */
final class ManualWorkers implements Executor, Timers, InstantSource {
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Timer> timers = new PriorityQueue<>(Comparator.comparing(Timer::at));
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");

  private record Timer(Instant at, Runnable task) {}

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public void after(Duration delay, Runnable task) {
    timers.add(new Timer(now.plus(delay), task));
  }

  @Override
  public Instant instant() {
    return now;
  }

  /** Lets time pass, as a piece of work does while it runs. */
  void pass(Duration duration) {
    now = now.plus(duration);
  }

  int waiting() {
    return tasks.size();
  }

  void runNext() {
    tasks.remove().run();
  }

  /** Runs all tasks, and all timers in the order of their times. */
  void runAll() {
    while (!tasks.isEmpty() || !timers.isEmpty()) {
      if (tasks.isEmpty()) {
        Timer timer = timers.remove();
        now = timer.at().isAfter(now) ? timer.at() : now;
        timer.task().run();
      } else {
        runNext();
      }
    }
  }
}
