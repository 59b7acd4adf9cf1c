package io.github.signalhub.internal.log;

import java.util.concurrent.atomic.AtomicLong;

/**
 * The retained entries of the topics that share a {@link Retention}, oldest first. So the oldest
 * entry is the first to expire, whatever its topic. One list has the entries that limits may make
 * leave. Another has the live entries of tables, which have an age of their own. A list is linked
 * through its entries, so that one leaves from anywhere at no cost. Guarded by the log's lock.
 */
final class ExpiryList {
  final Retention retention;

  /** How many bytes the encoded wire forms of all entries of the log take. Thread-safe. */
  final AtomicLong encodedBytes;

  private Entry oldest;
  private Entry newest;
  private Entry oldestLive;
  private Entry newestLive;

  ExpiryList(Retention retention, AtomicLong encodedBytes) {
    this.retention = retention;
    this.encodedBytes = encodedBytes;
  }

  /** Returns the oldest entry that limits may make leave, or {@code null}. */
  Entry oldest() {
    return oldest;
  }

  /** Returns the oldest live entry of a table, or {@code null}. */
  Entry oldestLive() {
    return oldestLive;
  }

  void add(Entry entry) {
    entry.older = entry.isEvictable() ? newest : newestLive;
    if (entry.older != null) {
      entry.older.newer = entry;
    }
    if (entry.isEvictable()) {
      newest = entry;
      oldest = oldest == null ? entry : oldest;
    } else {
      newestLive = entry;
      oldestLive = oldestLive == null ? entry : oldestLive;
    }
  }

  void remove(Entry entry) {
    if (entry.older != null) {
      entry.older.newer = entry.newer;
    } else if (entry.isEvictable()) {
      oldest = entry.newer;
    } else {
      oldestLive = entry.newer;
    }
    if (entry.newer != null) {
      entry.newer.older = entry.older;
    } else if (entry.isEvictable()) {
      newest = entry.older;
    } else {
      newestLive = entry.older;
    }
    entry.older = null; // an evicted entry that a reader holds must not hold its neighbours
    entry.newer = null;
  }
}
