package io.github.signalhub.internal.log;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One reader of the log, which is one event loop with all its clients. It knows up to where it has
 * offered everything to them, so that nothing newer is evicted.
 *
 * <p>Why no wake-up is lost: a publisher appends the entry, sets the subscription's flag, and moves
 * the horizon. Only then it looks whether the reader is scheduled. A reader first says that it is
 * no longer scheduled. It reads the horizon and clears each flag. Only then it looks at the log. If
 * a subscription's log is already ahead of that horizon, the reader keeps the subscription for its
 * next turn. The publisher that is about to move the horizon will schedule that turn.
 */
public abstract class LogReader {
  private final AtomicReference<TopicSubscription> flagged = new AtomicReference<>();

  /** Offset of the newest entry that is relevant to this reader. Written under the log's lock. */
  private volatile long newestRelevant;

  /** Up to here every entry that is relevant to this reader was offered to its clients. */
  private volatile long offered;

  /** Up to here no entry was relevant that was not offered. Guarded by the log's lock. */
  private long idleUpTo;

  /** Creates a reader that has nothing to offer. */
  protected LogReader() {}

  /**
   * That a reader follows a topic. It carries the wake-up flag between them: a publisher sets it,
   * the reader clears it and then looks at the log. Extended by the class that keeps the clients.
   */
  public abstract static class TopicSubscription {
    final LogReader reader;
    final Topic topic;

    /** Whether this waits in its reader's stack, or is about to. */
    volatile boolean flagged;

    /** The next of the stack. It belongs to the publisher that set the flag, then to the reader. */
    private TopicSubscription nextFlagged;

    /**
     * Up to this offset the topic's entries left by a decision: the application dropped the topic,
     * or a table shed keys. Written under the log's lock, before the floor is raised.
     */
    private volatile long droppedUpTo;

    /** Ties a topic to a reader; {@link HubLog#link} makes it known to publishers. */
    protected TopicSubscription(Topic topic, LogReader reader) {
      this.topic = topic;
      this.reader = reader;
    }

    /**
     * Returns whether nothing but decisions explains why entries up to a floor left: no client was
     * too slow for them. Thread-safe.
     */
    public final boolean wasDropped(long floor) {
      return floor <= droppedUpTo;
    }

    /** Takes note of a decision. Guarded by the log's lock. */
    final void dropped(long upTo) {
      droppedUpTo = upTo;
    }

    /** Returns the topic. Thread-safe. */
    public final Topic topic() {
      return topic;
    }
  }

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
   * Takes every flagged subscription. Confined to the reader.
   *
   * @param dirty gets each, with its flag cleared. If its log is ahead of the horizon that was read
   *     before this call, it has to be looked at again
   */
  protected final void takeFlagged(Consumer<TopicSubscription> dirty) {
    TopicSubscription link = flagged.getAndSet(null);
    while (link != null) {
      TopicSubscription next = link.nextFlagged;
      link.nextFlagged = null;
      link.flagged = false; // first the flag, then the log: see above
      dirty.accept(link);
      link = next;
    }
  }

  /** Returns whether entries wait to be offered. Any thread; a snapshot. */
  final boolean isBehind() {
    return newestRelevant > offered;
  }

  /** Returns the offset up to which entries may be evicted as far as this reader is concerned. */
  final long released() {
    long done = offered;
    return newestRelevant > done ? Math.max(done, idleUpTo) : Long.MAX_VALUE;
  }

  /** Notes an entry that is relevant to this reader. Guarded by the log's lock. */
  final void flag(TopicSubscription link, long offset) {
    if (!isBehind()) {
      idleUpTo = offset - 1; // a reader that was idle holds up nothing older
    }
    newestRelevant = offset;
    if (!link.flagged) {
      link.flagged = true;
      TopicSubscription head;
      do {
        head = flagged.get();
        link.nextFlagged = head;
      } while (!flagged.compareAndSet(head, link)); // competes with takeFlagged alone
    }
  }
}
