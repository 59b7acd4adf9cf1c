package io.github.signalhub.internal.inbound;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.presence.TopicHandlers;

/**
 * The application, as one client's {@link ClientQueue} sees it. Called one call at a time, where
 * listeners run. {@link #hearsConnections}, {@link #acceptsBinary} and {@link #failed} are called
 * at any time and on any thread. Exceptions of application code are kept from the caller, those of
 * {@link #mayJoin} excepted.
 */
public interface ClientHandler extends TopicHandlers {
  /** Returns whether anything hears of connections, of their ends, or of leaves. */
  boolean hearsConnections();

  /** The client has connected; called first. */
  void connected();

  /**
   * The client has sent a message.
   *
   * @param type its type, not empty, not beginning with {@code $}
   * @param payload its payload, or {@code null}
   * @param outcome is settled with the reply, within this call or later on any thread
   */
  void message(String type, Object payload, Outcome outcome);

  /** The client has sent a text that is no message. */
  void text(String text);

  /** Returns whether binary messages are taken; runs on the client's loop. */
  boolean acceptsBinary();

  /** The client has sent a binary message, which belongs to the callee. */
  void binary(byte[] bytes);

  /** Returns whether the client may join a topic. Throws whatever the application throws. */
  boolean mayJoin(String topic);

  /** The client is gone; called last. Left out if {@link #connected} was due and never ran. */
  void disconnected(DisconnectReason reason);

  /** Something failed, of the application or for it. */
  void failed(String what, Throwable cause);
}
