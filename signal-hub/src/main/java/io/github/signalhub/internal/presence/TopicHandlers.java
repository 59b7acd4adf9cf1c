package io.github.signalhub.internal.presence;

import io.github.signalhub.internal.control.Reply;
import java.util.Optional;

/**
 * The application's handlers of the joins and leaves of one client. {@link #joined} and {@link
 * #left} are called one at a time, where listeners run. They keep what the handlers throw from the
 * caller.
 */
public interface TopicHandlers {
  /** Returns whether there is a handler of joins for a topic. Any thread. */
  boolean hearJoins(String topic);

  /** Returns whether there is a handler of leaves for a topic. Any thread. */
  boolean hearLeaves(String topic);

  /**
   * The client is about to follow a topic.
   *
   * @param after the id after which the client goes on, if it has a state
   * @return {@link Reply#DONE}, or why the client does not follow the topic
   */
  Reply joined(String topic, Optional<String> after);

  /** The client follows a topic no more, or the client is gone. */
  void left(String topic);
}
