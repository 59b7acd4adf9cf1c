package io.github.signalhub.internal.log;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Awaiting;
import io.github.signalhub.spi.WireForm;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class HubLogTest {
  private static final long AGE = 1_000;
  private static final long GRACE = 10;

  /** The size of a message of {@link #json}: 32 bytes of text and the overhead. */
  private static final int SIZE = 32 + Entry.OVERHEAD_BYTES;

  /** The size of a topic with messages and with a name of one character. */
  private static final int TOPIC = Topic.OVERHEAD_BYTES + 1;

  private final AtomicLong clock = new AtomicLong(-5); // negative, as System.nanoTime may be
  private HubLog log = newLog(1 << 20, new Retention(3, 1 << 20, AGE));

  @Nested
  class Appending {
    @Test
    void givesEveryMessageTheNextOffsetWhateverItsTopic() {
      byte[] second = json();

      assertThat(log.append("a", json()).offset()).isEqualTo(1);
      assertThat(log.append("b", second).offset()).isEqualTo(2);
      assertThat(log.append(log.find(HubLog.BROADCAST).orElseThrow(), json()).offset())
          .isEqualTo(3);

      assertThat(log.horizon()).isEqualTo(3);
      assertThat(new String(second, US_ASCII)).isEqualTo("0123456789abcd0000000000000002\"}");
      assertThat(offsets("b")).containsExactly(2L);
    }

    @Test
    void isCountedTheSameInTheMiddleOfARestart() throws Exception {
      log.append("a", json());
      AtomicLong counted = new AtomicLong(-1);
      Thread counting = new Thread(() -> counted.set(log.appended()));

      log.restart(
          2,
          1_000,
          1_000,
          () -> {
            counting.start();
            awaitBlockedOrEnded(counting);
          });
      counting.join();

      assertThat(counted).hasValue(1);
    }

    private static void awaitBlockedOrEnded(Thread thread) {
      Set<Thread.State> states = EnumSet.of(Thread.State.WAITING, Thread.State.TERMINATED);
      try {
        Awaiting.await(() -> {}, () -> states.contains(thread.getState()));
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }

    @Test
    void isRefusedOnceTheLogIsClosedAndLeavesNoTopicBehind() {
      log.append("a", json());

      log.close();

      assertThat(log.append("b", json())).isEqualTo(AppendResult.CLOSED);
      assertThat(log.append(log.find(HubLog.BROADCAST).orElseThrow(), json()))
          .isEqualTo(AppendResult.CLOSED);
      assertThat(log.find("b")).isEmpty();
      assertThat(log.horizon()).isEqualTo(1);
    }

    @Test
    void wakesAReaderOfTheTopicAndItWakesTheNext() {
      FakeReader first = reader("a");
      FakeReader second = reader("a");
      FakeReader other = reader("b");

      log.append("a", json());

      assertThat(List.of(first.scheduled, second.scheduled, other.scheduled))
          .containsExactly(1, 0, 0);
      first.scheduled = 0; // the encoder is running now
      log.wakeAnother(first);
      assertThat(List.of(first.scheduled, second.scheduled, other.scheduled))
          .containsExactly(0, 1, 0);
    }

    @Test
    void readerThatIsAwakeAlreadyDoesNotKeepTheNextAsleep() {
      FakeReader first = reader("a");
      FakeReader second = reader("a");

      log.append("a", json());
      log.append("a", json());

      assertThat(List.of(first.scheduled, second.scheduled)).containsExactly(1, 1);
    }
  }

  @Nested
  class TopicLimits {
    @Test
    void countIsKeptOnceTheGraceIsOver() {
      append("a", 5);
      assertThat(offsets("a")).as("within the grace").hasSize(5);

      clock.addAndGet(GRACE);
      append("a", 1);

      assertThat(offsets("a")).containsExactly(4L, 5L, 6L);
      assertThat(log.find("a").orElseThrow().log().floor()).isEqualTo(3);
    }

    @Test
    void bytesAreKept() {
      log = newLog(1 << 20, new Retention(100, 2 * SIZE, AGE));
      append("a", 2);
      clock.addAndGet(GRACE);

      append("a", 2);

      assertThat(offsets("a")).as("the new are within the grace").containsExactly(3L, 4L);
    }

    @Test
    void ageIsKeptForSilentTopicsToo() {
      append("silent", 2);
      clock.addAndGet(AGE + 1);

      append("a", 1);

      assertThat(log.find("silent")).isEmpty();
      assertThat(log.size()).isEqualTo(1);
      assertThat(log.bytes()).isEqualTo(SIZE + TOPIC);
    }

    @Test
    void ageIsKeptInTopicsOfOtherLimitsToo() {
      Retention other = new Retention(7, 1 << 20, AGE);
      log =
          new HubLog(
              1,
              new LogLimits(1 << 20, Long.MAX_VALUE, GRACE, 64, 64 * 1024),
              name -> name.equals("a") ? other : new Retention(3, 1 << 20, AGE),
              clock::get);
      append("silent", 1);
      append("a", 1);
      clock.addAndGet(AGE + 1);

      append("a", 1);

      assertThat(log.find("silent")).isEmpty();
      assertThat(offsets("a")).containsExactly(3L);
    }

    @Test
    void ageIsKeptWhenAMessageIsRefusedToo() {
      append("silent", 1);
      clock.addAndGet(AGE + 1);

      assertThat(log.append("a", new byte[2 << 20])).isEqualTo(AppendResult.OVERLOADED);

      assertThat(log.find("silent")).isEmpty();
    }

    @Test
    void ageIsKeptWhenSomebodyResumes() {
      reader("a");
      log.append("a", json());
      log.append("b", json());
      Topic topic = log.find("a").orElseThrow();
      clock.addAndGet(AGE + 1);

      log.expire(topic);
      assertThat(topic.log().size()).as("not offered yet").isEqualTo(1);

      log.expire(log.find("b").orElseThrow());
      assertThat(log.find("b")).as("held by the reader that is behind").isPresent();
    }
  }

  @Nested
  class Dropping {
    @Test
    void removesWhatReadersHaveNotOfferedToo() {
      FakeReader reader = reader("a");
      append("a", 2);

      assertThat(log.drop("a")).isTrue();

      assertThat(offsets("a")).isEmpty();
      assertThat(log.find("a").orElseThrow().log().floor()).isEqualTo(2);
      assertThat(log.horizon()).as("a stream takes no place in the order for it").isEqualTo(2);
      assertThat(reader.link.wasDropped(2)).isTrue();
      assertThat(reader.link.wasDropped(3)).isFalse();
      assertThat(log.bytes()).isZero();
    }

    @Test
    void leavesATraceOfATopicWithoutSubscribers() {
      append("a", 2);

      log.drop("a");

      assertThat(log.find("a")).isEmpty();
      append("a", 1);
      assertThat(log.find("a").orElseThrow().log().floor()).isEqualTo(2);
    }

    @Test
    void isRefusedOnceTheLogIsClosed() {
      append("a", 2);
      log.close();

      assertThat(log.drop("a")).isFalse();
    }
  }

  @Nested
  class LogLimit {
    @Test
    void oldestOfAllTopicsMakesRoomWhateverTheGrace() {
      log = newLog(4 * SIZE + 3 * TOPIC, new Retention(100, 1 << 20, AGE));
      append("a", 2);
      append("b", 2);

      append("c", 1);

      assertThat(offsets("a")).containsExactly(2L);
      assertThat(offsets("b")).containsExactly(3L, 4L);
      assertThat(log.bytes()).isEqualTo(4 * SIZE + 3 * TOPIC);
    }

    @Test
    void entriesThatAReaderHasNotOfferedAreNeverEvicted() {
      log = newLog(3 * SIZE + TOPIC, new Retention(1, 1 << 20, 1));
      FakeReader reader = reader("a");
      append("a", 3);
      clock.addAndGet(1_000_000);

      assertThat(log.append("a", json())).isEqualTo(AppendResult.OVERLOADED);
      assertThat(log.append("new", json())).isEqualTo(AppendResult.OVERLOADED);
      assertThat(offsets("a")).containsExactly(1L, 2L, 3L);
      assertThat(log.horizon()).isEqualTo(3);
      assertThat(log.find("new")).as("a topic that was refused its first message").isEmpty();

      reader.offer(3);
      assertThat(log.append("a", json()).offset()).isEqualTo(4);
      assertThat(offsets("a")).containsExactly(4L);
    }

    @Test
    void readerThatWasIdleHoldsUpNothingOlderThanItsFirstEntry() {
      log = newLog(3 * SIZE + 2 * TOPIC + 3, new Retention(100, 1 << 20, AGE));
      reader("rare");
      append("a", 2);
      append("rare", 1);

      assertThat(log.append("a", json()).offset()).isEqualTo(4);
      assertThat(log.append("a", json()).offset()).isEqualTo(5);
      assertThat(log.append("a", json())).isEqualTo(AppendResult.OVERLOADED);
    }

    @Test
    void topicWhoseOnlyEntryMakesRoomForItsNextIsStillFound() {
      log = newLog(SIZE + TOPIC, new Retention(100, 1 << 20, AGE));
      append("a", 1);

      assertThat(log.append("a", json()).offset()).isEqualTo(2);

      assertThat(offsets("a")).containsExactly(2L);
      assertThat(log.find("a").orElseThrow().log().floor()).isEqualTo(1);
    }

    @Test
    void messageThatCouldNeverFitEvictsNothing() {
      log = newLog(2 * SIZE + TOPIC, new Retention(100, 1 << 20, AGE));
      append("a", 2);

      assertThat(log.append("a", new byte[3 * SIZE])).isEqualTo(AppendResult.OVERLOADED);

      assertThat(offsets("a")).containsExactly(1L, 2L);
    }

    @Test
    void wireFormsCountWhileTheirEntryIsRetained() {
      log = newLog(4 * SIZE + TOPIC, new Retention(100, 1 << 20, AGE));
      append("a", 1);
      Entry entry = log.find("a").orElseThrow().log().firstAfter(0);
      WireForm twice = json -> new byte[2 * json.length];
      WireForm late = json -> new byte[json.length];

      byte[] encoded = entry.encode(twice);
      assertThat(entry.encode(twice)).isSameAs(encoded);
      assertThat(entry.encode(WireForm.TEXT)).isSameAs(entry.json());
      assertThat(log.bytes()).isEqualTo(SIZE + TOPIC + 64);

      append("b", 4);
      entry.encode(late);
      assertThat(log.find("a")).isEmpty();
      assertThat(log.bytes()).isEqualTo(4 * SIZE + TOPIC);
    }

    @Test
    void formsThatMakeTheSameFrameShareIt() {
      log = newLog(1 << 20, new Retention(100, 1 << 20, AGE));
      append("a", 1);
      Entry entry = log.find("a").orElseThrow().log().firstAfter(0);
      long before = log.bytes();
      WireForm one = json -> new byte[9];
      WireForm other = json -> new byte[9];

      byte[] frame = entry.encode(one);

      assertThat(entry.encode(other)).isSameAs(frame);
      assertThat(entry.encoded(other)).isSameAs(frame);
      assertThat(log.bytes() - before).isEqualTo(9);
    }

    @Test
    void textsCountWhileTheirEntryIsRetainedAndAreDecodedOnce() {
      log = newLog(1 << 20, new Retention(100, 1 << 20, AGE));
      append("a", 1);
      Entry entry = log.find("a").orElseThrow().log().firstAfter(0);
      long before = log.bytes();
      entry.encode(WireForm.TEXT);

      String text = entry.text(WireForm.TEXT);

      assertThat(entry.text(WireForm.TEXT)).isSameAs(text);
      assertThat(text.getBytes(UTF_8)).isEqualTo(entry.json());
      assertThat(log.bytes() - before).isEqualTo(entry.json().length + Entry.TEXT_OVERHEAD_BYTES);
      clock.addAndGet(AGE + 1);
      log.expire(log.find("a").orElseThrow());
      assertThat(log.bytes()).isZero();
    }

    @Test
    void evictionDoesNotWaitForAnEncodingAndItsBytesAreNotCounted() {
      append("a", 1);
      Entry entry = log.find("a").orElseThrow().log().firstAfter(0);
      WireForm slow =
          json -> {
            clock.addAndGet(AGE + 1);
            CompletableFuture.runAsync(() -> log.expire(entry.topic))
                .orTimeout(30, TimeUnit.SECONDS)
                .join();
            return new byte[9];
          };

      entry.encode(slow);

      assertThat(log.size()).isZero();
      assertThat(log.bytes()).isZero();
    }

    @Test
    void nothingIsCountedOnceEverythingHasLeft() {
      append("a", 3);
      append("b", 3);
      log.find("a").orElseThrow().log().firstAfter(0).encode(json -> new byte[9]);
      clock.addAndGet(AGE + 1);

      log.expire(log.find("a").orElseThrow());
      log.expire(log.find("b").orElseThrow());

      assertThat(log.bytes()).isZero();
      assertThat(log.size()).isZero();
      assertThat(log.topicCount()).as("broadcasts").isEqualTo(1);
    }
  }

  @Nested
  class ForgottenTopics {
    @Test
    void topicThatComesBackTellsWhatItLost() {
      append("a", 2);
      clock.addAndGet(AGE + 1);
      append("b", 1);
      assertThat(log.find("a")).isEmpty();

      log.append("a", json());

      assertThat(log.find("a").orElseThrow().log().floor()).isEqualTo(2);
      assertThat(offsets("a")).containsExactly(4L);
    }

    @Test
    void subscriberAloneMakesATopicComeBackWithItsFloor() {
      append("a", 2);
      clock.addAndGet(AGE + 1);
      append("b", 1);

      reader("a");

      assertThat(log.find("a").orElseThrow().log().floor()).isEqualTo(2);
    }

    @Test
    void topicWithoutEntriesGoesWithItsLastSubscriber() {
      FakeReader reader = reader("a");

      log.unlink(reader.link);
      log.unlink(reader.link);

      assertThat(log.find("a")).isEmpty();
      assertThat(log.topicCount()).isEqualTo(1);
    }
  }

  @Nested
  class PrivateTopics {
    private final AtomicLong written = new AtomicLong();
    private final FakeReader reader = new FakeReader();
    private final FakeLink link =
        log.linkPrivate("$client:x", written::get, topic -> new FakeLink(topic, reader));

    @Test
    void holds64MessagesUntilTheyAreWritten() {
      for (int i = 0; i < 64; i++) {
        assertThat(log.append(link.topic(), json()).offset()).isPositive();
      }
      assertThat(log.append(link.topic(), json())).isEqualTo(AppendResult.FULL);

      written.set(2);

      assertThat(log.append(link.topic(), json()).offset()).isEqualTo(65);
      assertThat(log.append(link.topic(), json()).offset()).isEqualTo(66);
      assertThat(log.append(link.topic(), json())).isEqualTo(AppendResult.FULL);
    }

    @Test
    void holds64KibibytesUntilTheyAreWritten() {
      assertThat(log.append(link.topic(), new byte[40 * 1024]).offset()).isEqualTo(1);
      assertThat(log.append(link.topic(), new byte[40 * 1024])).isEqualTo(AppendResult.FULL);

      written.set(1);

      assertThat(log.append(link.topic(), new byte[40 * 1024]).offset()).isEqualTo(2);
    }

    @Test
    void holdsOneMessageOfAnyLengthWhenNothingWaits() {
      assertThat(log.append(link.topic(), new byte[100 * 1024]).offset()).isEqualTo(1);
      assertThat(log.append(link.topic(), new byte[100 * 1024])).isEqualTo(AppendResult.FULL);

      written.set(1);

      assertThat(log.append(link.topic(), new byte[100 * 1024]).offset()).isEqualTo(2);
    }

    @Test
    void endsWithItsLinkAndLeavesNothing() {
      log.append(link.topic(), json());

      log.unlink(link);

      assertThat(log.append(link.topic(), json())).isEqualTo(AppendResult.CLOSED);
      assertThat(log.size()).isZero();
      assertThat(log.bytes()).isZero();
      assertThat(log.topicCount()).isEqualTo(1);
    }
  }

  private HubLog newLog(long maxBytes, Retention retention) {
    return new HubLog(
        1,
        new LogLimits(maxBytes, Long.MAX_VALUE, GRACE, 64, 64 * 1024),
        name -> retention,
        clock::get);
  }

  private static byte[] json() {
    return ("0123456789abcd" + "0".repeat(16) + "\"}").getBytes(US_ASCII);
  }

  private void append(String topic, int times) {
    for (int i = 0; i < times; i++) {
      assertThat(log.append(topic, json()).offset()).isPositive();
    }
  }

  private List<Long> offsets(String topic) {
    TopicLog entries = log.find(topic).orElseThrow().log();
    List<Long> offsets = new ArrayList<>();
    for (Entry entry = entries.firstAfter(0); entry != null; entry = entries.next(entry)) {
      offsets.add(entry.offset());
    }
    return offsets;
  }

  private FakeReader reader(String topic) {
    return FakeReader.of(log, topic);
  }
}
