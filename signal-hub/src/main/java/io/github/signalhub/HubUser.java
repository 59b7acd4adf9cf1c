package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.log.StartId;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One user of a hub: the name that the handshake gave it, and what can be done with all of its
 * clients. Get it from {@link Hub#user}, where it is needed. It is no resource: it holds nothing,
 * and needs no end.
 *
 * <pre>{@code
 * hub.user("ann").send("MAIL", Map.of("unread", 3));
 * }</pre>
 *
 * <p>With {@linkplain HubBuilder#backbone several nodes}, {@link #join}, {@link #leave} and {@link
 * #disconnect} concern the user's clients at all of them. At the other nodes they take effect when
 * the nodes are told, a moment later, and before everything that this node publishes after the
 * call. {@link #clients} returns those of this node.
 *
 * <p>Immutable; thread-safe.
 */
public final class HubUser {
  private static final String JOIN = "join";
  private static final String LEAVE = "leave";
  private static final String DISCONNECT = "disconnect";

  private final String name;
  private final String topic; // of the messages to the user
  private final Publisher publisher;
  private final Revocations revocations;
  private final Directory directory;

  /**
   * Creates a view.
   *
   * @throws IllegalArgumentException if the name is empty or has more than 255 bytes of UTF-8
   */
  HubUser(String name, Publisher publisher, Revocations revocations, Directory directory) {
    this.topic = TopicNames.ofUser(name);
    this.name = name;
    this.publisher = publisher;
    this.revocations = revocations;
    this.directory = directory;
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /**
   * Returns the connected clients of the user. A snapshot, unmodifiable, in no order. Takes time in
   * proportion to these clients.
   */
  public List<Client> clients() {
    return directory.ofUser(name);
  }

  /**
   * Sends a message to every client of the user, those included that come back with the id of an
   * earlier message.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  public PublishResult send(Message message) {
    return publisher.publish(topic, message, Optional.empty());
  }

  /**
   * Sends a message to every client of the user.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #send(Message)}
   */
  public PublishResult send(String type, @Nullable Object payload) {
    return send(Message.of(type, payload));
  }

  /**
   * Sends a message to every client of the user but its sender, as {@link HubTopic#publishExcept}
   * does with a topic: to the user's other devices and pages.
   *
   * @throws IllegalArgumentException as {@link #send(Message)}, or if the sender is a client of
   *     another hub
   */
  public PublishResult sendExcept(Client sender, Message message) {
    Objects.requireNonNull(sender, "sender");
    return publisher.publish(topic, message, Optional.empty(), sender);
  }

  /**
   * Sends a message to every client of the user but its sender. A short form of {@link
   * #sendExcept(Client, Message)}.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #sendExcept(Client, Message)}
   */
  public PublishResult sendExcept(Client sender, String type, @Nullable Object payload) {
    return sendExcept(sender, Message.of(type, payload));
  }

  /**
   * Makes every connected client of the user follow a topic, as {@link Client#join(String)} does
   * for one. It does not concern clients that connect later, nor those whose handshake is being
   * decided: their handshakes grant their topics.
   *
   * @return the clients that follow the topic from now on. Those of {@link #clients} that are not
   *     among them follow as many topics as they may, or are being closed. Empty if the user has no
   *     clients
   * @throws IllegalArgumentException as {@link Client#join(String)}
   */
  public List<Client> join(String topic) {
    TopicNames.check(topic);
    publisher.tellOthers(JOIN, name, topic);
    return clients().stream().filter(client -> client.join(topic)).toList();
  }

  /**
   * Makes every connected client of the user follow a topic. First each is sent the retained
   * messages that were published to the topic after a message. See {@link #join(String)}.
   *
   * @param after the id of that message
   * @return as {@link #join(String)}
   * @throws IllegalArgumentException as {@link Client#join(String, String)}
   */
  public List<Client> join(String topic, String after) {
    TopicNames.check(topic);
    StartId.require(after);
    publisher.tellOthers(JOIN, name, topic, after);
    return clients().stream().filter(client -> client.join(topic, after)).toList();
  }

  /**
   * Takes a topic from the user: every client of the user {@linkplain Client#leave leaves} it.
   * Nothing of the topic that is published after this call is sent to them.
   *
   * <p>This also holds for a client whose handshake or join is being decided now, whatever its hook
   * says. A decision that begins after this call may give the topic again. So an application first
   * changes what its hooks look at, then calls this. Takes time in proportion to the user's
   * clients.
   */
  public void leave(String topic) {
    Objects.requireNonNull(topic, "topic");
    publisher.tellOthers(LEAVE, name, topic);
    leaveHere(topic);
  }

  private void leaveHere(String topic) {
    revocations.ofTopic(name, topic); // first: a client that is not found below finds this
    clients().forEach(client -> client.leave(topic));
  }

  /**
   * Disconnects every client of the user with {@link DisconnectReason#DISCONNECTED}, after which
   * clients of this project stay away. A short form of {@link #disconnect(DisconnectReason)}.
   */
  public void disconnect() {
    disconnect(DisconnectReason.DISCONNECTED);
  }

  /**
   * Disconnects every client of the user, as {@link Client#disconnect(DisconnectReason)} does with
   * one: it does not send the messages that wait. Nothing that is published after this call is sent
   * to them.
   *
   * <p>This also holds for a client whose handshake is being decided now, whatever its hook says.
   * See {@link #leave}. Takes time in proportion to the user's clients.
   *
   * @param reason the code and text that they are told; a code of 4000 to 4099 keeps clients of
   *     this project away
   */
  public void disconnect(DisconnectReason reason) {
    Objects.requireNonNull(reason, "reason");
    publisher.tellOthers(DISCONNECT, name, String.valueOf(reason.code()), reason.reason());
    disconnectHere(reason);
  }

  private void disconnectHere(DisconnectReason reason) {
    revocations.ofUser(name, reason);
    clients().forEach(client -> client.disconnect(reason));
  }

  /**
   * Does at this node what another node told all others about this user.
   *
   * @param command as it was told, without the user
   * @throws IllegalArgumentException if it is no command
   */
  void obey(List<String> command) {
    switch (command.get(0) + command.size()) {
      case JOIN + 2 -> {
        String topic = TopicNames.check(command.get(1));
        clients().forEach(client -> client.join(topic));
      }
      case JOIN + 3 -> {
        String topic = TopicNames.check(command.get(1));
        clients().forEach(client -> client.join(topic, command.get(2)));
      }
      case LEAVE + 2 -> leaveHere(command.get(1));
      case DISCONNECT + 3 ->
          disconnectHere(new DisconnectReason(Integer.parseInt(command.get(1)), command.get(2)));
      default -> throw new IllegalArgumentException("expected a command about a user");
    }
  }

  /** Returns whether another one has the same name, in the same hub. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HubUser user && publisher == user.publisher && name.equals(user.name);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name);
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return "HubUser " + name;
  }
}
