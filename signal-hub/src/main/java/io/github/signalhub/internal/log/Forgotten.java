package io.github.signalhub.internal.log;

/**
 * What is remembered of topics that were dropped: per hash of their names, the highest offset that
 * any of them had evicted. A topic that comes back starts with that floor, so a client that was
 * away is told of the gap. Two names may share a hash; that tells a gap too many, never one too
 * few. 512 KiB, allocated at the first drop. Guarded by the log's lock.
 */
final class Forgotten {
  private static final int MASK = (1 << 16) - 1;
  private long[] floors;

  /** Returns the floor that a topic of this name starts with. */
  long floor(String name) {
    return floors == null ? 0 : floors[hash(name)];
  }

  /** Remembers that a topic's entries up to {@code floor} are gone. */
  void raise(String name, long floor) {
    if (floors == null) {
      floors = new long[MASK + 1];
    }
    int hash = hash(name);
    floors[hash] = Math.max(floors[hash], floor);
  }

  private static int hash(String name) {
    int hash = name.hashCode();
    return (hash ^ hash >>> 16) & MASK;
  }
}
