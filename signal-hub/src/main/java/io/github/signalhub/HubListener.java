package io.github.signalhub;

import io.github.signalhub.spi.CloseReason;

/**
 * What an application does when clients come, speak and go.
 *
 * <p>For one client all calls are serial and in order: {@link #onConnect} first, messages in the
 * order in which they arrived, {@link #onDisconnect} last, each end exactly once. Calls for
 * different clients run at the same time, on the {@linkplain HubBuilder#callbackExecutor callback
 * executor} and never on an event loop, so a listener may wait; while it does, no more is read from
 * that client than a small bound. An exception is logged and ends nothing. Implementations are
 * thread-safe.
 */
public interface HubListener {
  /** A client has connected and will be sent what is published from now on. */
  default void onConnect(Client client) {}

  /**
   * A client has sent a message. If it gave the message a {@code ref}, and asked for control
   * messages, it is told {@code $ack} when all listeners have returned; else {@code $error}, for
   * which the first listener that threw is decisive. The others are called all the same.
   *
   * <p>Within a {@linkplain io.github.signalhub.spi.Handshake#session session} a message that comes
   * again with the same {@code ref} is not handed out again.
   *
   * @throws RefusedException if the message is not accepted, which the client is told
   */
  default void onMessage(Client client, Message message) {}

  /**
   * A client has sent a text that is no message: not JSON, or without a {@code type} that clients
   * may use, or, if it asked for control messages, with a {@code ref} that cannot be one. Counted
   * as {@link HubStats#ignored} whatever is done here.
   */
  default void onText(Client client, String text) {}

  /**
   * A client has sent a binary message. Called only where {@link #acceptsBinary}.
   *
   * @param bytes its content, owned by the callee
   */
  default void onBinary(Client client, byte[] bytes) {}

  /** A client is gone. */
  default void onDisconnect(Client client, CloseReason reason) {}

  /**
   * A user has come to a topic {@linkplain TopicOptions#withPresence with presence}: its first
   * connection follows it. {@link Hub#presence} contains the user.
   *
   * <p>The calls about presence of a hub are serial, in order, and apart from those for its
   * clients: a user's {@code onPresent} may come before or after its client's {@link #onConnect}. A
   * visit that is over before its call was due is left out, and so is an absence. None begins after
   * the hub began to close.
   */
  default void onPresent(String topic, String user) {}

  /**
   * A user has left a topic with presence: none of its connections has followed it for the grace.
   */
  default void onAbsent(String topic, String user) {}

  /**
   * Returns whether clients may send binary messages; if no listener of the hub accepts them, who
   * sends one is closed with 1003. {@code false} by default. Asked on an event loop: returns a
   * constant.
   */
  default boolean acceptsBinary() {
    return false;
  }
}
