package io.github.signalhub.internal.session;

import io.github.signalhub.connection.DisconnectReason;

/**
 * The events of one session, for the part that runs the application's callbacks. Called on the
 * session's loop, except where stated. Returns without blocking and runs no application code.
 */
public interface SessionListener {
  /** Returns the gate that holds up reading from the peer, always the same. Any thread. */
  ReadGate readGate();

  /** The messages until {@link #readEnds} come from one read. */
  default void readBegins() {}

  /** The messages of a read have come. Does nothing if no read has begun. */
  default void readEnds() {}

  /** Takes a text message of the peer; its bytes belong to the callee. */
  void text(byte[] utf8);

  /**
   * Takes a binary message of the peer; its bytes belong to the callee.
   *
   * @return whether binary messages are accepted
   */
  boolean binary(byte[] bytes);

  /** Takes the end of the session; nothing follows. */
  void closed(DisconnectReason reason);
}
