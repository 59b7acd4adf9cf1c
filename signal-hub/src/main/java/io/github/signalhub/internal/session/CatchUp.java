package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.StartId;

/**
 * A catch-up that waits for its turn. The session is to be sent the entries of one topic between an
 * older offset and its position, and nothing else meanwhile. Immutable.
 *
 * @param subscription the topic
 * @param start the id after which to begin; {@code null}: from now on, or before everything if the
 *     topic is compacted
 * @param ref what the reply is to bear, a string or an integer, or {@code null}
 * @param cause why there is a catch-up
 */
record CatchUp(Subscription subscription, StartId start, Object ref, Cause cause) {
  enum Cause {
    /** The session begins, or lost something. */
    SESSION,
    /** The session joins the topic. */
    JOIN,
    /** The same, after the application sent a state. */
    JOIN_WITH_STATE,
    /** The session joins a topic that it follows: it is told so, and sent nothing. */
    REPEATED_JOIN
  }

  /** Returns whether the peer is owed a reply. */
  boolean isReply() {
    return cause != Cause.SESSION;
  }
}
