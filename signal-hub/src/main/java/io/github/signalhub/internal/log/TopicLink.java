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

  /** Ties a topic to a reader; {@link HubLog#link} makes it known to publishers. */
  protected TopicLink(Topic topic, Reader reader) {
    this.topic = topic;
    this.reader = reader;
  }

  /** Returns the topic. Thread-safe. */
  public final Topic topic() {
    return topic;
  }
}
