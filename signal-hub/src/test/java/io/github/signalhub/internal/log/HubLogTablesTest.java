package io.github.signalhub.internal.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.spi.WireForm;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The log's compacted topics. All other topics are streams. */
class HubLogTablesTest {
  private static final long AGE = 1_000;
  private static final long GRACE = 10;

  /** The size of a message of {@link #json} in a stream; then with a key of one character. */
  private static final int SIZE = 32 + Entry.OVERHEAD_BYTES;

  private static final int KEYED = SIZE + MessageKey.OVERHEAD_BYTES + 2;

  /** The sizes of the topics {@code table} and {@code stream} with messages. */
  private static final int TABLE = Topic.OVERHEAD_BYTES + Topic.TABLE_OVERHEAD_BYTES + 5;

  private static final int STREAM = Topic.OVERHEAD_BYTES + 6;

  private final AtomicLong clock = new AtomicLong(-5);
  private HubLog log = newLog(1 << 20, new Retention(2, 1 << 20, AGE, 3, 0, false));

  @Nested
  class Superseding {
    @Test
    void removesTheOlderAtOnceThoughNobodyWasOfferedIt() {
      reader("table");
      put("a");
      put("b");

      assertThat(put("a").offset()).isEqualTo(3);

      assertThat(offsets()).containsExactly(2L, 3L);
      assertThat(topic().log().floor()).isZero();
      assertThat(log.size()).isEqualTo(2);
      assertThat(log.bytes()).isEqualTo(2 * KEYED + TABLE);
    }

    @Test
    void countsNoWireFormOfTheOlderAnyMore() {
      put("a");
      Entry older = topic().log().firstAfter(0);
      older.encode(json -> new byte[70]);
      assertThat(log.bytes()).isEqualTo(KEYED + TABLE + 70);

      put("a");
      older.encode(json -> new byte[80]);

      assertThat(log.bytes()).isEqualTo(KEYED + TABLE);
    }

    @Test
    void keepsATextOfALiveRowOnlyWithinWhatItIsCharged() {
      log.append("table", new byte[100], new MessageKey("long", false), null);
      Entry row = topic().log().firstAfter(0);
      row.encode(WireForm.TEXT);
      String text = row.text(WireForm.TEXT);
      assertThat(row.text(WireForm.TEXT)).isSameAs(text);
      assertThat(row.cachedBytes()).isEqualTo(100 + Entry.TEXT_OVERHEAD_BYTES);

      row.encode(json -> new byte[160]);

      assertThat(row.cachedBytes()).as("the frame alone").isEqualTo(160);
      assertThat(row.text(WireForm.TEXT)).isEqualTo(text).isNotSameAs(text);
      assertThat(row.cachedBytes()).isEqualTo(160);
    }

    @Test
    void flagsTheReadersOfTheTopic() {
      FakeReader reader = reader("table");
      put("a");
      reader.offer(1);

      put("a");

      assertThat(reader.scheduled).isEqualTo(1);
      assertThat(reader.isBehind()).isTrue();
    }
  }

  @Nested
  class LiveKeys {
    @Test
    void surviveCountBytesAgeAndTheLogsLimit() {
      log = newLog(4 * KEYED + TABLE + STREAM, new Retention(1, 1, 1, 3, 0, false));
      put("a");
      put("b");
      put("c");
      clock.addAndGet(1_000_000);
      for (int i = 0; i < 50; i++) {
        assertThat(log.append("stream", json()).offset()).isPositive();
      }
      log.expire(topic());

      assertThat(offsets()).containsExactly(1L, 2L, 3L);
      assertThat(log.bytes()).isLessThanOrEqualTo(4 * KEYED + TABLE + STREAM);
    }

    @Test
    void makeThePublisherWaitWhenTheyAloneFillTheLog() {
      log = newLog(2 * KEYED + TABLE, new Retention(2, 1 << 20, AGE, 3, 0, false));
      put("a");
      put("b");

      assertThat(put("c")).isEqualTo(AppendResult.OVERLOADED);
      assertThat(log.append("stream", json())).isEqualTo(AppendResult.OVERLOADED);

      assertThat(offsets()).containsExactly(1L, 2L);
      assertThat(log.find("stream")).isEmpty();
    }

    @Test
    void canBeSupersededInALogThatTheyFill() {
      log = newLog(2 * KEYED + TABLE + 7, new Retention(2, 1 << 20, AGE, 3, 0, false));
      put("a");
      put("b");
      topic().log().firstAfter(0).encode(json -> new byte[7]);

      assertThat(put("a").offset()).isEqualTo(3);
      assertThat(delete("b").offset()).isEqualTo(4);
      assertThat(put("c").offset()).as("the tombstone of b makes room").isEqualTo(5);

      assertThat(offsets()).containsExactly(3L, 5L);
      assertThat(log.bytes()).isEqualTo(2 * KEYED + TABLE);
      assertThat(topic().log().floor()).isEqualTo(4);
    }

    @Test
    void beyondTheirLimitAreRefusedAndNothingMakesRoom() {
      log = newLog(4 * KEYED + TABLE + STREAM, new Retention(2, 1 << 20, AGE, 3, 0, false));
      put("a");
      put("b");
      put("c");
      log.append("stream", json());

      assertThat(put("d")).isEqualTo(AppendResult.TOO_MANY_KEYS);

      assertThat(log.horizon()).isEqualTo(4);
      assertThat(log.find("stream")).isPresent();
      assertThat(put("c").offset()).isEqualTo(5);
      assertThat(delete("u").offset()).isEqualTo(6);
      assertThat(delete("a").offset()).isEqualTo(7);
      assertThat(put("d").offset()).isEqualTo(8);
    }
  }

  @Nested
  class Tombstones {
    @Test
    void thatMakeRoomForANewMessageOfTheirKeyLeaveOnce() {
      log = newLog(2 * KEYED + TABLE, new Retention(2, 1 << 20, AGE, 3, 0, false));
      put("a");
      delete("b");

      assertThat(put("b").offset()).isEqualTo(3);

      assertThat(offsets()).containsExactly(1L, 3L);
      assertThat(log.size()).isEqualTo(2);
      assertThat(log.bytes()).isEqualTo(2 * KEYED + TABLE);
    }

    @Test
    void areLimitedByTheTopicsCountOnceTheGraceIsOver() {
      put("a");
      delete("x");
      delete("y");
      delete("z");
      assertThat(offsets()).as("within the grace").containsExactly(1L, 2L, 3L, 4L);

      clock.addAndGet(GRACE);
      put("b");

      assertThat(offsets()).containsExactly(1L, 3L, 4L, 5L);
      assertThat(topic().log().floor()).isEqualTo(2);
      assertThat(log.bytes()).isEqualTo(4 * KEYED + TABLE);
    }

    @Test
    void areLimitedByTheTopicsBytes() {
      log = newLog(1 << 20, new Retention(100, 2 * KEYED, AGE, 3, 0, false));
      delete("x");
      delete("y");
      clock.addAndGet(GRACE);

      put("a");
      assertThat(offsets()).containsExactly(1L, 2L, 3L);

      delete("z");
      assertThat(offsets()).containsExactly(2L, 3L, 4L);
    }

    @Test
    void ageAndAreLookedForWhenSomebodyResumes() {
      put("a");
      delete("x");
      clock.addAndGet(AGE + 1);

      log.expire(topic());

      assertThat(offsets()).containsExactly(1L);
      assertThat(topic().log().floor()).isEqualTo(2);
    }

    @Test
    void stayUntilTheyAreOffered() {
      FakeReader reader = reader("table");
      delete("x");
      clock.addAndGet(AGE + 1);
      log.expire(topic());
      assertThat(offsets()).containsExactly(1L);

      reader.offer(1);
      log.expire(topic());

      assertThat(offsets()).isEmpty();
    }

    @Test
    void makeRoomInAFullLogOldestFirstOfAllTopics() {
      log = newLog(2 * KEYED + SIZE + TABLE + STREAM, new Retention(2, 1 << 20, AGE, 3, 0, false));
      put("a");
      log.append("stream", json());
      delete("x");

      put("b");

      assertThat(log.find("stream")).as("the oldest").isEmpty();
      assertThat(offsets()).as("it was not enough").containsExactly(1L, 4L);
      assertThat(topic().log().floor()).isEqualTo(3);
    }

    @Test
    void thatMakeRoomForTheirOwnKeyComeBackWithTheFloor() {
      log = newLog(KEYED + TABLE, new Retention(2, 1 << 20, AGE, 3, 0, false));
      delete("a");

      assertThat(put("a").offset()).isEqualTo(2);

      assertThat(offsets()).containsExactly(2L);
      assertThat(topic().log().floor()).isEqualTo(1);
      assertThat(log.bytes()).isEqualTo(KEYED + TABLE);
      assertThat(log.size()).isEqualTo(1);
    }

    @Test
    void thatAreSupersededLeaveNothingToBeEvicted() {
      delete("a");
      put("a");
      delete("b");
      clock.addAndGet(AGE + 1);

      log.expire(topic());

      assertThat(offsets()).containsExactly(2L);
      assertThat(topic().log().floor()).isEqualTo(3);
      assertThat(log.bytes()).isEqualTo(KEYED + TABLE);
      assertThat(log.size()).isEqualTo(1);
    }
  }

  @Nested
  class UnusedTopics {
    @Test
    void stayWithALiveKey() {
      put("a");
      FakeReader reader = reader("table");
      reader.offer(1);

      log.unlink(reader.link);

      assertThat(log.find("table")).isPresent();
    }

    @Test
    void goWithTheirLastTombstoneAndLeaveTheirTrace() {
      put("a");
      delete("a");
      clock.addAndGet(AGE + 1);

      log.expire(topic());
      assertThat(log.find("table")).isEmpty();
      assertThat(log.bytes()).isZero();

      put("a");
      assertThat(topic().log().floor()).isEqualTo(2);
    }
  }

  @Test
  void privateTopicIsAStreamWhateverTheOptions() {
    FakeReader reader = new FakeReader();
    FakeLink link = log.linkPrivate("table", () -> 0, topic -> new FakeLink(topic, reader));

    log.append(link.topic(), json());
    log.append(link.topic(), json());

    assertThat(link.topic().isCompacted()).isFalse();
    assertThat(link.topic().log().size()).isEqualTo(2);
    assertThat(log.bytes()).isEqualTo(2 * SIZE + Topic.OVERHEAD_BYTES + 5);
  }

  @Nested
  class KeyAge {
    private static final long KEY_AGE = 1_000;

    @BeforeEach
    void limitIt() {
      log = newLog(1 << 20, new Retention(100, 1 << 20, 1_000_000, 100, KEY_AGE, false));
    }

    @Test
    void hasARemovalAskedForThoughTheTopicOfTheNextMessageIsGone() {
      List<Long> asked = new ArrayList<>();
      log.followOrder((topic, upTo) -> asked.add(upTo));
      log.place("stream", 1, json(), null, null, 0, false);
      log.place("table", 2, json(), new MessageKey("a", false), null, 0, false);
      clock.addAndGet(AGE + 300);

      log.place("stream", 3, json(), null, null, 0, false);

      assertThat(asked).containsExactly(2L);
    }

    @Test
    void keysLeaveTogetherOnceTheOldestIsAQuarterBeyondIt() {
      put("a");
      clock.addAndGet(250);
      put("b");
      clock.addAndGet(1_000);
      put("c");
      assertThat(offsets())
          .as("a is a quarter beyond it, and not more")
          .containsExactly(1L, 2L, 3L);

      clock.addAndGet(1);
      assertThat(log.append("stream", json()).offset()).as("4 has no message").isEqualTo(5);

      assertThat(offsets()).containsExactly(3L);
      assertThat(topic().log().floor()).isEqualTo(4);
      assertThat(log.appended()).isEqualTo(4);
      assertThat(log.bytes()).isEqualTo(KEYED + SIZE + TABLE + STREAM);
      assertThat(log.tableBytes()).isEqualTo(KEYED + 3 * 32 + TABLE);
    }

    @Test
    void isLookedForWhenSomebodyComes() {
      put("a");
      FakeReader reader = reader("table");
      clock.addAndGet(2_000);

      log.expire(topic());

      assertThat(offsets()).isEmpty();
      assertThat(topic().log().floor()).isEqualTo(2);
      assertThat(reader.scheduled).as("its clients are told").isEqualTo(1);
    }

    @Test
    void keysStayUntilTheyAreOffered() {
      FakeReader reader = reader("table");
      put("a");
      clock.addAndGet(2_000);
      log.append("stream", json());
      assertThat(offsets()).containsExactly(1L);

      reader.offer(1);
      log.append("stream", json());

      assertThat(offsets()).isEmpty();
    }

    @Test
    void keyThatGotANewerMessageIsAsOldAsThat() {
      put("a");
      put("b");
      clock.addAndGet(1_000);
      put("a");
      clock.addAndGet(251);

      log.append("stream", json());

      assertThat(offsets()).containsExactly(3L);
    }

    @Test
    void fullTableTakesANewKeyWhenAnOldOneLeaves() {
      log = newLog(1 << 20, new Retention(100, 1 << 20, 1_000_000, 1, KEY_AGE, false));
      put("a");
      assertThat(put("b")).isEqualTo(AppendResult.TOO_MANY_KEYS);
      clock.addAndGet(2_000);

      assertThat(put("b").offset()).isEqualTo(3);
    }

    @Test
    void tableWithoutSubscribersGoesWithItsLastKeyAndLeavesItsTrace() {
      put("a");
      clock.addAndGet(2_000);

      log.append("stream", json());

      assertThat(log.find("table")).isEmpty();
      put("b");
      assertThat(topic().log().floor()).isEqualTo(2);
    }
  }

  @Nested
  class Budget {
    /** The charge of a row of one character. */
    private static final int CHARGE = KEYED + 3 * 32;

    @Test
    void isSharedByAllTablesAndLeavesStreamsTheRest() {
      log =
          new HubLog(
              1,
              new LogLimits(1 << 20, 2 * (CHARGE + TABLE) + 1, GRACE, 64, 64 * 1024),
              name -> new Retention(100, 1 << 20, AGE, name.startsWith("table") ? 9 : 0, 0, false),
              clock::get);
      put("a");
      assertThat(log.append("table2", json(), new MessageKey("a", false), null).offset())
          .isPositive();

      assertThat(put("b")).isEqualTo(AppendResult.TABLES_FULL);
      assertThat(log.append("table3", json(), new MessageKey("a", false), null))
          .isEqualTo(AppendResult.TABLES_FULL);

      assertThat(log.find("table3")).as("it was created for that message").isEmpty();
      assertThat(log.append("stream", json()).offset()).isEqualTo(3);
      assertThat(put("a").offset()).as("no larger than what it supersedes").isEqualTo(4);
      assertThat(delete("a").offset()).isEqualTo(5);
      assertThat(put("b").offset()).isEqualTo(6);
      assertThat(log.tableBytes()).isEqualTo(2 * (CHARGE + TABLE) + 1);
    }
  }

  @Nested
  class Dropping {
    @Test
    void removesEverythingAndTakesAPlaceInTheOrder() {
      put("a");
      delete("b");
      FakeReader reader = reader("table");

      assertThat(log.drop("table")).isTrue();

      assertThat(offsets()).isEmpty();
      assertThat(log.horizon()).isEqualTo(3);
      assertThat(log.appended()).isEqualTo(2);
      assertThat(topic().log().floor()).isEqualTo(3);
      assertThat(topic().log().last()).isEqualTo(3);
      assertThat(reader.scheduled).isEqualTo(1);
      assertThat(reader.link.wasDropped(3)).isTrue();
      assertThat(log.bytes()).isZero();
      assertThat(log.tableBytes()).isZero();
      assertThat(put("a").offset()).isEqualTo(4);
      assertThat(topic().log().floor()).isEqualTo(3);
    }

    @Test
    void ofATableWithoutSubscribersLeavesItsTrace() {
      put("a");

      log.drop("table");

      assertThat(log.find("table")).isEmpty();
      put("a");
      assertThat(topic().log().floor()).isEqualTo(2);
    }

    @Test
    void ofATombstoneThatIsEvictedLaterDoesNotLowerTheFloor() {
      put("a");
      delete("x");
      log.drop("table");
      delete("y");
      clock.addAndGet(AGE + 1);
      log.expire(log.find("table").orElseThrow());

      put("b");

      assertThat(topic().log().floor()).isEqualTo(4);
    }

    @Test
    void ofNothingDoesNothing() {
      assertThat(log.drop("unknown")).isFalse();
      reader("table");
      assertThat(log.drop("table")).isFalse();
      assertThat(log.horizon()).isZero();
    }
  }

  private HubLog newLog(long maxBytes, Retention table) {
    Retention stream = new Retention(100, 1 << 20, AGE);
    return new HubLog(
        1,
        new LogLimits(maxBytes, Long.MAX_VALUE, GRACE, 64, 64 * 1024),
        name -> name.equals("table") ? table : stream,
        clock::get);
  }

  private static byte[] json() {
    return ("0123456789abcd" + "0".repeat(16) + "\"}").getBytes(US_ASCII);
  }

  private AppendResult put(String key) {
    return log.append("table", json(), new MessageKey(key, false), null);
  }

  private AppendResult delete(String key) {
    return log.append("table", json(), new MessageKey(key, true), null);
  }

  private Topic topic() {
    return log.find("table").orElseThrow();
  }

  private List<Long> offsets() {
    List<Long> offsets = new ArrayList<>();
    TopicLog entries = topic().log();
    for (Entry entry = entries.firstAfter(0); entry != null; entry = entries.next(entry)) {
      offsets.add(entry.offset());
    }
    return offsets;
  }

  private FakeReader reader(String topic) {
    return FakeReader.of(log, topic);
  }
}
