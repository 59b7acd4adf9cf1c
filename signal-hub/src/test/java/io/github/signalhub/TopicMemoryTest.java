package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/**
 * What topics take on the heap, read after full collections; printed, so that it can be compared.
 */
class TopicMemoryTest {
  private static final int TOPICS = 100_000;
  private static final long MIB = 1 << 20;

  /** What is left of forgotten topics, however many they were. */
  private static final long TRACE_BYTES = 512 * 1024;

  /** What a heap may seem to grow by while nothing happens. */
  private static final long NOISE_BYTES = 256 * 1024;

  private final AtomicLong clock = new AtomicLong();

  @Test
  void aHundredThousandTopicsWithAMessageEachTakeAtMost24MebibytesOverTheMessages() {
    Hub hub = newHub();
    long before = usedBytes();
    long messageBytes = publishToEveryTopic(hub);

    long over = usedBytes() - before - messageBytes;

    report("with a message each", over);
    assertThat(hub.stats().retainedMessages()).isEqualTo(TOPICS);
    assertThat(over).isLessThanOrEqualTo(24 * MIB);
  }

  @Test
  void topicsWhoseMessagesExpiredTakeNothingButTheirTrace() {
    Hub hub = newHub();
    long before = usedBytes();
    publishToEveryTopic(hub);
    clock.addAndGet(Duration.ofHours(1).toNanos());
    for (int i = 0; i < TOPICS; i++) {
      hub.broadcast("N", i); // takes some of the expired with it
    }

    long left = usedBytes() - before;

    report("that were forgotten", left);
    assertThat(hub.stats().topics()).as("broadcasts alone").isEqualTo(1);
    assertThat(left).isLessThanOrEqualTo(TRACE_BYTES + NOISE_BYTES);
  }

  private Hub newHub() {
    TopicOptions one = TopicOptions.DEFAULT.withMessages(1);
    return Hub.builder()
        .topicDefaults(one)
        .broadcasts(one)
        .grace(Duration.ZERO)
        .maxLogBytes(256 * MIB)
        .nanoClock(clock::get)
        .build();
  }

  /** Returns the bytes of the messages' text. */
  private static long publishToEveryTopic(Hub hub) {
    long overheads = TOPICS * 96L;
    for (int i = 0; i < TOPICS; i++) {
      hub.publish("flow:" + i, "FLOW_STATUS", "STARTED");
    }
    return hub.stats().retainedBytes() - overheads;
  }

  private static long usedBytes() {
    Runtime runtime = Runtime.getRuntime();
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }

  private static void report(String which, long bytes) {
    System.out.printf(
        "%,d topics %s: %.1f MiB, %.1f bytes each%n",
        TOPICS, which, (double) bytes / MIB, (double) bytes / TOPICS);
  }
}
