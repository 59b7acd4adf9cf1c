package io.github.signalhub.model;

import io.github.signalhub.TopicOptions;
import java.time.Duration;
import java.util.Random;

/**
 * The fixed part of a schedule.
 *
 * @param tickNanos the nanoseconds by which each reading moves the clock; more than a slice of a
 *     loop takes, so that a slice ends wherever the loop looks at the clock
 * @param bufferBytes the bytes that a link takes at once
 * @param eager whether a link takes bytes while it accepts none
 * @param forms how many wire forms the links have, 1 or 2
 */
record Setup(
    int loops,
    int clients,
    int topics,
    int users,
    long maxLogBytes,
    Duration grace,
    TopicOptions topicOptions,
    TopicOptions broadcasts,
    TopicOptions userOptions,
    long tickNanos,
    int bufferBytes,
    boolean eager,
    int forms) {
  static final long SECOND = 1_000_000_000L;

  /** The greatest age of any topic's messages. */
  static final Duration LONGEST_AGE = Duration.ofSeconds(1_000_000);

  /** Creates a setup whose links have one wire form. */
  Setup(
      int loops,
      int clients,
      int topics,
      int users,
      long maxLogBytes,
      Duration grace,
      TopicOptions topicOptions,
      TopicOptions broadcasts,
      TopicOptions userOptions,
      long tickNanos,
      int bufferBytes,
      boolean eager) {
    this(
        loops,
        clients,
        topics,
        users,
        maxLogBytes,
        grace,
        topicOptions,
        broadcasts,
        userOptions,
        tickNanos,
        bufferBytes,
        eager,
        1);
  }

  Setup withForms(int forms) {
    return new Setup(
        loops,
        clients,
        topics,
        users,
        maxLogBytes,
        grace,
        topicOptions,
        broadcasts,
        userOptions,
        tickNanos,
        bufferBytes,
        eager,
        forms);
  }

  static Setup draw(Random random) {
    return new Setup(
        1 + random.nextInt(4),
        1 + random.nextInt(random.nextBoolean() ? 3 : 12),
        1 + random.nextInt(6),
        1 + random.nextInt(3),
        random.nextInt(3) == 0 ? 500 + random.nextInt(6_000) : 1 << 20,
        Duration.ofSeconds(random.nextInt(3) == 0 ? 2 : 0),
        options(random),
        options(random),
        options(random),
        random.nextInt(3) == 0 ? 1_200_000 : 0,
        random.nextInt(3) == 0 ? 1 + random.nextInt(100) : 4_096,
        random.nextBoolean());
  }

  private static TopicOptions options(Random random) {
    return TopicOptions.DEFAULT
        .withMessages(random.nextInt(3) == 0 ? 1_000 : 1 + random.nextInt(6))
        .withBytes(random.nextInt(3) == 0 ? 200 + random.nextInt(1_500) : 1 << 20)
        .withAge(random.nextInt(3) == 0 ? Duration.ofSeconds(10) : LONGEST_AGE);
  }

  String topic(int index) {
    return "t" + Math.floorMod(index, topics);
  }

  String user(int index) {
    return "u" + Math.floorMod(index, users);
  }
}
