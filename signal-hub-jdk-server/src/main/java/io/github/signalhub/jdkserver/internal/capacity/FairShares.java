package io.github.signalhub.jdkserver.internal.capacity;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Something of which there is a limited amount, such as threads or memory, divided among addresses.
 * An address may hold three times what is left free. So a single one gets three quarters of all,
 * and the next one three quarters of the rest. An address that held much when nobody else wanted
 * any gets no more until it holds less than its share.
 *
 * <p>Thread-safe.
 */
public final class FairShares {
  private static final int RATIO = 3;

  private final long capacity;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Long> held = new HashMap<>();
  private long used;

  /** Creates shares of which nothing is taken. */
  public FairShares(long capacity) {
    this.capacity = capacity;
  }

  /**
   * Takes some for an address.
   *
   * @param address as {@link ConnectionPermits#key} has it
   * @return whether there was enough; if not, nothing was taken
   */
  public boolean tryTake(long address, long amount) {
    lock.lock();
    try {
      if (!isThereFor(address, amount)) {
        return false;
      }
      used += amount;
      held.merge(address, amount, Long::sum);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives some of what an address holds back. */
  void giveBack(long address, long amount) {
    lock.lock();
    try {
      used -= amount;
      held.compute(address, (same, sum) -> sum == amount ? null : sum - amount);
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether {@link #tryTake} would take this now. */
  public boolean hasRoom(long address, long amount) {
    lock.lock();
    try {
      return isThereFor(address, amount);
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether nothing is left. */
  boolean isExhausted() {
    return used() >= capacity;
  }

  /** Returns how much is taken. */
  public long used() {
    lock.lock();
    try {
      return used;
    } finally {
      lock.unlock();
    }
  }

  /** Returns what one user of this address will hold; nothing yet. */
  public Holding holding(long address) {
    return new Holding(address);
  }

  private boolean isThereFor(long address, long amount) {
    long free = capacity - used;
    long own = held.getOrDefault(address, 0L);
    return amount <= free && (own == 0 || own + amount <= RATIO * free);
  }

  /** What one user of an address holds. Thread-safe. */
  public final class Holding {
    private final long address;
    private long amount; // guarded by the lock
    private boolean ended;

    private Holding(long address) {
      this.address = address;
    }

    /** Returns whether anything is held. */
    boolean isEmpty() {
      lock.lock();
      try {
        return amount == 0;
      } finally {
        lock.unlock();
      }
    }

    /** Takes more; returns whether there was enough. Takes nothing after {@link #end}. */
    public boolean tryTake(long more) {
      lock.lock();
      try {
        if (ended || !FairShares.this.tryTake(address, more)) {
          return false;
        }
        amount += more;
        return true;
      } finally {
        lock.unlock();
      }
    }

    /** Gives all back. */
    void giveBack() {
      lock.lock();
      try {
        if (amount > 0) {
          FairShares.this.giveBack(address, amount);
          amount = 0;
        }
      } finally {
        lock.unlock();
      }
    }

    /** Gives all back, and takes nothing any more. Idempotent. */
    public void end() {
      lock.lock();
      try {
        ended = true;
        giveBack();
      } finally {
        lock.unlock();
      }
    }
  }
}
