package io.github.signalhub.internal.log;

/**
 * The retained entries of one topic, in order. A stream keeps them in a {@link RingLog}, a table in
 * a {@link CompactedLog}.
 *
 * <p>One thread at a time writes, under the log's lock; any thread reads at any moment without it.
 * Both keep two rules that make this sound. An entry is there before {@link #last} says so. The
 * {@link #floor} is raised before an evicted entry is taken away. So a reader that finds an entry
 * missing and looks at the floor <em>afterwards</em> sees that something was lost.
 */
public abstract class TopicLog {
  TopicLog() {}

  /** Returns the offset of the newest evicted entry: {@code after < floor} has a gap. */
  public abstract long floor();

  /** Returns the offset of the newest entry ever appended, or the initial floor. */
  public abstract long last();

  /**
   * Returns the offset of the newest entry, up to an offset, that limits may evict or have evicted.
   * It is the initial floor if there is none. No later entry may have been offered to the caller,
   * so that all of them are retained.
   */
  public abstract long lastEvictable(long upTo);

  /** Returns whether newer entries supersede older ones of their key. */
  abstract boolean isCompacted();

  /** Returns how many entries are retained. */
  public abstract int size();

  /**
   * Returns the oldest retained entry after an offset, or {@code null}. If entries after it were
   * evicted, the {@link #floor} read after this call is above the offset.
   */
  public abstract Entry firstAfter(long offset);

  /**
   * Returns the entry that follows one, or {@code null}. If entries between them were evicted, the
   * {@link #floor} read after this call is above the given entry's offset.
   */
  public abstract Entry next(Entry entry);

  // The following methods are guarded by the log's lock.

  /** Returns whether a message of this key may be appended; {@code null} for a stream's. */
  abstract boolean admits(MessageKey key);

  /** Returns the entry that leaves if one of this key is appended, or {@code null}. */
  abstract Entry supersededBy(MessageKey key);

  /** Returns an entry that may be appended next. */
  abstract Entry newEntry(
      Topic topic, long offset, byte[] json, MessageKey key, Sender sender, long nanos);

  /**
   * Appends an entry, and then removes the one that it supersedes.
   *
   * @param superseded as {@link #supersededBy} says; {@code null}: none
   */
  abstract void append(Entry entry, Entry superseded);

  /** Returns the entry to be evicted first, or {@code null} if none may be. */
  abstract Entry oldest();

  /** Evicts the {@link #oldest} entry. */
  abstract void removeOldest();

  /** Raises the floor to an offset, up to which all streams have been emptied. */
  abstract void raiseFloor(long floor);

  /** Returns how many entries count towards the topic's limit: those that may be evicted. */
  abstract int evictable();

  /** Returns how many bytes count towards the topic's limit. */
  abstract long bytes();
}
