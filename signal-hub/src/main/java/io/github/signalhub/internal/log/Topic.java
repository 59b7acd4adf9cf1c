package io.github.signalhub.internal.log;

import java.util.function.LongSupplier;

/**
 * One topic of a hub: its log and its links to the readers that have subscribers. Obtained from
 * {@link HubLog}. Fields that are not final are guarded by the log's lock, except where stated.
 */
public sealed class Topic permits Topic.Private {
  static final LogReader.TopicSubscription[] NO_LINKS = new LogReader.TopicSubscription[0];

  /**
   * The bytes that a topic with entries counts besides its name's characters: about the object, its
   * log, its name as an object and its place in a map. Those of a 64-bit JVM with compressed
   * pointers.
   */
  static final int OVERHEAD_BYTES = 128;

  /** The bytes that a table counts besides that: about three maps. */
  static final int TABLE_OVERHEAD_BYTES = 304;

  final ExpiryList expiry;
  LogReader.TopicSubscription[] links = NO_LINKS;
  boolean dropped;

  /** Whether the topic is counted, and whether it is charged to the budget of tables. */
  boolean counted;

  boolean countedAsTable;

  private final String name;
  private final TopicLog log;

  Topic(String name, ExpiryList expiry, TopicLog log) {
    this.name = name;
    this.expiry = expiry;
    this.log = log;
  }

  /** Returns the topic's name; one that begins with {@code $} is internal. Thread-safe. */
  public final String name() {
    return name;
  }

  /** Returns the topic's entries. Thread-safe. */
  public final TopicLog log() {
    return log;
  }

  /** Returns whether newer entries supersede older ones of their key. Thread-safe. */
  public final boolean isCompacted() {
    return log.isCompacted();
  }

  /** Returns whether a session that loses entries is closed even if it could be told. */
  public final boolean closesLate() {
    return expiry.retention.closesLate();
  }

  /** Returns how many bytes the topic counts while it has entries. */
  final int sizeBytes() {
    return sizeBytes(name, isCompacted());
  }

  /** Returns how many bytes a topic of a name counts. */
  static int sizeBytes(String name, boolean compacted) {
    return OVERHEAD_BYTES + nameBytes(name) + (compacted ? TABLE_OVERHEAD_BYTES : 0);
  }

  /** Returns how many bytes the JVM needs for the characters of a name. Thread-safe. */
  public static int nameBytes(String name) {
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) > 255) { // not Latin-1, so the JVM keeps two bytes for each
        return 2 * name.length();
      }
    }
    return name.length();
  }

  /** Returns whether only one subscriber knows the topic. Thread-safe. */
  public final boolean isPrivate() {
    return this instanceof Private;
  }

  /** A topic that only its one subscriber knows; always a stream. */
  static final class Private extends Topic {
    /** Up to where its subscriber has been written to. */
    final LongSupplier written;

    Private(String name, ExpiryList expiry, TopicLog log, LongSupplier written) {
      super(name, expiry, log);
      this.written = written;
    }
  }
}
