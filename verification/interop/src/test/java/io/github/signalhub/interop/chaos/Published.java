package io.github.signalhub.interop.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.signalhub.Hub;
import io.github.signalhub.Message;
import io.github.signalhub.PublishResult;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Publishes messages and records them by topic. Thread-safe. */
final class Published {
  /** Stands for broadcasts among topics. */
  static final String BROADCAST = "";

  /** The topic that is a table. */
  static final String TABLE = "table";

  private static final int TABLE_KEYS = 50;
  private static final int PADDING_BYTES = 5_000;
  private static final String PADDING = "p".repeat(PADDING_BYTES);

  private final Hub hub;
  private final Map<String, Sequence> byTopic = new HashMap<>();
  private final Map<String, Integer> table = new HashMap<>();
  private int count;
  private long last;

  Published(Hub hub) {
    this.hub = hub;
  }

  /**
   * Publishes at a constant rate. Half of the messages are broadcasts, the rest go to these topics
   * and the table.
   */
  void run(int perSecond, double seconds, List<String> topics, SplittableRandom random)
      throws InterruptedException {
    long start = System.nanoTime();
    int total = (int) (perSecond * seconds);
    for (int i = 0; i < total; i++) {
      long early = start + i * 1_000_000_000L / perSecond - System.nanoTime();
      if (early > 0) {
        TimeUnit.NANOSECONDS.sleep(early); // keeps the rate
      }
      int where = random.nextInt(20);
      publish(
          where < 10 ? BROADCAST : where == 10 ? TABLE : topics.get(random.nextInt(topics.size())),
          random);
    }
  }

  /** Publishes a broadcast after all other messages. */
  void finish(SplittableRandom random) {
    publish(BROADCAST, random);
  }

  private synchronized void publish(String topic, SplittableRandom random) {
    int padding = random.nextInt(50) == 0 ? random.nextInt(PADDING_BYTES) : random.nextInt(50);
    Map<String, Object> payload = new HashMap<>();
    payload.put("n", count);
    payload.put("padding", PADDING.substring(0, padding));
    if (topic.equals(TABLE)) {
      String key = "k" + random.nextInt(TABLE_KEYS);
      boolean gone = random.nextInt(4) == 0;
      payload.putAll(Map.of("key", key, "gone", gone));
      table.compute(key, (name, number) -> gone ? null : Integer.valueOf(count));
    }
    Message message = Message.of("N", payload);
    PublishResult result =
        topic.equals(BROADCAST) ? hub.broadcast(message) : hub.topic(topic).publish(message);
    assertThat(result.isAccepted()).as(result.toString()).isTrue();
    last = Ids.offset(result.id().orElseThrow());
    byTopic.computeIfAbsent(topic, name -> new Sequence()).add(last, count++);
  }

  /** Returns the number that the table holds for each key. */
  synchronized Map<String, Integer> table() {
    return Map.copyOf(table);
  }

  synchronized int count() {
    return count;
  }

  /** Returns the offset of the newest message. */
  synchronized long last() {
    return last;
  }

  /** Returns the messages published to a topic. */
  synchronized Sequence to(String topic) {
    return byTopic.computeIfAbsent(topic, name -> new Sequence());
  }
}
