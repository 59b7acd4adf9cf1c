package io.github.signalhub.internal.log;

/**
 * All retained entries of the topics that share a {@link Retention}, oldest first: within a pool
 * the oldest entry is the first to expire, whatever its topic. A doubly linked list through the
 * entries, so that one leaves from anywhere at no cost. Guarded by the log's lock.
 */
final class Pool {
  final Retention retention;
  private Entry oldest;
  private Entry newest;

  Pool(Retention retention) {
    this.retention = retention;
  }

  Entry oldest() {
    return oldest;
  }

  void add(Entry entry) {
    entry.older = newest;
    if (newest == null) {
      oldest = entry;
    } else {
      newest.newer = entry;
    }
    newest = entry;
  }

  void remove(Entry entry) {
    if (entry.older == null) {
      oldest = entry.newer;
    } else {
      entry.older.newer = entry.newer;
    }
    if (entry.newer == null) {
      newest = entry.older;
    } else {
      entry.newer.older = entry.older;
    }
    entry.older = null; // an evicted entry that somebody still holds must not hold its neighbours
    entry.newer = null;
  }
}
