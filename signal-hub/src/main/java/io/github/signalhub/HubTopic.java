package io.github.signalhub;

import io.github.signalhub.internal.log.HubLog;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One topic of a hub: a name and what can be done with it. Get it from {@link Hub#topic}, where it
 * is needed or once for all. It is no resource: it holds nothing, and needs no end.
 *
 * <pre>{@code
 * hub.topic("flow:42").publish("STEP", Map.of("node", "extract"));
 * }</pre>
 *
 * <p>Immutable; thread-safe.
 */
public final class HubTopic {
  /** The most messages that one call of {@link #history(int)} returns. */
  public static final int MAX_HISTORY = 10_000;

  private final String name;
  private final Publisher publisher;
  private final HubLog log;
  private final Function<String, Set<String>> presentUsers;
  private final Directory directory;

  HubTopic(
      String name,
      Publisher publisher,
      HubLog log,
      Function<String, Set<String>> presentUsers,
      Directory directory) {
    this.name = name;
    this.publisher = publisher;
    this.log = log;
    this.presentUsers = presentUsers;
    this.directory = directory;
  }

  /** Returns the name. */
  public String name() {
    return name;
  }

  /**
   * Publishes a message to every client that follows the topic.
   *
   * @throws IllegalArgumentException if the payload cannot be written as JSON. Also if the topic is
   *     compacted and the message has no key of 1 to 255 characters
   */
  public PublishResult publish(Message message) {
    return publisher.publish(name, message, Optional.of(name));
  }

  /**
   * Publishes a message to every client that follows the topic.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #publish(Message)}
   */
  public PublishResult publish(String type, @Nullable Object payload) {
    return publish(Message.of(type, payload));
  }

  /**
   * Publishes a message to every client that follows the topic, but not to its sender. It is not
   * sent to a client that comes back with the sender's session either. The sender may be gone, and
   * need not follow the topic. Its place in the log moves on as if it had been sent the message.
   *
   * <p>A compacted topic that is sent from its first row has the sender's rows, too. A sender that
   * had to begin such a topic anew, or has left it, is sent its later rows until it connects again:
   * it may have sent one before it read that its table is void.
   *
   * @param sender a client of this hub; its {@code session} counts if it named one, else this
   *     connection alone
   * @throws IllegalArgumentException as {@link #publish(Message)}, or if the sender is a client of
   *     another hub
   */
  public PublishResult publishExcept(Client sender, Message message) {
    Objects.requireNonNull(sender, "sender");
    return publisher.publish(name, message, Optional.of(name), sender);
  }

  /**
   * Publishes a message to every client that follows the topic, but not to its sender. A short form
   * of {@link #publishExcept(Client, Message)}.
   *
   * @throws IllegalArgumentException as {@link Message} and {@link #publishExcept(Client, Message)}
   */
  public PublishResult publishExcept(Client sender, String type, @Nullable Object payload) {
    return publishExcept(sender, Message.of(type, payload));
  }

  /**
   * Returns the connected clients that follow the topic. A snapshot, unmodifiable, in no order.
   * Takes time in proportion to these clients. It includes a client as soon as {@link Client#join}
   * has returned, and no longer when {@link Client#leave} has.
   */
  public List<Client> subscribers() {
    return directory.ofTopic(name);
  }

  /**
   * Returns the oldest messages that the topic retains. A compacted topic returns its rows: the
   * newest message of each key that was not deleted. {@link TopicHistory#next} has the following.
   *
   * <p>Takes time in proportion to the messages, and delays no publisher. It also works when the
   * hub is closed.
   *
   * @param limit how many messages to return at most
   * @throws IllegalArgumentException if the limit is not 1 to {@value #MAX_HISTORY}
   */
  public TopicHistory history(int limit) {
    return publisher.retained(name).read(limit);
  }

  /**
   * Returns the messages after an id that the topic retains, oldest first. The result tells a
   * {@linkplain TopicHistory#gap gap}: that messages after the id are gone, or that the id is not
   * known. A compacted topic returns the rows that have changed since, and the deletions.
   *
   * @param after the id of a message of this hub, of any topic; or {@link Hub#lastId}
   * @param limit how many messages to return at most
   * @throws IllegalArgumentException if {@code after} is no id of a message, or the limit is not 1
   *     to {@value #MAX_HISTORY}
   */
  public TopicHistory history(String after, int limit) {
    return publisher.retained(name).read(after, limit);
  }

  /**
   * Returns the users that follow the topic, if it is one {@linkplain TopicOptions#withPresence
   * with presence}. Users that are away for less than its grace are included. A snapshot,
   * unmodifiable, in no order. Empty for other topics. Proportional to the users; the hub's calls
   * about them stay consistent with it.
   *
   * <p>In a hub of several nodes these are the users of all nodes. A user counts when the nodes
   * have exchanged that it came.
   */
  public Set<String> presence() {
    return presentUsers.apply(name);
  }

  /**
   * Removes all messages of the topic at once, also those that clients have yet to be sent. Call it
   * for a table that is needed no more. Clients go on following the topic:
   *
   * <ul>
   *   <li>of a compacted topic they are told {@code $gap} with {@code reset}, and begin with an
   *       empty table;
   *   <li>of another topic they are told {@code $gap} if there were messages that they were not
   *       sent; else they notice nothing.
   * </ul>
   *
   * <p>A client that comes back later is told in the same way. One that cannot be told is closed
   * with 4100. Takes time in proportion to the topic's messages.
   *
   * @return whether there were any messages; {@code false} also if the hub is closed
   */
  public boolean clear() {
    return publisher.clear(name);
  }

  /** Returns whether another one has the same name, in the same hub. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HubTopic topic && log == topic.log && name.equals(topic.name);
  }

  @Override
  public int hashCode() {
    return Objects.hash(name);
  }

  /** Returns the name. */
  @Override
  public String toString() {
    return "HubTopic " + name;
  }
}
