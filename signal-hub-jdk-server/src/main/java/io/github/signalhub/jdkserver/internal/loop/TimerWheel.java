package io.github.signalhub.jdkserver.internal.loop;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.spi.Loop;
import java.util.function.LongSupplier;

/**
 * The deadlines of one loop's connections: a hashed wheel of {@value #SLOTS} slots. To start or
 * cancel a timer costs the same for ten connections and for a hundred thousand. A timer fires at
 * the first tick that is not before its time. So it is never early. It is late by less than one
 * tick, plus the delay of the loop itself.
 *
 * <p>Time is injected, and the wheel runs nothing by itself. Its owner sleeps for {@link
 * #nanosToNext} and then {@linkplain #poll polls}. Not thread-safe: confined to the loop.
 */
public final class TimerWheel {
  static final int SLOTS = 512;

  private final LongSupplier nanoClock;
  private final long tickNanos;
  private final long start;
  private final Timer[] slots = new Timer[SLOTS]; // heads of circular lists; null until needed
  private final long[] occupied = new long[SLOTS / Long.SIZE];
  private final Timer due = new Timer(null);
  private long tick;
  private int running;

  /** A deadline that can be started, moved and cancelled any number of times. */
  public final class Timer implements Loop.Timer {
    private final Runnable action;
    private Timer previous = this;
    private Timer next = this;
    private long dueTick;

    private Timer(Runnable action) {
      this.action = action;
    }

    /** Fires after this time. An earlier start of this timer does not count any more. */
    @Override
    public void start(long delayNanos) {
      cancel();
      dueTick =
          Math.max(tick + 1, ticksUp(nanoClock.getAsLong() - start + Math.max(0, delayNanos)));
      int slot = slotOf(dueTick);
      if (slots[slot] == null) {
        slots[slot] = new Timer(null);
      }
      insertBefore(slots[slot]);
      occupied[slot / Long.SIZE] |= 1L << slot;
      running++;
    }

    /** Stops the timer. Does nothing if it is not running. */
    @Override
    public void cancel() {
      if (isRunning()) {
        unlink();
        running--;
      }
    }

    /** Returns whether the timer was started, and has not fired or been cancelled since. */
    @Override
    public boolean isRunning() {
      return next != this;
    }

    private void insertBefore(Timer other) {
      previous = other.previous;
      next = other;
      previous.next = this;
      other.previous = this;
    }

    private void unlink() {
      previous.next = next;
      next.previous = previous;
      previous = this;
      next = this;
    }
  }

  /**
   * Creates a wheel without timers.
   *
   * @param tickNanos how fine its deadlines are
   * @param nanoClock a clock as {@link System#nanoTime}
   */
  public TimerWheel(long tickNanos, LongSupplier nanoClock) {
    this.tickNanos = tickNanos;
    this.nanoClock = requireNonNull(nanoClock, "nanoClock");
    this.start = nanoClock.getAsLong();
  }

  /**
   * Returns a timer that is not running.
   *
   * @param action is returned by {@link #poll} when the timer is due
   */
  public Timer timer(Runnable action) {
    return new Timer(requireNonNull(action, "action"));
  }

  /**
   * Stops one timer that is due.
   *
   * @return its action; {@code null} if no timer is due
   */
  public Runnable poll() {
    long now = (nanoClock.getAsLong() - start) / tickNanos;
    while (due.next == due && tick < now) {
      if (running == 0) {
        tick = now;
        return null;
      }
      tick = Math.max(tick + 1, now - SLOTS + 1); // after a long pause every slot is seen once
      collect(slotOf(tick));
    }
    Timer first = due.next;
    if (first == due) {
      return null;
    }
    first.cancel();
    return first.action;
  }

  /**
   * Returns how long the owner may sleep: 0 if a timer may be due, {@link Long#MAX_VALUE} if no
   * timer is running. Timers of later turns of the wheel may make this too short, but never too
   * long.
   */
  long nanosToNext() {
    if (running == 0) {
      return Long.MAX_VALUE;
    }
    if (due.next != due) {
      return 0;
    }
    long next = tick + 1;
    while (next < tick + SLOTS && !isOccupied(slotOf(next))) {
      next++;
    }
    return Math.max(0, start + next * tickNanos - nanoClock.getAsLong());
  }

  /** Returns how many timers are running. */
  public int running() {
    return running;
  }

  private void collect(int slot) {
    if (!isOccupied(slot)) {
      return;
    }
    Timer head = slots[slot];
    Timer each = head.next;
    while (each != head) {
      Timer next = each.next;
      if (each.dueTick <= tick) {
        each.unlink();
        each.insertBefore(due);
      }
      each = next;
    }
    if (head.next == head) {
      occupied[slot / Long.SIZE] &= ~(1L << slot);
    }
  }

  private boolean isOccupied(int slot) {
    return (occupied[slot / Long.SIZE] & 1L << slot) != 0;
  }

  private long ticksUp(long nanos) {
    return (nanos + tickNanos - 1) / tickNanos;
  }

  private static int slotOf(long tick) {
    return (int) (tick & SLOTS - 1);
  }
}
