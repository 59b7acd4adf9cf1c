package io.github.signalhub.internal.log;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Decides which entries leave the log. Guarded by the log's lock, except where a snapshot is
 * returned.
 *
 * <ul>
 *   <li>An entry that some reader has not yet offered to its clients is never evicted. When such
 *       entries alone fill the log, nothing more is admitted.
 *   <li>Passing a topic's limits evicts its oldest entries, but none younger than the grace.
 *   <li>Passing the log's limit evicts the oldest entries of all, the grace notwithstanding.
 *   <li>In a table all this concerns the tombstones alone. The live entries stay, and count. All
 *       tables share a budget for them, so that streams keep the rest of the log.
 *   <li>Live entries may have an age too. Once the oldest is a quarter beyond it, the table sheds
 *       all that are older. They leave together, because the table's clients are then sent the rest
 *       anew.
 *   <li>Age is looked at when something is published, whatever its topic: a few entries of every
 *       expiry list leave each time. It is also looked at in a topic that a client comes to. There
 *       is no timer.
 * </ul>
 */
final class Eviction {
  /**
   * How many leave one expiry list. More than one, so that they leave faster than new ones come.
   */
  private static final int EXPIRED_PER_PUBLISH = 4;

  private final LogLimits limits;
  private final Topics topics;
  private final LongSupplier readersReleased;
  private final Marks marks;
  private final AtomicLong encodedBytes;
  private volatile long entryBytes;
  private volatile long entries;
  private volatile long tableBytes;

  /**
   * A lower bound of the offset that the readers have released. It is kept because it only grows.
   */
  private long released;

  /** The part that gives out offsets. */
  interface Marks {
    /**
     * Asks for the removal of a table's entries up to an offset, if offsets are given out
     * elsewhere. Returns whether it did.
     */
    boolean asks(Topic topic, CompactedLog table, long upTo);

    /**
     * Lets a table begin anew at the next offset, for all its readers. Called after live entries
     * left: a reader that sees the new floor finds none of them.
     */
    void beginAnew(Topic topic, CompactedLog table);
  }

  /**
   * Decides about no entries yet.
   *
   * @param readersReleased returns up to which offset no reader needs the entries any more
   */
  Eviction(LogLimits limits, Topics topics, LongSupplier readersReleased, Marks marks) {
    this.limits = limits;
    this.topics = topics;
    this.encodedBytes = topics.encodedBytes();
    this.readersReleased = readersReleased;
    this.marks = marks;
  }

  /** Returns how many bytes count towards the log's limit. Any thread; a snapshot. */
  long bytes() {
    return entryBytes + encodedBytes.get();
  }

  /**
   * Returns how many bytes the live entries of tables are charged to their budget. Any thread; a
   * snapshot.
   */
  long tableBytes() {
    return tableBytes;
  }

  /** Returns how many entries there are. Any thread; a snapshot. */
  long entries() {
    return entries;
  }

  /** Counts a new entry and queues it for eviction. */
  void added(Entry entry) {
    entry.topic.expiry.add(entry);
    count(entry.topic);
    entryBytes += entry.sizeBytes();
    tableBytes += entry instanceof Entry.Keyed row ? row.tableBytes() : 0;
    entries++;
  }

  /** Counts a topic while it has entries, and charges it to the budget while it has live ones. */
  private void count(Topic topic) {
    boolean used = topic.log().size() > 0;
    boolean live = topic.log() instanceof CompactedLog table && table.oldestLive() != null;
    if (used != topic.counted) {
      topic.counted = used;
      entryBytes += used ? topic.sizeBytes() : -topic.sizeBytes();
    }
    if (live != topic.countedAsTable) {
      topic.countedAsTable = live;
      tableBytes += live ? topic.sizeBytes() : -topic.sizeBytes();
    }
  }

  /** No longer counts an entry that has left its topic's log. */
  void left(Entry entry) {
    entry.topic.expiry.remove(entry);
    entryBytes -= entry.sizeBytes();
    tableBytes -= entry instanceof Entry.Keyed row ? row.tableBytes() : 0;
    entries--;
    count(entry.topic);
    int cached = entry.evict();
    if (cached > 0) {
      encodedBytes.addAndGet(-cached);
    }
  }

  /**
   * Evicts the oldest entries of the log until an entry fits in, and returns whether it does.
   *
   * @param topic where the entry goes
   * @param bytes how many the entry counts
   * @param superseded the entry that leaves for it, or {@code null}. A tombstone may be evicted
   *     here
   */
  boolean makeRoom(Topic topic, int bytes, Entry superseded) {
    boolean frees = superseded != null && !superseded.isEvictable();
    long more = frees ? bytes - superseded.sizeBytes() - superseded.cachedBytes() : bytes;
    while (bytes() + more + uncounted(topic) > limits.maxBytes()) {
      Entry victim = oldest();
      if (victim == null || !isReleased(victim)) {
        return false;
      }
      if (bytes + topic.sizeBytes() > limits.maxBytes()) {
        return false; // an empty log would not help
      }
      evictOldest(victim.topic);
    }
    return true;
  }

  /**
   * Returns whether the budget of tables has room for a message. A deletion needs none, and a
   * message that is no larger than the one that it supersedes is always admitted.
   */
  boolean admitsRow(Topic topic, byte[] json, MessageKey key, Sender sender, Entry superseded) {
    if (key == null || key.deletes()) {
      return true;
    }
    int freed = superseded == null ? 0 : ((Entry.Keyed) superseded).tableBytes();
    int ofTopic = topic.countedAsTable ? 0 : topic.sizeBytes();
    int more = Entry.Keyed.tableBytes(json, key, sender) - freed + ofTopic;
    return more <= 0 || tableBytes + more <= limits.maxTableBytes();
  }

  private static int uncounted(Topic topic) {
    return topic.counted ? 0 : topic.sizeBytes();
  }

  /**
   * Removes the entries of a private topic that were written, and returns whether one more message
   * may wait in it. Alone it may be of any length, or a long one would be refused for ever.
   */
  boolean admitsPrivate(Topic.Private topic, int bytes) {
    return admitsPrivate(topic, 0, bytes);
  }

  /**
   * Does the same for one more message besides some that are on their way.
   *
   * @param onTheirWay how many
   * @param bytes those of all of them
   */
  boolean admitsPrivate(Topic.Private topic, int onTheirWay, long bytes) {
    long written = topic.written.getAsLong();
    TopicLog waiting = topic.log();
    while (waiting.size() > 0 && waiting.oldest().offset() <= written) {
      evictOldest(topic);
    }
    return waiting.size() + onTheirWay == 0
        || waiting.size() + onTheirWay < limits.privateMessages()
            && waiting.bytes() + bytes <= limits.privateBytes();
  }

  /** Evicts the oldest entries of a private topic until one more message may wait in it. */
  void makeRoomIn(Topic.Private topic, int bytes) {
    while (!admitsPrivate(topic, bytes)) {
      evictOldest(topic);
    }
  }

  /** Brings a topic back within its limits of messages and bytes, as far as that is allowed. */
  void trim(Topic topic, long now) {
    if (topic.isPrivate()) {
      return;
    }
    Retention retention = topic.expiry.retention;
    TopicLog retained = topic.log();
    while (retained.evictable() > retention.messages() || retained.bytes() > retention.bytes()) {
      Entry oldest = retained.oldest();
      if (now - oldest.publishedNanos < limits.graceNanos() || !isReleased(oldest)) {
        break;
      }
      evictOldest(topic);
    }
  }

  /** Evicts entries of any topic that are too old, a few of each list. */
  void age(long now) {
    List<ExpiryList> lists = topics.expiryLists();
    for (int i = 0; i < lists.size(); i++) {
      age(lists.get(i), now);
    }
  }

  private void age(ExpiryList list, long now) {
    for (int i = 0; i < EXPIRED_PER_PUBLISH; i++) {
      Entry oldest = list.oldest();
      if (oldest == null || !isExpired(oldest, now)) {
        break;
      }
      evictOldest(oldest.topic);
    }
    for (int i = 0; i < EXPIRED_PER_PUBLISH && isDue(list.oldestLive(), now); i++) {
      shed(list.oldestLive().topic, now);
    }
  }

  /** Evicts the entries of a topic that are too old. */
  void expire(Topic topic, long now) {
    Entry oldest = topic.log().oldest();
    while (oldest != null && isExpired(oldest, now)) {
      evictOldest(topic);
      oldest = topic.log().oldest();
    }
    if (topic.log() instanceof CompactedLog table && isDue(table.oldestLive(), now)) {
      shed(topic, now);
    }
  }

  /** Evicts everything in a stream that has ended. */
  void clear(Topic stream) {
    while (stream.log().size() > 0) {
      evictOldest(stream);
    }
  }

  /** Evicts everything in a topic because the application says so, although readers may need it. */
  void drop(Topic topic) {
    removeUpTo(topic, Long.MAX_VALUE);
    if (topic.log() instanceof CompactedLog table) {
      marks.beginAnew(topic, table);
    }
    topics.dropIfUnused(topic);
  }

  /**
   * Removes everything in a topic up to an offset, although readers may need it. A table then has
   * to begin anew, and the topic may be unused.
   *
   * @return whether there was anything
   */
  boolean removeUpTo(Topic topic, long upTo) {
    TopicLog log = topic.log();
    boolean removed = false;
    while (log.oldest() != null && log.oldest().offset() <= upTo) {
      removeOldest(log);
      removed = true;
    }
    return log instanceof CompactedLog table ? removeLive(table, upTo) || removed : removed;
  }

  private boolean removeLive(CompactedLog table, long upTo) {
    boolean removed = false;
    while (table.oldestLive() != null && table.oldestLive().offset() <= upTo) {
      removeOldestLive(table);
      removed = true;
    }
    return removed;
  }

  /** Removes the live entries of a table that are too old, or asks for their removal. */
  private void shed(Topic topic, long now) {
    CompactedLog table = (CompactedLog) topic.log();
    long upTo = 0;
    for (Entry live = table.oldestLive();
        live != null && isKeyOld(live, now, 1) && isReleased(live);
        live = table.nextLive(live)) {
      upTo = live.offset();
    }
    if (!marks.asks(topic, table, upTo)) {
      removeLive(table, upTo);
      marks.beginAnew(topic, table);
      topics.dropIfUnused(topic);
    }
  }

  private void removeOldestLive(CompactedLog table) {
    Entry entry = table.oldestLive();
    table.removeOldestLive();
    left(entry);
  }

  /** Returns whether the oldest live entry of a table is so old that the table sheds. */
  private boolean isDue(Entry oldestLive, long now) {
    return oldestLive != null
        && isKeyOld(oldestLive, now, 1.25)
        && isReleased(oldestLive)
        && !((CompactedLog) oldestLive.topic.log()).isRemovalAsked(oldestLive.offset());
  }

  private static boolean isKeyOld(Entry live, long now, double times) {
    long age = live.topic.expiry.retention.keyAgeNanos();
    return age > 0 && now - live.publishedNanos > age * times;
  }

  private boolean isExpired(Entry entry, long now) {
    return now - entry.publishedNanos > entry.topic.expiry.retention.ageNanos()
        && isReleased(entry);
  }

  private boolean isReleased(Entry entry) {
    if (entry.offset() > released) {
      released = readersReleased.getAsLong();
    }
    return entry.offset() <= released;
  }

  private Entry oldest() {
    Entry oldest = null;
    for (ExpiryList list : topics.expiryLists()) {
      Entry candidate = list.oldest();
      if (candidate != null && (oldest == null || candidate.offset() < oldest.offset())) {
        oldest = candidate;
      }
    }
    return oldest;
  }

  private void evictOldest(Topic topic) {
    removeOldest(topic.log());
    topics.dropIfUnused(topic);
  }

  private void removeOldest(TopicLog log) {
    Entry entry = log.oldest();
    log.removeOldest();
    left(entry);
  }
}
