package io.github.signalhub.benchmarks.race;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;
import java.util.stream.Collectors;

/** The topics of each client. Message n goes to topic n modulo their number. Immutable. */
final class Topics {
  private final byte[][] names;
  private final BitSet[] byClient;
  private final int[] followers; // by topic

  private Topics(int topics, BitSet[] byClient) {
    this.byClient = byClient;
    names = new byte[topics][];
    followers = new int[topics];
    for (int i = 0; i < topics; i++) {
      int topic = i;
      names[i] = "T%04d".formatted(i).getBytes(StandardCharsets.US_ASCII);
      for (BitSet each : byClient) {
        followers[topic] += each.get(topic) ? 1 : 0;
      }
    }
  }

  /** Every client has all topics. */
  static Topics same(int clients, int topics) {
    BitSet[] all = new BitSet[clients];
    for (int i = 0; i < clients; i++) {
      all[i] = new BitSet(topics);
      all[i].set(0, topics);
    }
    return new Topics(topics, all);
  }

  /** Client i has topic i modulo their number alone. */
  static Topics oneEach(int clients, int topics) {
    BitSet[] all = new BitSet[clients];
    for (int i = 0; i < clients; i++) {
      all[i] = new BitSet(topics);
      all[i].set(i % topics);
    }
    return new Topics(topics, all);
  }

  /**
   * Every client has so many of the topics, chosen at random, but always in the same way.
   *
   * @param each how many, at most {@code topics}
   */
  static Topics different(int clients, int topics, int each) {
    Random random = new Random(1);
    BitSet[] all = new BitSet[clients];
    for (int i = 0; i < clients; i++) {
      all[i] = new BitSet(topics);
      while (all[i].cardinality() < each) {
        all[i].set(random.nextInt(topics));
      }
    }
    return new Topics(topics, all);
  }

  /** Returns whether a client gets a message. */
  boolean has(int client, long number) {
    return byClient[client].get((int) (number % names.length));
  }

  /** Returns how many clients get a message. */
  int followers(long number) {
    return followers[(int) (number % names.length)];
  }

  /** Returns the topic of a message; not to be modified. */
  byte[] name(long number) {
    return names[(int) (number % names.length)];
  }

  /** Returns the query of a client's handshake. */
  String query(int client) {
    return byClient[client].stream()
        .mapToObj("topic=T%04d"::formatted)
        .collect(Collectors.joining("&"));
  }
}
