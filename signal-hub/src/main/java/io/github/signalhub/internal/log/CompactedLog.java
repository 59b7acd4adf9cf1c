package io.github.signalhub.internal.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/**
 * The log of a table: the newest entry of each key. One that deletes its key is a tombstone, which
 * may be evicted. All others, the live ones, stay until they are superseded or the table
 * {@linkplain #beginAnew begins anew}. It does so when keys are too old, or the topic is dropped.
 *
 * <p>Readers see the entries by offset and nothing else. How a newer entry supersedes the older of
 * its key under their eyes:
 *
 * <ul>
 *   <li>First the newer one is there, and {@link #last} says so. Only then the older one leaves. A
 *       reader looks no further than its horizon. If it misses the older one, it finds that the log
 *       goes on after its horizon, and comes again. An entry that was superseded is no loss, so the
 *       floor stays.
 *   <li>A reader that holds the older one already gives it out, and the newer one later.
 *   <li>Every other entry keeps its place, so no search misses it.
 * </ul>
 */
final class CompactedLog extends TopicLog {
  private final ConcurrentSkipListMap<Long, Entry.Keyed> entries = new ConcurrentSkipListMap<>();

  /** Oldest first, as the tombstones are. */
  private final LinkedHashMap<String, Entry.Keyed> live = new LinkedHashMap<>();

  private final LinkedHashMap<String, Entry.Keyed> tombstones = new LinkedHashMap<>();

  private final int maxKeys;

  /** Offset of the newest tombstone that was evicted, or at which the table began anew. */
  private volatile long floor;

  private volatile long last;

  /** The newest offset at which a key was deleted or the table began anew, or the initial floor. */
  private volatile long lastTombstone;

  private volatile int size;
  private long tombstoneBytes;

  /** The removal of entries up to this offset was asked for. Guarded by the log's lock. */
  private long removalAsked;

  CompactedLog(long floor, int maxKeys) {
    this.floor = floor;
    this.last = floor;
    this.lastTombstone = floor;
    this.maxKeys = maxKeys;
  }

  @Override
  boolean isCompacted() {
    return true;
  }

  @Override
  public long floor() {
    return floor;
  }

  @Override
  public long last() {
    return last;
  }

  @Override
  public long lastEvictable(long upTo) {
    if (lastTombstone <= upTo) {
      return lastTombstone;
    }
    for (Entry.Keyed entry : entries.headMap(upTo, true).descendingMap().values()) {
      if (entry.isEvictable()) {
        return entry.offset();
      }
    }
    return Math.min(floor, upTo);
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Entry firstAfter(long offset) {
    Map.Entry<Long, Entry.Keyed> found = entries.higherEntry(offset);
    return found == null ? null : found.getValue();
  }

  @Override
  public Entry next(Entry entry) {
    return firstAfter(entry.offset());
  }

  @Override
  boolean admits(MessageKey key) {
    return key.deletes() || live.size() < maxKeys || live.containsKey(key.name());
  }

  @Override
  Entry supersededBy(MessageKey key) {
    Entry.Keyed found = live.get(key.name());
    return found != null ? found : tombstones.get(key.name());
  }

  @Override
  Entry newEntry(Topic topic, long offset, byte[] json, MessageKey key, Sender sender, long nanos) {
    return sender == null
        ? new Entry.Keyed(topic, offset, json, key, nanos)
        : new Entry.KeyedForOthers(topic, offset, json, key, sender, nanos);
  }

  @Override
  void append(Entry appended, Entry superseded) {
    Entry.Keyed entry = (Entry.Keyed) appended;
    entries.put(entry.offset(), entry);
    last = entry.offset();
    if (superseded != null) {
      remove((Entry.Keyed) superseded); // only now: see above
    }
    if (entry.isEvictable()) {
      lastTombstone = entry.offset();
      tombstones.put(entry.key.name(), entry);
      tombstoneBytes += entry.sizeBytes();
    } else {
      live.put(entry.key.name(), entry);
    }
    size = live.size() + tombstones.size();
  }

  @Override
  Entry oldest() {
    return tombstones.isEmpty() ? null : tombstones.values().iterator().next();
  }

  @Override
  void removeOldest() {
    Entry.Keyed entry = (Entry.Keyed) oldest();
    floor = Math.max(floor, entry.offset());
    remove(entry);
    size = live.size() + tombstones.size();
  }

  /**
   * Raises the floor to an offset that no entry has: every client that has read less begins anew.
   * Called after live entries were removed. A reader that read some of them before has read less.
   */
  void beginAnew(long offset) {
    floor = offset;
    lastTombstone = offset;
    last = offset;
  }

  @Override
  void raiseFloor(long raised) {
    beginAnew(raised);
  }

  /** Returns the live entry after one, or {@code null}. */
  Entry.Keyed nextLive(Entry live) {
    Entry next = next(live);
    while (next != null && next.isEvictable()) {
      next = next(next);
    }
    return (Entry.Keyed) next;
  }

  /** Takes note that the removal of entries up to an offset was asked for; 0: it was not. */
  void removalAsked(long upTo) {
    removalAsked = upTo;
  }

  /** Returns whether the removal of the entry of an offset was asked for. */
  boolean isRemovalAsked(long offset) {
    return offset <= removalAsked;
  }

  /** Returns the oldest live entry, or {@code null}. */
  Entry.Keyed oldestLive() {
    return live.isEmpty() ? null : live.values().iterator().next();
  }

  /** Removes the {@link #oldestLive} entry. */
  void removeOldestLive() {
    remove(oldestLive());
    size = live.size() + tombstones.size();
  }

  @Override
  int evictable() {
    return tombstones.size();
  }

  @Override
  long bytes() {
    return tombstoneBytes;
  }

  private void remove(Entry.Keyed entry) {
    entries.remove(entry.offset());
    if (entry.isEvictable()) {
      tombstones.remove(entry.key.name());
      tombstoneBytes -= entry.sizeBytes();
    } else {
      live.remove(entry.key.name());
    }
  }
}
