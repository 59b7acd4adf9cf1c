package io.github.signalhub;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Measures the heap that topics take, after full collections, and prints it for comparison. Each
 * figure has its own process, because other tests would change a shared heap.
 */
@Timeout(120)
class TopicMemoryIT {
  private static final int TOPICS = 100_000;
  private static final long MIB = 1 << 20;

  /** The most bytes for the traces of any number of forgotten topics. */
  private static final long TRACE_BYTES = 512 * 1024;

  /** The noise of a heap measurement, in bytes. */
  private static final long NOISE_BYTES = 256 * 1024;

  @Test
  void aHundredThousandTopicsWithAMessageEachTakeAtMost24MebibytesOverTheMessages()
      throws Exception {
    long over = measure("full");

    report("with a message each", over);
    assertThat(over).isLessThanOrEqualTo(24 * MIB);
  }

  @Test
  void topicsWhoseMessagesExpiredTakeNothingButTheirTrace() throws Exception {
    long left = measure("expired");

    report("that were forgotten", left);
    assertThat(left).isLessThanOrEqualTo(TRACE_BYTES + NOISE_BYTES);
  }

  private static long measure(String what) throws IOException, InterruptedException {
    return Long.parseLong(OwnJvm.run("256m", Measurement.class, what).get(0));
  }

  private static void report(String which, long bytes) {
    System.out.printf(
        "%,d topics %s: %.1f MiB, %.1f bytes each%n",
        TOPICS, which, (double) bytes / MIB, (double) bytes / TOPICS);
  }

  /** The process, which prints one figure. */
  static final class Measurement {
    private static final AtomicLong CLOCK = new AtomicLong();

    private Measurement() {}

    public static void main(String[] args) {
      System.out.println(args[0].equals("full") ? overTheMessages() : leftOfForgotten());
    }

    private static long overTheMessages() {
      Hub hub = newHub();
      long before = OwnJvm.usedBytes();
      long messageBytes = publishToEveryTopic(hub);

      long over = OwnJvm.usedBytes() - before - messageBytes;

      assertThat(hub.stats().retainedMessages()).isEqualTo(TOPICS);
      return over;
    }

    private static long leftOfForgotten() {
      Hub hub = newHub();
      long before = OwnJvm.usedBytes();
      publishToEveryTopic(hub);
      CLOCK.addAndGet(Duration.ofHours(1).toNanos());
      for (int i = 0; i < TOPICS; i++) {
        hub.broadcast("N", i); // also removes some expired entries
      }

      long left = OwnJvm.usedBytes() - before;

      assertThat(hub.stats().topics()).as("broadcasts alone").isEqualTo(1);
      return left;
    }

    private static Hub newHub() {
      TopicOptions one = TopicOptions.DEFAULT.withMessages(1);
      return Hub.builder()
          .topicDefaults(one)
          .broadcasts(one)
          .retentionGrace(Duration.ZERO)
          .maxLogBytes(256 * MIB)
          .nanoClock(CLOCK::get)
          .build();
    }

    /** Returns the bytes of the messages' text. */
    private static long publishToEveryTopic(Hub hub) {
      long overheads = TOPICS * (96L + 128);
      for (int i = 0; i < TOPICS; i++) {
        overheads += ("flow:" + i).length();
        hub.topic("flow:" + i).publish("FLOW_STATUS", "STARTED");
      }
      return hub.stats().retainedBytes() - overheads;
    }
  }
}
