package io.github.signalhub.internal.inbound;

import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.spi.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * The requests of all clients whose answers are pending, the oldest first. Each gets {@link
 * Reply#TIMEOUT} when its time is up. All have the same time, so the oldest is due first.
 *
 * <p>Each loop whose clients wait has one timer. It stops when nothing is pending. A timer of a
 * loop that has ended never runs. Then nobody waits there, and the next call on any loop does its
 * work.
 *
 * <p>Thread-safe. Nothing is settled while the lock is held.
 */
public final class PendingAnswers {
  private final LongSupplier nanoClock;
  private final Duration timeout;
  private final LongAdder timeouts = new LongAdder();

  // guarded by this
  private final LinkedHashMap<Outcome, Long> dueTimes = new LinkedHashMap<>();
  private final Map<Loop, Long> timers = new HashMap<>();
  private boolean closed;

  /**
   * Creates an empty set.
   *
   * @param nanoClock a clock as {@link System#nanoTime}
   * @param timeout how long each may be pending
   */
  public PendingAnswers(LongSupplier nanoClock, Duration timeout) {
    this.nanoClock = nanoClock;
    this.timeout = timeout;
  }

  /**
   * Adds an outcome that is not settled. Settles it at once if the hub is closed.
   *
   * @param loop the loop of the client that waits for it
   */
  void add(Outcome outcome, Loop loop) {
    boolean late;
    synchronized (this) {
      late = closed;
      if (!closed) {
        dueTimes.put(outcome, nanoClock.getAsLong() + timeout.toNanos());
      }
    }
    if (late) {
      outcome.settle(Reply.TIMEOUT);
    } else if (!outcome.waitsIn(this)) {
      remove(outcome); // it was settled before it was added
    } else {
      watch(loop);
    }
  }

  /** Removes an outcome that was settled; does nothing if it is not here. */
  synchronized void remove(Outcome outcome) {
    dueTimes.remove(outcome);
    notifyAll();
  }

  /** Ends what is overdue, and sees to it that a timer of this loop runs while anything is here. */
  void watch(Loop loop) {
    List<Outcome> overdue;
    synchronized (this) {
      long now = nanoClock.getAsLong();
      overdue = takeOverdue(now);
      timers.values().removeIf(at -> at - now <= 0); // it is about to run, or never will
      if (!dueTimes.isEmpty() && !timers.containsKey(loop)) {
        long at = dueTimes.values().iterator().next();
        if (loop.schedule(() -> timeIsUp(loop, at), at - now)) {
          timers.put(loop, at);
        }
      }
    }
    if (!overdue.isEmpty()) {
      timeouts.add(overdue.size());
      HubLogger.HUB.warnCounted(
          "A request got no answer within {0} (requestTimeout): its client is told timeout",
          timeout);
      overdue.forEach(outcome -> outcome.settle(Reply.TIMEOUT));
    }
  }

  private void timeIsUp(Loop loop, long at) {
    synchronized (this) {
      timers.remove(loop, at);
    }
    watch(loop);
  }

  private List<Outcome> takeOverdue(long now) {
    List<Outcome> overdue = new ArrayList<>(0);
    for (Iterator<Map.Entry<Outcome, Long>> oldest = dueTimes.entrySet().iterator();
        oldest.hasNext(); ) {
      Map.Entry<Outcome, Long> one = oldest.next();
      if (one.getValue() - now > 0) {
        break;
      }
      overdue.add(one.getKey());
      oldest.remove();
    }
    return overdue;
  }

  /** Returns how many requests got no answer in time. */
  public long timeouts() {
    return timeouts.sum();
  }

  /** Returns how many answers are pending. */
  public synchronized int size() {
    return dueTimes.size();
  }

  /**
   * Waits until the answers are there that are pending now. Later ones are not waited for.
   *
   * @param deadline a {@link System#nanoTime} after which to wait no longer
   */
  public synchronized void await(long deadline) throws InterruptedException {
    long newest = nanoClock.getAsLong() + timeout.toNanos();
    long left = deadline - System.nanoTime();
    while (!dueTimes.isEmpty() && dueTimes.values().iterator().next() - newest <= 0 && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = deadline - System.nanoTime();
    }
  }

  /** Forgets all answers that are pending, and later ones: no client is there any more. */
  public void close() {
    List<Outcome> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(dueTimes.keySet());
      dueTimes.clear();
      timers.clear();
    }
    all.forEach(outcome -> outcome.settle(Reply.TIMEOUT));
  }
}
