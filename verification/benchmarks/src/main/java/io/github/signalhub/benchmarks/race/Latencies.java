package io.github.signalhub.benchmarks.race;

import java.util.Arrays;

/**
 * Counts durations in buckets that are at most 1.6 % wide, up to 68 seconds. Recording allocates
 * nothing. Not thread-safe.
 */
public final class Latencies {
  private static final int SUB_BITS = 6; // 64 buckets for each power of two
  private static final int SUB_BUCKETS = 1 << SUB_BITS;
  private static final int MAX_BITS = 36;
  private static final long MAX_NANOS = (1L << MAX_BITS) - 1;

  private final long[] counts = new long[bucket(MAX_NANOS) + 1];
  private long count;

  /** Adds a duration. A negative one counts as 0, and one beyond the range as the longest. */
  public void record(long nanos) {
    counts[bucket(Math.max(0, Math.min(nanos, MAX_NANOS)))]++;
    count++;
  }

  /** Forgets everything. */
  public void clear() {
    Arrays.fill(counts, 0);
    count = 0;
  }

  long count() {
    return count;
  }

  /**
   * Returns the duration that a share of all durations does not exceed, rounded up to its bucket's
   * end; 0 if nothing was recorded.
   *
   * @param share more than 0, at most 1
   */
  public long nanosAt(double share) {
    long wanted = Math.max(1, (long) Math.ceil(share * count));
    long seen = 0;
    for (int i = 0; i < counts.length; i++) {
      seen += counts[i];
      if (seen >= wanted) {
        return end(i);
      }
    }
    return 0;
  }

  private static int bucket(long nanos) {
    if (nanos < SUB_BUCKETS) {
      return (int) nanos;
    }
    int shift = Long.SIZE - 1 - Long.numberOfLeadingZeros(nanos) - SUB_BITS;
    return (shift + 1) * SUB_BUCKETS + (int) (nanos >>> shift) - SUB_BUCKETS;
  }

  private static long end(int bucket) {
    if (bucket < SUB_BUCKETS) {
      return bucket;
    }
    int shift = bucket / SUB_BUCKETS - 1;
    return ((long) (bucket % SUB_BUCKETS + SUB_BUCKETS + 1) << shift) - 1;
  }
}
