package io.github.signalhub.internal.log;

/**
 * The floors of dropped topics. For each hash of their names, it keeps the highest offset that any
 * of them had evicted. A topic that comes back starts with that floor, so a client that was away is
 * told of the gap. Two names may share a hash. Then a client may be told a gap too many, but never
 * one too few. It takes at most 512 KiB, in pieces that are allocated when they are needed. They
 * are small, because collectors round large arrays up. Guarded by the log's lock.
 */
final class DroppedFloors {
  private static final int MASK = (1 << 16) - 1;
  private static final int PIECE = 1 << 12;
  private long[][] floors;

  /** The least floor of all names. */
  private long least;

  /** Returns the floor that a topic of this name starts with. */
  long floor(String name) {
    int hash = hash(name);
    boolean raised = floors != null && floors[hash / PIECE] != null;
    return raised ? Math.max(least, floors[hash / PIECE][hash % PIECE]) : least;
  }

  /** Raises the floors of all names. */
  void raiseAll(long floor) {
    least = floor;
    floors = null;
  }

  /** Remembers that a topic's entries up to {@code floor} are gone. */
  void raise(String name, long floor) {
    if (floors == null) {
      floors = new long[(MASK + 1) / PIECE][];
    }
    int hash = hash(name);
    if (floors[hash / PIECE] == null) {
      floors[hash / PIECE] = new long[PIECE];
    }
    long[] piece = floors[hash / PIECE];
    piece[hash % PIECE] = Math.max(piece[hash % PIECE], floor);
  }

  private static int hash(String name) {
    int hash = name.hashCode();
    return (hash ^ hash >>> 16) & MASK;
  }
}
