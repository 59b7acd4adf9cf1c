package io.github.signalhub.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class CompactedLogTest {
  private CompactedLog log = new CompactedLog(0, 3);

  @Test
  void emptyLogHasNothingAndRemembersItsFloor() {
    log = new CompactedLog(7, 3);

    assertThat(log.firstAfter(0)).isNull();
    assertThat(log.oldest()).isNull();
    assertThat(List.of(log.size(), log.evictable())).containsOnly(0);
    assertThat(List.of(log.floor(), log.last())).containsOnly(7L);
  }

  @Nested
  class Superseding {
    @Test
    void leavesTheNewestEntryOfEachKeyInOrder() {
      put(1, "a");
      put(4, "b");
      put(5, "a");
      put(9, "c");

      assertThat(offsets()).containsExactly(4L, 5L, 9L);
      assertThat(log.size()).isEqualTo(3);
      assertThat(log.last()).isEqualTo(9);
    }

    @Test
    void isNoLoss() {
      put(1, "a");
      put(2, "a");
      delete(3, "a");
      delete(4, "a");
      put(5, "a");

      assertThat(log.floor()).isZero();
      assertThat(offsets()).containsExactly(5L);
    }

    @Test
    void readerThatHoldsTheOlderGoesOnBehindIt() {
      put(1, "a");
      put(2, "b");
      Entry first = log.firstAfter(0);

      put(3, "a");

      assertThat(log.next(first).offset()).isEqualTo(2);
      assertThat(log.next(log.next(first)).offset()).isEqualTo(3);
      assertThat(log.next(log.firstAfter(2))).isNull();
    }

    @Test
    void noTwoEntriesAreKnownToBeNeighbours() {
      put(1, "a");
      put(2, "b");
      Entry first = log.firstAfter(0);

      assertThat(first.isFollowedBy(log.next(first))).isFalse();
    }

    @Test
    void everyOffsetIsFoundByTheOneBeforeIt() {
      put(10, "a");
      put(20, "b");
      put(30, "c");

      for (long after = 0; after < 30; after++) {
        assertThat(log.firstAfter(after).offset()).isEqualTo(after / 10 * 10 + 10);
      }
      assertThat(log.firstAfter(30)).isNull();
    }
  }

  @Nested
  class Tombstones {
    @Test
    void takeThePlaceOfTheirKeyAndAreTheOnlyOnesToBeEvicted() {
      put(1, "a");
      put(2, "b");
      delete(3, "a");
      delete(4, "unknown");

      assertThat(offsets()).containsExactly(2L, 3L, 4L);
      assertThat(log.evictable()).isEqualTo(2);
      assertThat(log.oldest().offset()).isEqualTo(3);
    }

    @Test
    void raiseTheFloorWhenTheyAreEvicted() {
      delete(3, "a");
      put(4, "b");
      delete(5, "c");

      log.removeOldest();

      assertThat(log.floor()).isEqualTo(3);
      assertThat(offsets()).containsExactly(4L, 5L);
      log.removeOldest();
      assertThat(log.floor()).isEqualTo(5);
      assertThat(log.oldest()).isNull();
      assertThat(log.last()).as("of a live entry and an evicted one").isEqualTo(5);
    }

    @Test
    void areEvictedInTheOrderOfTheirLatestDeletion() {
      delete(1, "a");
      delete(2, "b");
      delete(3, "a");

      assertThat(log.oldest().offset()).isEqualTo(2);
    }

    @Test
    void countAloneTowardsTheTopicsBytes() {
      put(1, "a");
      assertThat(log.bytes()).isZero();

      delete(2, "a");
      delete(3, "bcd");
      assertThat(log.bytes()).isEqualTo(2 * (10 + 96 + 160) + 2 * (1 + 3));

      put(4, "a");
      log.removeOldest();
      assertThat(log.bytes()).isZero();
    }
  }

  @Nested
  class MaxKeys {
    @Test
    void isForLiveKeysAlone() {
      put(1, "a");
      put(2, "b");
      delete(3, "x");
      assertThat(admits("c")).isTrue();

      put(4, "c");

      assertThat(admits("d")).isFalse();
      assertThat(admits("x")).as("a deleted key that would come back").isFalse();
      assertThat(admits("a")).isTrue();
      assertThat(log.admits(new MessageKey("d", true))).isTrue();
      delete(5, "b");
      assertThat(admits("d")).isTrue();
    }

    private boolean admits(String key) {
      return log.admits(new MessageKey(key, false));
    }
  }

  @Nested
  @Timeout(30)
  class WhileOthersRead {
    private static final int ENTRIES = 300_000;

    /** Follows the log, as a hub's horizon does. */
    private volatile long horizon;

    @Test
    void newestOfAKeyIsMissedOnlyIfTheLogGoesOnBehindTheHorizon() throws Exception {
      assertThat(countedWhile(this::silentlySuperseded, offset -> put(offset, "a"))).isZero();
    }

    @Test
    void noTombstoneIsMissedWithoutTheFloorTellingIt() throws Exception {
      LongConsumer writer =
          offset -> {
            delete(offset, "k" + offset); // no entry is superseded, so a jump is a loss
            while (log.evictable() > offset % 50) {
              log.removeOldest();
            }
          };

      assertThat(countedWhile(this::silentlyEvicted, writer)).isZero();
    }

    /** Counts how often a reader misses the key's entry and does not notice it. */
    private long silentlySuperseded() {
      long at = 0;
      long counted = 0;
      while (at < ENTRIES && !Thread.currentThread().isInterrupted()) {
        long limit = horizon;
        Entry entry = log.firstAfter(at);
        if (entry != null && entry.offset() <= limit) {
          at = entry.offset();
        } else if (limit > at && log.last() <= limit) {
          counted++;
          at = limit;
        }
      }
      return counted;
    }

    /** Counts the jumps over entries that are above the floor. */
    private long silentlyEvicted() {
      long at = 0;
      long counted = 0;
      while (at < ENTRIES && !Thread.currentThread().isInterrupted()) {
        Entry entry = log.firstAfter(at);
        long floor = log.floor();
        if (entry != null) {
          counted += entry.offset() == at + 1 || floor >= entry.offset() - 1 ? 0 : 1;
          at = entry.offset();
        } else {
          at = Math.max(at, floor);
        }
      }
      return counted;
    }

    private long countedWhile(Callable<Long> reader, LongConsumer writer) throws Exception {
      ExecutorService threads = Executors.newFixedThreadPool(2);
      try {
        List<Future<Long>> readers = List.of(threads.submit(reader), threads.submit(reader));
        for (long offset = 1; offset <= ENTRIES; offset++) {
          writer.accept(offset);
          horizon = offset;
        }

        long counted = 0;
        for (Future<Long> counts : readers) {
          counted += counts.get(30, TimeUnit.SECONDS);
        }
        return counted;
      } finally {
        threads.shutdownNow();
      }
    }
  }

  private void put(long offset, String key) {
    append(offset, new MessageKey(key, false));
  }

  private void delete(long offset, String key) {
    append(offset, new MessageKey(key, true));
  }

  private void append(long offset, MessageKey key) {
    Entry entry = log.newEntry(null, offset, new byte[10], key, null, 0);
    log.append(entry, log.supersededBy(key));
  }

  private List<Long> offsets() {
    List<Long> offsets = new ArrayList<>();
    for (Entry entry = log.firstAfter(0); entry != null; entry = log.next(entry)) {
      offsets.add(entry.offset());
    }
    return offsets;
  }
}
