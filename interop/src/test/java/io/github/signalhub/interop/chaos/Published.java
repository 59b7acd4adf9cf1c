package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Publishes, and remembers what and where. Thread-safe. */
final class Published {
  /** Stands for broadcasts among topics. */
  static final String BROADCAST = "";

  private static final int PADDING_BYTES = 5_000;
  private static final String PADDING = "p".repeat(PADDING_BYTES);

  private final Hub hub;
  private final Map<String, Sequence> byTopic = new HashMap<>();
  private int count;
  private long last;

  Published(Hub hub) {
    this.hub = hub;
  }

  /**
   * Publishes to broadcasts and to topics in turn, at a constant rate.
   *
   * @param topics how many topics there are, {@code t0} and so on; half of all are broadcasts
   */
  void run(int perSecond, double seconds, int topics, SplittableRandom random)
      throws InterruptedException {
    long start = System.nanoTime();
    int total = (int) (perSecond * seconds);
    for (int i = 0; i < total; i++) {
      long early = start + i * 1_000_000_000L / perSecond - System.nanoTime();
      if (early > 0) {
        TimeUnit.NANOSECONDS.sleep(early); // a rate takes its time
      }
      publish(random.nextBoolean() ? BROADCAST : "t" + random.nextInt(topics), random);
    }
  }

  /** Publishes one to everybody, behind all others. */
  void finish(SplittableRandom random) {
    publish(BROADCAST, random);
  }

  private synchronized void publish(String topic, SplittableRandom random) {
    int padding = random.nextInt(50) == 0 ? random.nextInt(PADDING_BYTES) : random.nextInt(50);
    Message message = Message.of("N", Map.of("n", count, "padding", PADDING.substring(0, padding)));
    PublishResult result =
        topic.equals(BROADCAST) ? hub.broadcast(message) : hub.publish(topic, message);
    assertThat(result.isAccepted()).as(result.toString()).isTrue();
    last = Ids.offset(result.id().orElseThrow());
    byTopic.computeIfAbsent(topic, name -> new Sequence()).add(last, count++);
  }

  synchronized int count() {
    return count;
  }

  /** Returns the offset of the newest message. */
  synchronized long last() {
    return last;
  }

  /** Returns what was published to a topic. */
  synchronized Sequence to(String topic) {
    return byTopic.computeIfAbsent(topic, name -> new Sequence());
  }
}
