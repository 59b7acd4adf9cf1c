package io.github.signalhub.internal.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
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
  private final List<List<Session>> buckets =
      IntStream.range(0, BUCKETS).<List<Session>>mapToObj(i -> new ArrayList<>(0)).toList();
  private int added;
  private int turn;
  private int sessions;
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

  void add(Session session) {
    if (bucketNanos > 0) {
      session.syncBucket = buckets.get(added++ & BUCKETS - 1);
      session.syncIndex = session.syncBucket.size();
      session.syncBucket.add(session);
      sessions++;
      schedule();
    }
  }

  /** Removes a session; does nothing if it was never added. */
  void remove(Session session) {
    List<Session> bucket = session.syncBucket;
    if (bucket != null) {
      Session last = bucket.remove(bucket.size() - 1);
      if (last != session) {
        bucket.set(session.syncIndex, last);
        last.syncIndex = session.syncIndex;
      }
      session.syncBucket = null;
      sessions--;
    }
  }

  private void schedule() {
    if (!running && sessions > 0) {
      try {
        shard.loop().schedule(this::run, bucketNanos);
        running = true;
      } catch (RejectedExecutionException e) {
        // the loop has ended, and its links with it
      }
    }
  }

  private void run() {
    running = false;
    schedule();
    turn = turn + 1 & BUCKETS - 1;
    List<Session> bucket = buckets.get(turn);
    if (!bucket.isEmpty()) {
      shard.advance();
      bucket.forEach(session -> session.cursor().sync());
      shard.flushSoon();
    }
  }
}
