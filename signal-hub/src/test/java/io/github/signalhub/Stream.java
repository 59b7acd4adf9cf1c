package io.github.signalhub;

import java.util.Locale;

/**
 * What messages of a stress run belong to, and the payload by which a receiver can tell: the
 * stream, who published, and that publisher's count in the stream. Immutable.
 */
record Stream(Kind kind, int number) {
  /** How a stream's messages are sent, and to whom. */
  enum Kind {
    /** To everybody. */
    BROADCAST,
    /** To a topic that clients name when they connect, and never leave. */
    KEPT,
    /** To a topic that clients join and leave at any time. */
    LOOSE,
    /** To a user. */
    USER,
    /** To one client. */
    PRIVATE
  }

  static final Stream BROADCAST = new Stream(Kind.BROADCAST, 0);
  private static final int NUMBERS = 1 << 10;

  static Stream kept(int number) {
    return new Stream(Kind.KEPT, number);
  }

  static Stream loose(int number) {
    return new Stream(Kind.LOOSE, number);
  }

  static Stream user(int number) {
    return new Stream(Kind.USER, number);
  }

  static Stream toClient(int number) {
    return new Stream(Kind.PRIVATE, number);
  }

  /** Returns the topic's or user's name. */
  String name() {
    return kind.name().toLowerCase(Locale.ROOT) + number;
  }

  long payload(int publisher, long count) {
    return ((long) (kind.ordinal() * NUMBERS + number) << 8 | publisher) << 32 | count;
  }

  static Stream of(long payload) {
    int key = (int) (payload >>> 40);
    return new Stream(Kind.values()[key / NUMBERS], key % NUMBERS);
  }

  static int publisher(long payload) {
    return (int) (payload >>> 32 & 0xff);
  }

  static long count(long payload) {
    return payload & 0xffff_ffffL;
  }
}
