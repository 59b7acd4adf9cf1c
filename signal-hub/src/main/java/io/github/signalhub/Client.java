package io.github.signalhub;

import io.github.signalhub.connection.AttributeKey;
import io.github.signalhub.connection.Attributes;
import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Loop;
import java.net.SocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * One connected client of a hub. A client is a connection. After a reconnect there is a new client
 * with a new id; its {@linkplain #user() user} may be the same. Methods do nothing once the client
 * is gone. Thread-safe.
 */
public final class Client {
  private static final AtomicReferenceFieldUpdater<Client, Instant> END =
      AtomicReferenceFieldUpdater.newUpdater(Client.class, Instant.class, "end");
  private static final AtomicReferenceFieldUpdater<Client, Attributes> ATTRIBUTES =
      AtomicReferenceFieldUpdater.newUpdater(Client.class, Attributes.class, "attributes");

  /** In the place of an end that has come. Compared by identity. */
  private static final Instant ENDED = Instant.MIN.plusNanos(1);

  /** The end by which {@link Expiries} sorts this client; {@code null}: none. */
  Instant watchedEnd;

  private final Session session;
  private final Handshake handshake;
  private final FollowedTopics topics;
  private final Publisher publisher;
  private final AttachedTransport transport;
  private final Expiries expiries;
  private volatile Attributes attributes;
  private volatile Instant end; // null: never
  private volatile DisconnectReason ending; // null until the application closes it, or it is gone
  private boolean gone; // confined to the loop, as is watchedEnd

  Client(
      Session session,
      Handshake handshake,
      FollowedTopics topics,
      Publisher publisher,
      AttachedTransport transport,
      Expiries expiries) {
    this.session = session;
    this.handshake = handshake;
    this.topics = topics;
    this.publisher = publisher;
    this.transport = transport;
    this.expiries = expiries;
    attributes = handshake.attributes();
    end = handshake.expiresAt().orElse(null);
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

  /** Returns the decoded path of its handshake; {@code /} if the transport knows none. */
  public String path() {
    return handshake.path();
  }

  /**
   * Returns the parameters of its handshake's query by name, decoded ({@code +} is a space), in the
   * order in which they came; unmodifiable. Those of the protocol are left out: {@code topic},
   * {@code after}, {@code session} and {@code signal-hub}. So are those that the transport was told
   * to keep secret. Reads the query again at each call.
   */
  public Map<String, List<String>> parameters() {
    return handshake.parameters();
  }

  /** Returns the first of the {@linkplain #parameters parameters} of this name. */
  public Optional<String> parameter(String name) {
    Objects.requireNonNull(name, "name");
    return parameters().getOrDefault(name, List.of()).stream().findFirst();
  }

  /**
   * Returns the value of the first header line of this name in its handshake, in any case. Empty
   * unless the transport was told to keep headers of this name: see {@code keptHeaders} there.
   */
  public Optional<String> header(String name) {
    return headers(name).stream().findFirst();
  }

  /** Returns the values of all header lines of this name, in their order; see {@link #header}. */
  public List<String> headers(String name) {
    return handshake.headers(name);
  }

  /**
   * Returns an attribute that the application gave this client, at its handshake or since.
   *
   * @throws IllegalArgumentException if the client has an attribute of this name and another class
   */
  public <T> Optional<T> attribute(AttributeKey<T> key) {
    return attributes.get(Objects.requireNonNull(key, "key"));
  }

  /**
   * Gives this client an attribute, in place of its value so far. Every thread sees it from now on.
   * It ends with the connection: a client that comes back has the attributes of its new handshake.
   *
   * @throws IllegalArgumentException if the value is not of the key's class, or the client has an
   *     attribute of this name and another class
   */
  public <T> void attribute(AttributeKey<T> key, T value) {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    ATTRIBUTES.updateAndGet(this, current -> current.with(key, value));
  }

  /** Returns when its credential ends; empty if it does not end, or has ended. */
  public Optional<Instant> expiresAt() {
    return Optional.ofNullable(end).filter(instant -> instant != ENDED);
  }

  /**
   * Sets when its credential ends, in place of the time so far: for a client that has shown a fresh
   * one. At that time the client is closed with {@link DisconnectReason#CREDENTIAL_EXPIRED} (4001).
   * Messages that wait for it are not sent then. A client that resumes gets them when it is back.
   * Messages that arrived before are still given to listeners, later ones are not.
   *
   * <p>The time is that of the wall clock. The client is never closed early. It is closed some tens
   * of milliseconds late, or up to 10 seconds late if the clock was set forward or the machine
   * slept.
   *
   * @param end {@link Instant#MAX}: never. A time that has passed closes the client now
   * @return whether the time counts; {@code false} if the client is being closed, or gone
   */
  public boolean expiresAt(Instant end) {
    Objects.requireNonNull(end, "end");
    Instant next = end.equals(Instant.MAX) ? null : end;
    Instant current;
    do {
      current = this.end;
      if (current == ENDED || ending != null) {
        return false;
      }
    } while (!END.compareAndSet(this, current, next));
    session.execute(() -> expiries.update(this));
    return true;
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
  public PublishResult send(String type, @Nullable Object payload) {
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
    return topics.join(TopicNames.check(topic), StartId.require(after));
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
    endsFor(reason);
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
    endsFor(reason);
    topics.close();
    session.abort(reason);
  }

  /**
   * Closes the connection if its credential has ended. A reason that the application gave before is
   * the one that the client is told.
   */
  void expire(Instant now) {
    Instant due = end; // it may have been renewed, and Expiries told later
    boolean isDue = due != null && due != ENDED && !due.isAfter(now);
    if (isDue && END.compareAndSet(this, due, ENDED)) {
      endsFor(DisconnectReason.CREDENTIAL_EXPIRED);
      disconnect(ending);
    }
  }

  /** Returns whether the client follows a topic now. */
  boolean follows(String topic) {
    return topics.contains(topic);
  }

  /** Takes note that the client has left the hub. Confined to the loop. */
  void left(DisconnectReason reason) {
    endsFor(reason);
    gone = true;
    expiries.remove(this);
    topics.end();
  }

  /** Returns whether the client has left the hub. Confined to the loop. */
  boolean isGone() {
    return gone;
  }

  private void endsFor(DisconnectReason reason) {
    ending = ending == null ? reason : ending;
  }

  /** Returns whether it was told to forget a table, so that it is to be sent its own rows, too. */
  boolean hasForgotten(String table) {
    return session.hasForgotten(table);
  }

  /**
   * Returns this client as the sender of a message.
   *
   * @throws IllegalArgumentException if it is a client of another hub
   */
  Sender senderTo(Publisher hub) {
    if (hub != publisher) {
      throw new IllegalArgumentException("expected a client of this hub as the sender");
    }
    return session.self();
  }

  Session session() {
    return session;
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
}
