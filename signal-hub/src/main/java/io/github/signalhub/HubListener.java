package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;

/**
 * The calls that an application gets when clients come, speak and go.
 *
 * <p>For one client all calls are serial and in order: {@link #onConnect} first, messages in the
 * order in which they arrived, {@link #onDisconnect} last. Each of the two ends is called exactly
 * once. Calls for different clients run at the same time. They run on the {@linkplain
 * HubBuilder#callbackExecutor callback executor} and never on an event loop, so a listener may
 * wait. Meanwhile little more is read from that client. An exception is logged and ends nothing.
 * Implementations are thread-safe.
 */
public interface HubListener {
  /** A client has connected. It will be sent the messages that are published from now on. */
  default void onConnect(Client client) {}

  /**
   * A client has sent a message. If it asked for control messages and gave the message a {@code
   * ref}, it is answered. The answer is {@code $ack} when all listeners have returned, or {@code
   * $error} if one threw. The first listener that throws decides the code. The others are called
   * all the same.
   *
   * <p>A client that comes back may send a message again, with the same {@code ref}. Within its
   * session, such a message is not handed out again.
   *
   * <p>A message whose type has a handler of {@linkplain Hub#onRequest requests} is answered by it,
   * after all listeners have returned and if none threw.
   *
   * @throws RefusedException if the message is not accepted, which the client is told
   */
  default void onMessage(Client client, Message message) {}

  /**
   * A client has sent a text that is no message. It is not JSON, or has no {@code type} that
   * clients may use. If the client asked for control messages, a bad {@code ref} is a reason, too.
   * It is counted as {@link HubStats#ignored} in any case.
   */
  default void onText(Client client, String text) {}

  /**
   * A client has sent a binary message. Called only where {@link #acceptsBinary}.
   *
   * @param bytes its content, owned by the callee
   */
  default void onBinary(Client client, byte[] bytes) {}

  /** A client is gone. */
  default void onDisconnect(Client client, DisconnectReason reason) {}

  /**
   * A user has come to a topic {@linkplain TopicOptions#withPresence with presence}: its first
   * connection follows it. {@link HubTopic#presence} contains the user.
   *
   * <p>The calls about presence of a hub are serial and in order. They are apart from the calls for
   * clients: a user's {@code onPresent} may come before or after its client's {@link #onConnect}. A
   * visit that is over before its call was due is left out, and so is an absence. None begins after
   * the hub began to close.
   *
   * <p>A hub of several nodes calls on one of them: on the node that the user came to. Calls on
   * different nodes may overlap. When a node dies, or when nodes begin anew, a call may be missing
   * or come twice. So let a second call have no effect, and ask {@link HubTopic#presence} if in
   * doubt.
   */
  default void onPresent(String topic, String user) {}

  /**
   * A user has left a topic with presence: none of its connections has followed it for the grace.
   *
   * <p>A hub of several nodes calls on one of them: on the node that the user left last. If that
   * node died or closed, another one is called. If there is no other, the next node that starts is.
   */
  default void onAbsent(String topic, String user) {}

  /**
   * The messages of several nodes were begun anew: the engine that orders them was lost, or has
   * forgotten some. Messages before an id may be missing, and the clients were told so. Publish
   * again what clients must have, such as the rows of tables.
   *
   * <p>Of all nodes one is told that it is the first. So one of them publishes. Called apart from
   * the calls for clients; two calls may overlap. Never called for a hub that is alone.
   *
   * @param id the id at which the messages go on
   * @param isFirst whether this node is the first to know
   */
  default void onRestart(String id, boolean isFirst) {}

  /**
   * Returns whether clients may send binary messages; {@code false} by default. If no listener of
   * the hub accepts them, a client that sends one is closed with 1003. Called on an event loop, so
   * return a constant.
   */
  default boolean acceptsBinary() {
    return false;
  }
}
