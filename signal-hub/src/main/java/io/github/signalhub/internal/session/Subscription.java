package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.LogReader;
import io.github.signalhub.internal.log.Topic;

/** That one session follows one topic. Confined to the session's loop. */
final class Subscription {
  private final LogReader.TopicSubscription link;

  /** The place among the subscribers. */
  int index;

  /** The place among the session's dirty topics, or -1. */
  int dirtyIndex = -1;

  /** Up to this offset the session knows, or is about to be told, that entries may be missing. */
  long toldUpTo;

  /** Up to this offset a second lag skips the topic's entries; the session is told of it. */
  long skippedUpTo;

  /**
   * The newest offset that the session is owed. Without bound until the session is sealed: entries
   * that are published after that may leave the log unsent, and are no loss.
   */
  private long owedUpTo = Long.MAX_VALUE;

  /** The entries that the session is about to be told of as missing, or {@code null}. */
  Missing missing;

  /**
   * Entries of the topic that may be missing. Immutable.
   *
   * @param after the id after which they may be missing, as the client knows it
   * @param upTo the last offset that may be missing
   */
  record Missing(String after, long upTo) {}

  Subscription(LogReader.TopicSubscription link) {
    this.link = link;
  }

  Topic topic() {
    return link.topic();
  }

  /** Returns whether entries up to a floor left by a decision, not because the session is slow. */
  boolean wasDropped(long floor) {
    return link.wasDropped(floor);
  }

  /** Learns that nothing after an offset will be sent. */
  void seal(long upTo) {
    owedUpTo = topic().log().lastEvictable(upTo);
  }

  /**
   * Returns whether entries after an offset left the log that the session is owed, and was not told
   * of.
   */
  boolean hasLost(long after) {
    return hasLost(after, topic().log().floor());
  }

  /** As {@link #hasLost(long)}, with the floor that was read before. */
  boolean hasLost(long after, long floor) {
    return Math.max(after, toldUpTo) < Math.min(floor, owedUpTo);
  }
}
