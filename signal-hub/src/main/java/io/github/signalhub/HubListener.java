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

  /** A client has sent a message. */
  default void onMessage(Client client, Message message) {}

  /**
   * A client has sent a text that is no message: not JSON, or without a {@code type} that clients
   * may use. Counted as {@link HubStats#ignored} whatever is done here.
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
   * Returns whether clients may send binary messages; if no listener of the hub accepts them, who
   * sends one is closed with 1003. {@code false} by default. Asked on an event loop: returns a
   * constant.
   */
  default boolean acceptsBinary() {
    return false;
  }
}
