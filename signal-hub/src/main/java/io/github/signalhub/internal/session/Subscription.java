package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Topic;

/** That one session follows one topic. Confined to the session's loop. */
final class Subscription {
  final Session session;
  final Subscribers subscribers;

  /** The place among the subscribers. */
  int index;

  /** The place among the session's dirty topics, or -1. */
  int dirtyIndex = -1;

  /** How many catch-ups of it wait for their turn. */
  int turns;

  /** Up to this offset the session knows, or is about to be told, that entries may be missing. */
  long gapTold;

  /** Up to this offset the session is sent nothing, because it is told a gap. */
  long skippedUpTo;

  /**
   * The newest offset that the session is owed. Without bound until the session is sealed: what is
   * published after that may leave the log unsent, and is no loss.
   */
  private long owedUpTo = Long.MAX_VALUE;

  /** What the session is about to be told, or {@code null}. */
  Gap gap;

  Subscription(Session session, Subscribers subscribers) {
    this.session = session;
    this.subscribers = subscribers;
  }

  Topic topic() {
    return subscribers.topic();
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
    return Math.max(after, gapTold) < Math.min(floor, owedUpTo);
  }

  void markDirty() {
    session.markDirty(this);
  }
}
