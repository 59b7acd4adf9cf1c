package io.github.signalhub.internal.log;

/**
 * All retained entries of the topics that share a {@link Retention}, oldest first: within a pool
 * the oldest entry is the first to expire, whatever its topic. The live entries of tables have an
 * age of their own and are apart. Guarded by the log's lock.
 */
final class Pool {
  final Retention retention;
  private final Line evictable = new Line();
  private final Line live = new Line();

  Pool(Retention retention) {
    this.retention = retention;
  }

  /** Returns the oldest entry that limits may make leave, or {@code null}. */
  Entry oldest() {
    return evictable.oldest;
  }

  /** Returns the oldest live entry of a table, or {@code null}. */
  Entry oldestLive() {
    return live.oldest;
  }

  void add(Entry entry) {
    (entry.isEvictable() ? evictable : live).add(entry);
  }

  void remove(Entry entry) {
    (entry.isEvictable() ? evictable : live).remove(entry);
  }

  /** A doubly linked list through the entries, so that one leaves from anywhere at no cost. */
  private static final class Line {
    private Entry oldest;
    private Entry newest;

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
      entry.older = null; // an evicted entry that somebody holds must not hold its neighbours
      entry.newer = null;
    }
  }
}
