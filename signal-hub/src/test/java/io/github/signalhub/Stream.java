package io.github.signalhub;

import java.util.Locale;

/**
 * A stream of messages of a stress run. Each payload names the stream, the publisher, and the
 * publisher's count in the stream. Immutable.
 */
record Stream(Kind kind, int number) {
  /** The recipients of a stream's messages. */
  enum Kind {
    /** All clients. */
    BROADCAST,
    /** A topic that clients name when they connect, and never leave. */
    KEPT,
    /** A topic that clients join and leave at any time. */
    LOOSE,
    /** A user. */
    USER,
    /** One client. */
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
