package io.github.signalhub.internal.log;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Decides which entries leave the log. Guarded by the log's lock, except {@link #addCachedBytes}
 * and what is said to be a snapshot.
 *
 * <ul>
 *   <li>An entry that some reader has not yet offered to its clients is never evicted. When such
 *       entries alone fill the log, nothing more is admitted.
 *   <li>Passing a topic's limits evicts its oldest entries, but none younger than the grace.
 *   <li>Passing the log's limit evicts the oldest entries of all, the grace notwithstanding.
 *   <li>In a table all this concerns the tombstones alone: the live entries stay, and count.
 *   <li>Age is looked at when something is published, whatever its topic: a few entries of every
 *       pool leave each time. It is also looked at in a topic that a client comes to. There is no
 *       timer.
 * </ul>
 */
final class Eviction {
  /** How many leave one pool. More than one, so that they leave faster than new ones come. */
  private static final int EXPIRED_PER_PUBLISH = 4;

  private final LogLimits limits;
  private final Topics topics;
  private final LongSupplier readersReleased;
  private final AtomicLong cachedBytes = new AtomicLong();
  private volatile long entryBytes;
  private volatile long entries;

  /** A lower bound of what the readers have released, kept because it only grows. */
  private long released;

  /**
   * Decides about no entries yet.
   *
   * @param readersReleased returns up to which offset no reader needs the entries any more
   */
  Eviction(LogLimits limits, Topics topics, LongSupplier readersReleased) {
    this.limits = limits;
    this.topics = topics;
    this.readersReleased = readersReleased;
  }

  /** Returns how many bytes count towards the log's limit. Any thread; a snapshot. */
  long bytes() {
    return entryBytes + cachedBytes.get();
  }

  /** Returns how many entries there are. Any thread; a snapshot. */
  long entries() {
    return entries;
  }

  /** Counts an encoded wire form of a retained entry. Any thread. */
  void addCachedBytes(int bytes) {
    cachedBytes.addAndGet(bytes);
  }

  /** Counts a new entry and queues it for eviction. */
  void added(Entry entry) {
    if (entry.isEvictable()) {
      entry.topic.pool.add(entry);
    }
    entryBytes += entry.sizeBytes();
    entries++;
  }

  /** No longer counts an entry that has left its topic's log. */
  void left(Entry entry) {
    if (entry.isEvictable()) {
      entry.topic.pool.remove(entry);
    }
    entryBytes -= entry.sizeBytes();
    entries--;
    int cached = entry.evict();
    if (cached > 0) {
      cachedBytes.addAndGet(-cached);
    }
  }

  /**
   * Evicts the oldest entries of the log until an entry fits in; whether it does.
   *
   * @param bytes what the entry counts
   * @param superseded what leaves for it; {@code null}: nothing. A tombstone may be evicted here
   */
  boolean makeRoom(int bytes, Entry superseded) {
    if (bytes > limits.maxBytes()) {
      return false; // an empty log would not help
    }
    boolean frees = superseded != null && !superseded.isEvictable();
    long more = frees ? bytes - superseded.sizeBytes() - superseded.cachedBytes() : bytes;
    while (bytes() + more > limits.maxBytes()) {
      Entry victim = oldest();
      if (victim == null || !isReleased(victim)) {
        return false;
      }
      evictOldest(victim.topic);
    }
    return true;
  }

  /** Removes what was written of a private topic; whether one more message may wait in it. */
  boolean admitsPrivate(Topic.Private topic, int bytes) {
    long written = topic.written.getAsLong();
    TopicLog waiting = topic.log();
    while (waiting.size() > 0 && waiting.oldest().offset() <= written) {
      evictOldest(topic);
    }
    return waiting.size() < limits.privateMessages()
        && waiting.bytes() + bytes <= limits.privateBytes();
  }

  /** Brings a topic back within its limits of messages and bytes, as far as that is allowed. */
  void trim(Topic topic, long now) {
    if (topic.isPrivate()) {
      return;
    }
    Retention retention = topic.pool.retention;
    TopicLog retained = topic.log();
    while (retained.evictable() > retention.messages() || retained.bytes() > retention.bytes()) {
      Entry oldest = retained.oldest();
      if (now - oldest.publishedNanos < limits.graceNanos() || !isReleased(oldest)) {
        break;
      }
      evictOldest(topic);
    }
  }

  /** Evicts what is too old in any topic, a few entries of each pool. */
  void age(long now) {
    List<Pool> pools = topics.pools();
    for (int i = 0; i < pools.size(); i++) {
      age(pools.get(i), now);
    }
  }

  private void age(Pool pool, long now) {
    for (int i = 0; i < EXPIRED_PER_PUBLISH; i++) {
      Entry oldest = pool.oldest();
      if (oldest == null || !isExpired(oldest, now)) {
        break;
      }
      evictOldest(oldest.topic);
    }
  }

  /** Evicts what is too old in a topic. */
  void expire(Topic topic, long now) {
    Entry oldest = topic.log().oldest();
    while (oldest != null && isExpired(oldest, now)) {
      evictOldest(topic);
      oldest = topic.log().oldest();
    }
  }

  /** Evicts everything in a topic that has ended. */
  void clear(Topic topic) {
    while (topic.log().size() > 0) {
      evictOldest(topic);
    }
  }

  private boolean isExpired(Entry entry, long now) {
    return now - entry.publishedNanos > entry.topic.pool.retention.ageNanos() && isReleased(entry);
  }

  private boolean isReleased(Entry entry) {
    if (entry.offset() > released) {
      released = readersReleased.getAsLong();
    }
    return entry.offset() <= released;
  }

  private Entry oldest() {
    Entry oldest = null;
    for (Pool pool : topics.pools()) {
      Entry candidate = pool.oldest();
      if (candidate != null && (oldest == null || candidate.offset() < oldest.offset())) {
        oldest = candidate;
      }
    }
    return oldest;
  }

  private void evictOldest(Topic topic) {
    Entry entry = topic.log().oldest();
    topic.log().removeOldest();
    left(entry);
    topics.dropIfUnused(topic);
  }
}
