package io.github.signalhub.internal.log;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One follower of the log, which is one event loop with all its clients. It knows up to where it
 * has offered everything to them, so that nothing newer is evicted.
 *
 * <p>Why no wake-up is lost: a publisher appends the entry, sets the link's flag, moves the
 * horizon, and only then looks whether the reader is scheduled. A reader first says that it is no
 * longer scheduled, reads the horizon, clears each flag, and only then looks at the log; a link
 * whose log is already ahead of that horizon it keeps for its next turn, and the publisher that is
 * about to move the horizon will schedule that turn.
 */
public abstract class Reader {
  private final AtomicReference<TopicLink> flagged = new AtomicReference<>();

  /** Offset of the newest entry that concerns this reader. Written under the log's lock. */
  private volatile long dirtied;

  /** Up to here every entry that concerns this reader has been offered to its clients. */
  private volatile long offered;

  /** Up to here nothing concerned this reader that was not offered. Guarded by the log's lock. */
  private long unconcerned;

  /** Creates a reader that has nothing to offer. */
  protected Reader() {}

  /**
   * Makes the reader run soon, unless that is already arranged. Called by publishers, without the
   * lock.
   *
   * @return whether this call arranged it
   */
  protected abstract boolean schedule();

  /** Says that everything up to {@code offset} has been offered. Confined to the reader. */
  protected final void offered(long offset) {
    if (offset > offered) {
      offered = offset;
    }
  }

  /** Returns up to where everything has been offered. Confined to the reader. */
  protected final long offered() {
    return offered;
  }

  /**
   * Takes every flagged link. Confined to the reader.
   *
   * @param dirty gets each link, its flag cleared: if its log is ahead of the horizon that was read
   *     before this call, the link has to be looked at again
   */
  protected final void takeFlagged(Consumer<TopicLink> dirty) {
    TopicLink link = flagged.getAndSet(null);
    while (link != null) {
      TopicLink next = link.nextFlagged;
      link.nextFlagged = null;
      link.flagged = false; // first the flag, then the log: see above
      dirty.accept(link);
      link = next;
    }
  }

  /** Returns whether entries wait to be offered. Any thread; a snapshot. */
  final boolean isBehind() {
    return dirtied > offered;
  }

  /** Returns the offset up to which entries may be evicted as far as this reader is concerned. */
  final long released() {
    long done = offered;
    return dirtied > done ? Math.max(done, unconcerned) : Long.MAX_VALUE;
  }

  /** Notes an entry that concerns this reader. Guarded by the log's lock. */
  final void flag(TopicLink link, long offset) {
    if (!isBehind()) {
      unconcerned = offset - 1; // a reader that was idle holds up nothing older
    }
    dirtied = offset;
    if (!link.flagged) {
      link.flagged = true;
      TopicLink head;
      do {
        head = flagged.get();
        link.nextFlagged = head;
      } while (!flagged.compareAndSet(head, link)); // competes with takeFlagged alone
    }
  }
}
