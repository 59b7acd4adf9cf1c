package io.github.signalhub.internal.log;

import java.util.function.LongSupplier;

/**
 * One topic of a hub: its log and its links to the readers that have subscribers. Obtained from
 * {@link HubLog}. What is not final is guarded by the log's lock, except where stated.
 */
public sealed class Topic permits Topic.Private {
  static final TopicLink[] NO_LINKS = new TopicLink[0];

  final Pool pool;
  TopicLink[] links = NO_LINKS;
  boolean dropped;

  private final String name;
  private final TopicLog log;

  /** Creates a topic that begins with a floor. */
  Topic(String name, Pool pool, long floor) {
    this.name = name;
    this.pool = pool;
    int maxKeys = isPrivate() ? 0 : pool.retention.maxKeys();
    this.log = maxKeys > 0 ? new CompactedLog(floor, maxKeys) : new RingLog(floor);
  }

  /** Returns the topic's name; one that begins with {@code $} is internal. Thread-safe. */
  public final String name() {
    return name;
  }

  /** Returns the topic's entries. Thread-safe. */
  public final TopicLog log() {
    return log;
  }

  /** Returns whether peers never see this topic's name. Thread-safe. */
  public final boolean isInternal() {
    return name.startsWith("$");
  }

  /** Returns whether newer entries supersede older ones of their key. Thread-safe. */
  public final boolean isCompacted() {
    return log instanceof CompactedLog;
  }

  /** Returns whether a session that loses entries is closed even if it could be told. */
  public final boolean closesLate() {
    return pool.retention.closesLate();
  }

  final boolean isPrivate() {
    return this instanceof Private;
  }

  /** A topic with one subscriber, known to nobody else; always a stream. */
  static final class Private extends Topic {
    /** Up to where its subscriber has been written to. */
    final LongSupplier written;

    Private(String name, Pool pool, LongSupplier written) {
      super(name, pool, 0);
      this.written = written;
    }
  }
}
