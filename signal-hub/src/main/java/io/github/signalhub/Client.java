package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Loop;
import java.net.SocketAddress;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * One connected client of a hub. A client is a connection. After a reconnect there is a new client
 * with a new id; its {@linkplain #user() user} may be the same. Methods do nothing once the client
 * is gone. Thread-safe.
 */
public final class Client {
  private final Session session;
  private final Handshake handshake;
  private final FollowedTopics topics;
  private final Publisher publisher;
  private final AttachedTransport transport;

  Client(
      Session session,
      Handshake handshake,
      FollowedTopics topics,
      Publisher publisher,
      AttachedTransport transport) {
    this.session = session;
    this.handshake = handshake;
    this.topics = topics;
    this.publisher = publisher;
    this.transport = transport;
  }

  /** Returns the client's id: 32 hex digits, random, never used again. Not a secret. */
  public String id() {
    return session.clientId();
  }

  /** Returns the user, if the handshake authenticated one. */
  public Optional<String> user() {
    return handshake.user();
  }

  /** Returns the peer's address, if the transport knows it. */
  public Optional<SocketAddress> remoteAddress() {
    return handshake.remoteAddress();
  }

  /** Returns the topics that it follows besides broadcasts; a snapshot, unmodifiable. */
  public Set<String> topics() {
    return topics.all();
  }

  /**
   * Sends a message to this client alone.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  public PublishResult send(Message message) {
    return publisher.send(session, message);
  }

  /**
   * Sends a message to this client alone.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #send(Message)}
   */
  public PublishResult send(String type, Object payload) {
    return send(Message.of(type, payload));
  }

  /**
   * Makes the client follow a topic, from its present place in the log on. Takes effect on its
   * event loop, a moment later.
   *
   * @return whether the client follows the topic from now on. {@code false} if it follows {@link
   *     HubBuilder#maxTopicsPerClient} others already. Topics that its user has left for less than
   *     {@linkplain TopicOptions#withPresence their grace} count, too. Also {@code false} if {@link
   *     HubBuilder#maxPresenceBytes} leaves no room, or if the client is being closed or gone
   * @throws IllegalArgumentException if the name is empty, begins with {@code $}, or has more than
   *     255 bytes of UTF-8
   */
  public boolean join(String topic) {
    return topics.join(TopicNames.check(topic), null);
  }

  /**
   * Makes the client follow a topic. First the client is sent the retained messages that were
   * published to the topic after a message that it has. Does nothing if it follows the topic
   * already. Takes effect on its event loop, a moment later.
   *
   * @param after the id of that message
   * @return as {@link #join(String)}
   * @throws IllegalArgumentException as {@link #join(String)}, or if {@code after} is no id of a
   *     message. The id of another hub's message is one, and the client is told of a gap
   */
  public boolean join(String topic, String after) {
    return topics.join(topic, checkStart(topic, after));
  }

  /**
   * Returns where a topic is to begin.
   *
   * @throws IllegalArgumentException as {@link #join(String, String)}
   */
  static StartId checkStart(String topic, String after) {
    TopicNames.check(topic);
    StartId start = StartId.parse(Objects.requireNonNull(after, "after"));
    if (!start.isWellFormed()) {
      throw new IllegalArgumentException("expected the id of a message as after");
    }
    return start;
  }

  /**
   * Makes the client follow a topic no more. Nothing of the topic that is published after this call
   * is sent to it. Messages that its link has taken already may still arrive.
   *
   * <p>If the {@linkplain HubBuilder#authorizeJoins hook} is deciding about a join of this topic
   * now, the client is told {@code forbidden}, whatever the hook says. A join about which the hook
   * is asked after this call is decided anew. So an application that takes back a right first
   * changes what its hook looks at, then calls this. {@link HubUser#leave} does so for all clients
   * of a user, those included whose handshake is being decided.
   */
  public void leave(String topic) {
    topics.leave(Objects.requireNonNull(topic, "topic"));
  }

  /**
   * Closes the connection with 1000 after everything that the client was sent so far. The client
   * may come back.
   */
  public void close() {
    close(DisconnectReason.NORMAL);
  }

  /**
   * Closes the connection after everything that the client was sent so far. {@link #disconnect}
   * does not wait for that.
   */
  public void close(DisconnectReason reason) {
    Objects.requireNonNull(reason, "reason");
    topics.close();
    session.connection().close(reason);
  }

  /**
   * Disconnects the client with {@link DisconnectReason#DISCONNECTED}, after which a client of this
   * project stays away. A short form of {@link #disconnect(DisconnectReason)}.
   */
  public void disconnect() {
    disconnect(DisconnectReason.DISCONNECTED);
  }

  /**
   * Disconnects the client without sending the messages that wait for it. Nothing that is published
   * after this call is sent. {@link #close} sends what waits first.
   *
   * @param reason the code and text that it is told; a code of 4000 to 4099 keeps a client of this
   *     project away
   */
  public void disconnect(DisconnectReason reason) {
    Objects.requireNonNull(reason, "reason");
    topics.close();
    session.abort(reason);
  }

  /** Returns the transport by which the client came. */
  AttachedTransport transport() {
    return transport;
  }

  Loop loop() {
    return session.connection().loop();
  }

  boolean asksForControlMessages() {
    return handshake.controlMessages();
  }

  /** Closes the connection with 1001 after everything that it was sent so far and {@code $bye}. */
  void sayGoodbye(ControlMessage bye) {
    Runnable goodbye = // on the loop, where the one is sure to come before the other
        () -> {
          session.control(bye);
          close(DisconnectReason.GOING_AWAY);
        };
    if (loop().inLoop()) {
      goodbye.run();
    } else {
      session.execute(goodbye);
    }
  }

  /** Returns the id, and the user if there is one. */
  @Override
  public String toString() {
    return "Client " + id() + user().map(user -> " of " + user).orElse("");
  }

  FollowedTopics followed() {
    return topics;
  }
}
