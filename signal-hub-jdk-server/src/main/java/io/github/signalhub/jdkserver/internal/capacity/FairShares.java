package io.github.signalhub.jdkserver.internal.capacity;

import io.github.signalhub.internal.address.AddressKey;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Divides a limited amount, such as threads or memory, among addresses. An address may hold three
 * times the free amount. So a single address gets three quarters of all, and the next one gets
 * three quarters of the rest. If an address holds more than its share, it gets no more until it
 * holds less.
 *
 * <p>Thread-safe.
 */
public final class FairShares {
  private static final int RATIO = 3;

  private final long capacity;
  private final OptionalInt maxPerAddress;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Long> held = new HashMap<>();
  private long used;

  /**
   * Creates shares of which nothing is taken.
   *
   * @param capacity the amount to divide
   */
  public FairShares(long capacity) {
    this(capacity, OptionalInt.empty());
  }

  /**
   * Creates shares of which nothing is taken.
   *
   * @param maxPerAddress how much an address may hold; if empty, its fair share
   */
  FairShares(long capacity, OptionalInt maxPerAddress) {
    this.capacity = capacity;
    this.maxPerAddress = maxPerAddress;
  }

  /**
   * Takes an amount for an address.
   *
   * @param address as {@link AddressKey#of} returns it
   * @return whether there was enough; if not, nothing was taken
   */
  public boolean tryTake(long address, long amount) {
    lock.lock();
    try {
      if (!isThereFor(address, amount)) {
        return false;
      }
      used += amount;
      held.put(address, heldBy(address) + amount);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Gives back a part of what an address holds. */
  void giveBack(long address, long amount) {
    lock.lock();
    try {
      used -= amount;
      long left = heldBy(address) - amount;
      if (left == 0) {
        held.remove(address);
      } else {
        held.put(address, left);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether {@link #tryTake} would succeed now. */
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
    return free() <= 0;
  }

  /** Returns how much is left. */
  long free() {
    return capacity - used();
  }

  /** Returns how much there is in all. */
  public long capacity() {
    return capacity;
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

  /** Returns how many addresses hold something. */
  int addresses() {
    lock.lock();
    try {
      return held.size();
    } finally {
      lock.unlock();
    }
  }

  /** Returns an empty holding for one user of an address. */
  public Holding holding(long address) {
    return new Holding(address);
  }

  private long heldBy(long address) {
    return held.getOrDefault(address, 0L);
  }

  private boolean isThereFor(long address, long amount) {
    long free = capacity - used;
    long own = heldBy(address);
    if (maxPerAddress.isPresent()) {
      return amount <= free && own + amount <= maxPerAddress.getAsInt();
    }
    return amount <= free && (own == 0 || own + amount <= RATIO * free);
  }

  /** The amount that one user of an address holds. Thread-safe. */
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

    /**
     * Takes more.
     *
     * @return whether there was enough; {@code false} after {@link #end}
     */
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

    /** Gives all back, for good. Idempotent. */
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
