package io.github.signalhub.jdkserver.internal.capacity;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.function.BooleanSupplier;

/**
 * The peers that handlers wait for: for the rest of a request, or until a response is read. Each
 * holds a handler's thread, so they have a limit ({@link FairShares}).
 *
 * <p>A peer's bytes may take as long as at {@value #QUICK_BYTES_PER_SECOND} bytes a second. A peer
 * counts as slow once its handler has waited a second longer than that. While all threads are busy,
 * a quarter of a second is enough. A peer that has caught up no longer counts. A handler that waits
 * looks several times at how much the peer has taken, because the socket reports it in large steps
 * only. {@link io.github.signalhub.spi.StallWatch} ends peers that take nothing at all.
 *
 * <p>Thread-safe.
 */
public final class SlowPeers {
  private static final int QUICK_BYTES_PER_SECOND = 64 << 10;
  private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long BUSY_GRACE_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long MAX_LATE_NANOS = 2 * GRACE_NANOS;
  private static final long LOOK_NANOS = BUSY_GRACE_NANOS / 4; // the last looks count in time

  private final FairShares shares;
  private final BooleanSupplier threadsAreBusy;

  /**
   * Creates one that counts nobody.
   *
   * @param most how many peers may be slow at once
   * @param threadsAreBusy whether a request may find no handler's thread
   */
  public SlowPeers(int most, BooleanSupplier threadsAreBusy) {
    this.shares = new FairShares(most);
    this.threadsAreBusy = threadsAreBusy;
  }

  /** Returns whether an address may have one more slow peer. */
  public boolean hasRoom(long address) {
    return shares.hasRoom(address, 1);
  }

  /** Returns how many peers are slow now. */
  public long count() {
    return shares.used();
  }

  /** Returns how many peers may be slow at once. */
  public long most() {
    return shares.capacity();
  }

  /** Returns whether no address may have one more. */
  boolean areAllTaken() {
    return shares.isExhausted();
  }

  /** Returns the waits of a handler in one direction. */
  public Waits of(long address) {
    return new Waits(address);
  }

  /** How long one handler waits for its peer. Guarded by the lock of the condition. */
  public final class Waits {
    private final FairShares.Holding share;
    private long waitedNanos;
    private long lateNanos; // of that, what the bytes since then have not made good

    private Waits(long address) {
      share = shares.holding(address);
    }

    /**
     * Waits for a signal, or until it is worthwhile to look again.
     *
     * @return whether the peer may be waited for; if not, there are too many that are slow
     */
    public boolean await(Condition changed, long atMostNanos) throws InterruptedException {
      if (isLate() && share.isEmpty() && !share.tryTake(1)) {
        return false;
      }
      long nanos = share.isEmpty() ? Math.min(atMostNanos, LOOK_NANOS) : atMostNanos;
      long waited = nanos - changed.awaitNanos(nanos);
      waitedNanos += waited;
      lateNanos = Math.min(MAX_LATE_NANOS, lateNanos + waited);
      return true;
    }

    private boolean isLate() {
      return lateNanos > GRACE_NANOS
          || (lateNanos > BUSY_GRACE_NANOS && threadsAreBusy.getAsBoolean());
    }

    /** Returns whether it matters what the peer has taken by now. */
    public boolean isUncertain() {
      return lateNanos > 0 && share.isEmpty();
    }

    /** The peer has sent or taken bytes. */
    public void moved(long bytes) {
      if (lateNanos > 0) {
        long took = TimeUnit.SECONDS.toNanos(bytes) / QUICK_BYTES_PER_SECOND;
        lateNanos = Math.max(0, lateNanos - took);
        if (lateNanos == 0) {
          share.giveBack();
        }
      }
    }

    /** Returns how long the handler has waited in all. */
    public long waitedNanos() {
      return waitedNanos;
    }

    /** No handler waits any more. Idempotent. */
    public void end() {
      share.end();
    }
  }
}
