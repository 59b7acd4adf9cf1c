package io.github.signalhub.internal.log;

/**
 * Ties a topic to one {@link Reader} and carries the wake-up flag between them: a publisher sets
 * it, the reader clears it and then looks at the log. Extended by whoever keeps the subscribers.
 */
public abstract class TopicLink {
  final Reader reader;
  final Topic topic;

  /** Whether this link waits in its reader's stack, or is about to. */
  volatile boolean flagged;

  /** The next link of the stack; belongs to whoever set the flag, then to the reader. */
  TopicLink nextFlagged;

  /**
   * Up to this offset the topic's entries left by a decision: the application dropped the topic, or
   * a table shed keys. Written under the log's lock, before the floor is raised.
   */
  private volatile long droppedUpTo;

  /** Ties a topic to a reader; {@link HubLog#link} makes it known to publishers. */
  protected TopicLink(Topic topic, Reader reader) {
    this.topic = topic;
    this.reader = reader;
  }

  /**
   * Returns whether nothing but decisions explains why entries up to a floor left: no subscriber
   * was too slow for them. Thread-safe.
   */
  public final boolean wasDropped(long floor) {
    return floor <= droppedUpTo;
  }

  /** Takes note of a decision. Guarded by the log's lock. */
  final void dropped(long upTo) {
    droppedUpTo = upTo;
  }

  /** Returns the topic. Thread-safe. */
  public final Topic topic() {
    return topic;
  }
}
