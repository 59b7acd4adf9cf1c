package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Topic;

/** That one session follows one topic. Confined to the session's loop. */
final class Subscription {
  final Session session;
  final Subscribers subscribers;

  /** The place among the subscribers. */
  int index;

  /** Whether the topic may have entries that the session has not been sent. */
  boolean dirty;

  /** Up to this offset the session knows, or is about to be told, that entries may be missing. */
  long gapTold;

  /** What the session is about to be told, or {@code null}. */
  Gap gap;

  Subscription(Session session, Subscribers subscribers) {
    this.session = session;
    this.subscribers = subscribers;
  }

  Topic topic() {
    return subscribers.topic();
  }

  void markDirty() {
    session.markDirty(this);
  }
}
