package io.github.signalhub.internal.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A catch-up that waits for its turn: of one topic, the session is to be sent the entries between
 * an older offset and the session's position, alone. Immutable.
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
    /** The session joins a topic that it follows: it is told so, and sent nothing. */
    REPEATED_JOIN
  }

  /** Returns whether the peer is owed a reply. */
  boolean isReply() {
    return cause != Cause.SESSION;
  }

  /**
   * Returns the reply if the topic was left before this began; empty if no client waits for one.
   */
  Optional<Control> refusal() {
    if (ref == null) {
      return Optional.empty();
    }
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("ref", ref);
    payload.put("code", "left");
    payload.put("reason", "the topic was left before it was joined");
    return Optional.of(Control.reply("$error", payload));
  }
}
