package io.github.signalhub.internal.session;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Lets each session of a shard that asked for control messages say from time to time how far it is.
 * The sessions are spread over the interval, so that they are not all written to at once. No timer
 * runs while there is none. Confined to the shard's loop.
 */
final class SyncTimer {
  private static final int BUCKETS = 16;

  private final Shard shard;
  private final long bucketNanos;
  private final List<Set<Cursor>> buckets =
      IntStream.range(0, BUCKETS).<Set<Cursor>>mapToObj(i -> new LinkedHashSet<>()).toList();
  private int added;
  private int turn;
  private boolean running;

  /**
   * Creates a timer without sessions.
   *
   * @param intervalNanos how often a session has its turn, in nanoseconds; 0: never
   */
  SyncTimer(Shard shard, long intervalNanos) {
    this.shard = shard;
    this.bucketNanos = intervalNanos == 0 ? 0 : Math.max(1, intervalNanos / BUCKETS);
  }

  void add(Cursor session) {
    if (bucketNanos > 0) {
      buckets.get(added++ & BUCKETS - 1).add(session);
      schedule();
    }
  }

  /** Removes a session; does nothing if it was never added. */
  void remove(Cursor session) {
    buckets.forEach(bucket -> bucket.remove(session));
  }

  private void schedule() {
    if (!running && buckets.stream().anyMatch(bucket -> !bucket.isEmpty())) {
      running = shard.loop().schedule(this::run, bucketNanos);
    }
  }

  private void run() {
    running = false;
    schedule();
    turn = turn + 1 & BUCKETS - 1;
    Set<Cursor> bucket = buckets.get(turn);
    if (!bucket.isEmpty() && shard.isCurrent()) { // else clients hear nothing, and go elsewhere
      shard.advance();
      bucket.forEach(Cursor::sync);
      shard.flushSoon();
    }
  }
}
