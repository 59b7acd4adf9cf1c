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

  /** What the session is about to be told, or {@code null}. */
  Gap gap;

  Subscription(Session session, Subscribers subscribers) {
    this.session = session;
    this.subscribers = subscribers;
  }

  Topic topic() {
    return subscribers.topic();
  }

  /** Returns whether entries behind an offset left the log that the session was not told of. */
  boolean hasLost(long after) {
    long floor = topic().log().floor();
    return floor > after && floor > gapTold;
  }

  void markDirty() {
    session.markDirty(this);
  }
}
