package io.github.signalhub.internal.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RingLogTest {
  private final RingLog log = new RingLog(0);

  @Test
  void emptyLogHasNothingAndRemembersItsFloor() {
    RingLog back = new RingLog(7);

    assertThat(back.firstAfter(0)).isNull();
    assertThat(back.oldest()).isNull();
    assertThat(back.size()).isZero();
    assertThat(back.floor()).isEqualTo(7);
    assertThat(back.last()).isEqualTo(7);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 64, 65, 1_000})
  void everyOffsetIsFoundByTheOneBeforeIt(int entries) {
    appendTo(entries * 10L);

    for (long after = 0; after < entries * 10L; after++) {
      assertThat(log.firstAfter(after).offset()).isEqualTo(after / 10 * 10 + 10);
    }
    assertThat(log.firstAfter(entries * 10L)).isNull();
    assertThat(offsets()).hasSize(entries).isSorted();
  }

  @Test
  void ringGrowsAndShrinksWithoutLosingOrder() {
    appendTo(10_000);
    for (int i = 0; i < 990; i++) {
      log.removeOldest();
    }

    appendTo(10_050);

    assertThat(log.size()).isEqualTo(15);
    assertThat(log.floor()).isEqualTo(9_900);
    assertThat(offsets())
        .containsExactly(
            9_910L, 9_920L, 9_930L, 9_940L, 9_950L, 9_960L, 9_970L, 9_980L, 9_990L, 10_000L,
            10_010L, 10_020L, 10_030L, 10_040L, 10_050L);
  }

  @Test
  void emptiedLogCountsNothingAndGoesOn() {
    appendTo(30);
    while (log.size() > 0) {
      log.removeOldest();
    }

    assertThat(log.bytes()).isZero();
    assertThat(log.floor()).isEqualTo(30);
    appendTo(50);
    assertThat(offsets()).containsExactly(40L, 50L);
  }

  @Test
  void entryThatWasEvictedLeadsToTheOldestRetainedAndTheFloorTellsTheLoss() {
    appendTo(50);
    Entry first = log.firstAfter(0);
    log.removeOldest();
    log.removeOldest();
    log.removeOldest();

    Entry next = log.next(first);

    assertThat(next.offset()).isEqualTo(40);
    assertThat(first.isFollowedBy(next)).isFalse();
    assertThat(log.floor()).isGreaterThan(first.offset());
  }

  @Test
  void indexesMayWrapAroundTheRangeOfInt() throws Exception {
    for (String field : List.of("begin", "end")) {
      var index = RingLog.class.getDeclaredField(field);
      index.setAccessible(true);
      index.setInt(log, Integer.MAX_VALUE - 5);
    }

    appendTo(200);
    for (int i = 0; i < 3; i++) {
      log.removeOldest();
    }

    assertThat(log.size()).isEqualTo(17);
    assertThat(offsets()).hasSize(17).startsWith(40L).endsWith(200L).isSorted();
    for (long after = 30; after < 200; after++) {
      assertThat(log.firstAfter(after).offset()).isEqualTo(after / 10 * 10 + 10);
    }
  }

  @Test
  @Timeout(30)
  void readerMissesNoEntryWithoutTheFloorTellingIt() throws Exception {
    int entries = 300_000;
    ExecutorService threads = Executors.newFixedThreadPool(2);
    try {
      List<Future<Long>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(threads.submit(() -> readUntil(entries)));
      }
      for (int i = 1; i <= entries; i++) {
        log.append(entry(i), null);
        while (log.size() > i % 200) {
          log.removeOldest();
        }
      }
      log.append(entry(entries + 1), null);

      for (Future<Long> reader : readers) {
        assertThat(reader.get(30, TimeUnit.SECONDS)).as("losses without a trace").isZero();
      }
    } finally {
      threads.shutdownNow();
    }
  }

  /** Follows the log, and counts the missed entries that are above the floor. */
  private long readUntil(long last) {
    long at = 0;
    long silentlyMissed = 0;
    while (at < last && !Thread.currentThread().isInterrupted()) {
      Entry entry = log.firstAfter(at);
      silentlyMissed += missed(at, entry);
      while (entry != null) {
        at = entry.offset();
        Entry next = log.next(entry);
        silentlyMissed += missed(at, next);
        entry = next;
      }
    }
    return silentlyMissed;
  }

  /** Offsets are dense here, so a jump is a loss, and the floor must be at its end. */
  private long missed(long at, Entry next) {
    return next == null || next.offset() == at + 1 || log.floor() >= next.offset() - 1 ? 0 : 1;
  }

  private void appendTo(long offset) {
    for (long next = log.last() + 10; next <= offset; next += 10) {
      log.append(entry(next), null);
    }
  }

  private Entry entry(long offset) {
    return log.newEntry(null, offset, new byte[10], null, null, 0);
  }

  private List<Long> offsets() {
    List<Long> offsets = new ArrayList<>();
    for (Entry entry = log.firstAfter(log.floor()); entry != null; entry = log.next(entry)) {
      offsets.add(entry.offset());
    }
    return offsets;
  }
}
