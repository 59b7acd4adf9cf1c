package io.github.signalhub;

import java.util.Optional;

/**
 * That a client joins a topic, as the handlers of {@link Hub#onJoin} are told. The place where the
 * topic begins for the client is fixed before they are called. Immutable.
 */
public final class TopicJoin {
  private final String topic;
  private final Optional<String> after;

  TopicJoin(String topic, Optional<String> after) {
    this.topic = topic;
    this.after = after;
  }

  /** Returns the topic's name. */
  public String topic() {
    return topic;
  }

  /**
   * Returns the id of the message after which the client goes on. It has the state up to there, so
   * it needs no initial state: the messages of the topic that came since follow.
   *
   * <p>Empty if the client has no state, or one with which the hub cannot go on: its id is of
   * another hub or is {@linkplain TopicOptions older} than the messages that the hub keeps. Then
   * the topic begins with the messages that were published after the join.
   */
  public Optional<String> after() {
    return after;
  }

  /** Returns the topic, and the id if there is one. */
  @Override
  public String toString() {
    return "TopicJoin of " + topic + after.map(id -> " after " + id).orElse("");
  }
}
