package io.github.signalhub.internal.log;

import java.util.function.LongSupplier;

/**
 * One topic of a hub: its log and its links to the readers that have subscribers. Obtained from
 * {@link HubLog}. What is not final is guarded by the log's lock, except where stated.
 */
public final class Topic {
  static final TopicLink[] NO_LINKS = new TopicLink[0];

  final Pool pool;

  /** For a private topic, up to where its one subscriber has been written to; else {@code null}. */
  final LongSupplier written;

  TopicLink[] links = NO_LINKS;
  boolean dropped;

  private final String name;
  private final TopicLog log;

  Topic(String name, Pool pool, long floor, LongSupplier written) {
    this.name = name;
    this.pool = pool;
    this.written = written;
    this.log = new TopicLog(floor);
  }

  /** Returns the topic's name; one that begins with {@code $} is internal. Thread-safe. */
  public String name() {
    return name;
  }

  /** Returns the topic's entries. Thread-safe. */
  public TopicLog log() {
    return log;
  }

  /** Returns whether peers never see this topic's name. Thread-safe. */
  public boolean isInternal() {
    return name.startsWith("$");
  }

  /** Returns whether newer entries supersede older ones of their key. Thread-safe. */
  public boolean isCompacted() {
    return pool.retention.maxKeys() > 0;
  }

  /** Returns whether a session that loses entries is closed even if it could be told. */
  public boolean closesLate() {
    return pool.retention.closesLate();
  }

  boolean isPrivate() {
    return written != null;
  }
}
