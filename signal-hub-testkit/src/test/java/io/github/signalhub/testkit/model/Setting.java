package io.github.signalhub.testkit.model;

import io.github.signalhub.LagPolicy;
import io.github.signalhub.Message;
import io.github.signalhub.TopicOptions;
import io.github.signalhub.testkit.Faults;
import java.time.Duration;
import java.util.Random;

/** The fixed part of a story. */
record Setting(
    long seed,
    int loops,
    int clients,
    int streams,
    int tables,
    int users,
    int keys,
    TopicOptions stream,
    TopicOptions table,
    TopicOptions broadcasts,
    TopicOptions user,
    long maxLogBytes,
    long maxTableBytes,
    Duration grace,
    Duration sync,
    Faults faults,
    int states) {
  static Setting draw(long seed, Random random) {
    TopicOptions stream = options(random);
    if (random.nextInt(6) == 0) {
      stream = stream.withLagPolicy(LagPolicy.CLOSE);
    }
    TopicOptions table = options(random).compactBy(Message::type);
    if (random.nextInt(3) == 0) {
      table = table.withMaxKeys(1 + random.nextInt(5));
    }
    return new Setting(
        seed,
        1 + random.nextInt(3),
        1 + random.nextInt(random.nextBoolean() ? 2 : 6),
        1 + random.nextInt(3),
        random.nextInt(3),
        1 + random.nextInt(2),
        1 + random.nextInt(6),
        stream,
        table,
        options(random),
        options(random),
        random.nextInt(4) == 0 ? 3_000 + random.nextInt(6_000) : 1 << 20,
        1 << 20,
        Duration.ofSeconds(random.nextInt(3) == 0 ? 2 : 0),
        Duration.ofSeconds(random.nextInt(3) == 0 ? 0 : 1 + random.nextInt(20)),
        random.nextInt(3) == 0 ? Faults.NONE : faults(random),
        0);
  }

  /** Returns this setting with limits of tables from a separate random sequence. */
  Setting withTableLimits(Random random) {
    TopicOptions aging = table.withKeyAge(Duration.ofSeconds(5 + random.nextInt(20)));
    long budget = 1_000 + random.nextInt(5_000);
    return new Setting(
        seed,
        loops,
        clients,
        streams,
        tables,
        users,
        keys,
        stream,
        random.nextInt(3) == 0 ? aging : table,
        broadcasts,
        user,
        maxLogBytes,
        random.nextInt(3) == 0 ? budget : maxTableBytes,
        grace,
        sync,
        faults,
        states);
  }

  /** Returns this setting with initial states of some topics, from a separate random sequence. */
  Setting withStates(Random random) {
    return new Setting(
        seed,
        loops,
        clients,
        streams,
        tables,
        users,
        keys,
        stream,
        table,
        broadcasts,
        user,
        maxLogBytes,
        maxTableBytes,
        grace,
        sync,
        faults,
        random.nextInt(3) == 0 ? random.nextInt(1 << topics()) : 0);
  }

  private static TopicOptions options(Random random) {
    return TopicOptions.DEFAULT
        .withMessages(random.nextInt(3) == 0 ? 1_000 : 1 + random.nextInt(8))
        .withBytes(random.nextInt(3) == 0 ? 400 + random.nextInt(2_000) : 1 << 20)
        .withAge(Duration.ofSeconds(random.nextInt(3) == 0 ? 10 : 1_000_000));
  }

  private static Faults faults(Random random) {
    return Faults.builder()
        .stall(random.nextInt(3) * 0.01)
        .partialWrite(random.nextInt(4) * 0.02)
        .cut(random.nextInt(3) * 0.004)
        .halfOpen(random.nextInt(3) * 0.002)
        .stallTime(Duration.ofMillis(1 + random.nextInt(5_000)))
        .partialBytes(1 + random.nextInt(500))
        .delay(Duration.ZERO, Duration.ofMillis(random.nextBoolean() ? 0 : random.nextInt(100)))
        .build();
  }

  int topics() {
    return streams + tables;
  }

  boolean isTable(int topic) {
    return Math.floorMod(topic, topics()) >= streams;
  }

  String topic(int index) {
    int topic = Math.floorMod(index, topics());
    return isTable(topic) ? "c" + topic : "s" + topic;
  }

  /** Returns whether the application sends a state to each client that joins a topic. */
  boolean hasState(int index) {
    return (states & 1 << Math.floorMod(index, topics())) != 0;
  }

  String user(int index) {
    return "u" + Math.floorMod(index, users);
  }

  TopicOptions options(String topic) {
    return switch (topic.isEmpty() ? ' ' : topic.charAt(0)) {
      case 's' -> stream;
      case 'c' -> table;
      case 'u', '$' -> user;
      default -> broadcasts;
    };
  }

  /** Returns the values that differ between stories, without the names of functions. */
  @Override
  public String toString() {
    return "seed=%d loops=%d clients=%d users=%d keys=%d maxLogBytes=%d maxTableBytes=%d grace=%s sync=%s\n"
            .formatted(seed, loops, clients, users, keys, maxLogBytes, maxTableBytes, grace, sync)
        + "streams=%d %s states=%s\n"
            .formatted(streams, text(stream), Integer.toBinaryString(states))
        + "tables=%d %s maxKeys=%d keyAge=%s\n"
            .formatted(tables, text(table), table.maxKeys(), table.keyAge())
        + "broadcasts %s; users %s\n%s".formatted(text(broadcasts), text(user), faults);
  }

  private static String text(TopicOptions options) {
    return "messages=%d bytes=%d age=%s %s"
        .formatted(options.messages(), options.bytes(), options.age(), options.lagPolicy());
  }
}
