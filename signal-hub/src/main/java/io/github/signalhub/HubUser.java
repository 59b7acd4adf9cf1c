package io.github.signalhub;

import io.github.signalhub.connection.DisconnectReason;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One user of a hub: the name that the handshake gave it, and what can be done with all of its
 * clients. Get it from {@link Hub#user}, where it is needed. It is no resource: it holds nothing,
 * and needs no end.
 *
 * <pre>{@code
 * hub.user("ann").send("MAIL", Map.of("unread", 3));
 * }</pre>
 *
 * <p>Immutable; thread-safe.
 */
public final class HubUser {
  private final String name;
  private final Publisher publisher;
  private final Revocations revocations;
  private final Collection<Client> all;

  /**
   * Creates a view.
   *
   * @param all the connected clients of all users, live
   * @throws IllegalArgumentException if the name is empty or has more than 255 bytes of UTF-8
   */
  HubUser(String name, Publisher publisher, Revocations revocations, Collection<Client> all) {
    TopicNames.ofUser(name); // checks it
    this.name = name;
    this.publisher = publisher;
    this.revocations = revocations;
    this.all = all;
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /**
   * Sends a message to every client of the user, those included that come back with the id of an
   * earlier message.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON
   */
  public PublishResult send(Message message) {
    return publisher.publish(TopicNames.ofUser(name), message, Optional.empty());
  }

  /**
   * Sends a message to every client of the user.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #send(Message)}
   */
  public PublishResult send(String type, Object payload) {
    return send(Message.of(type, payload));
  }

  /**
   * Takes a topic from the user: every client of the user {@linkplain Client#leave leaves} it.
   * Nothing of the topic that is published after this call is sent to them.
   *
   * <p>This also holds for a client whose handshake or join is being decided now, whatever its hook
   * says. A decision that begins after this call may give the topic again. So an application first
   * changes what its hooks look at, then calls this. Proportional to the connected clients.
   */
  public void leave(String topic) {
    Objects.requireNonNull(topic, "topic");
    revocations.ofTopic(name, topic); // first: a client that is not found below finds this
    connected().forEach(client -> client.leave(topic));
  }

  /**
   * Closes every client of the user, without sending the messages that wait for it. Nothing that is
   * published after this call is sent to them.
   *
   * <p>This also holds for a client whose handshake is being decided now, whatever its hook says.
   * See {@link #leave}. Proportional to the connected clients.
   *
   * @param reason the code and text that they are told; a code of 4000 to 4099 keeps clients of
   *     this project away
   */
  public void disconnect(DisconnectReason reason) {
    Objects.requireNonNull(reason, "reason");
    revocations.ofUser(name, reason);
    connected().forEach(client -> client.abort(reason));
  }

  private List<Client> connected() {
    Optional<String> wanted = Optional.of(name);
    return all.stream().filter(client -> client.user().equals(wanted)).toList();
  }

  /** Returns whether another one has the same name, in the same hub. */
  @Override
  public boolean equals(Object other) {
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
