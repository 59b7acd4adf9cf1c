package io.github.signalhub;

import io.github.signalhub.internal.session.Session;
import io.github.signalhub.spi.Handshake;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The topics that one client follows besides broadcasts: where what was granted at the handshake,
 * by the server, and at the client's request comes together. The session learns of changes in their
 * order. Listeners are told of presence when no lock is held. Thread-safe.
 */
final class FollowedTopics {
  private final Hub hub;
  private final Session session;
  private final Optional<String> user;
  private final Set<String> topics = ConcurrentHashMap.newKeySet();
  private boolean ended; // guarded by this

  FollowedTopics(Hub hub, Session session, Handshake handshake) {
    this.hub = hub;
    this.session = session;
    this.user = handshake.user();
    topics.addAll(handshake.topics());
  }

  /**
   * Takes note that the client is there; called once, before anybody else knows the client. Of what
   * follows from it, listeners are told at the next {@link Presence#announce}.
   */
  synchronized void begin() {
    topics.forEach(this::nowPresent);
  }

  /** Takes note that the client is gone. */
  void end() {
    synchronized (this) {
      ended = true;
      topics.forEach(this::nowAway);
    }
    hub.presence().announce();
  }

  /** Returns the topics; a snapshot, unmodifiable. */
  Set<String> all() {
    return Set.copyOf(topics);
  }

  /** As {@link Client#join(String, String)}, with {@code null} for none. */
  boolean join(String topic, String after) {
    synchronized (this) {
      if (ended || topics.contains(topic)) {
        return !ended;
      }
      if (!add(topic)) {
        return false;
      }
      session.execute(() -> session.join(topic, after, null));
    }
    hub.presence().announce();
    return true;
  }

  /**
   * Follows a topic at the client's own request, which the session answers.
   *
   * @return whether it does; {@code false} if it follows too many others
   */
  boolean request(String topic, String after, Object ref) {
    synchronized (this) {
      if (!topics.contains(topic) && !add(topic)) {
        return ended; // nobody is there to be told
      }
      session.execute(() -> session.join(topic, after, ref));
    }
    hub.presence().announce();
    return true;
  }

  /** As {@link Client#leave}. */
  void leave(String topic) {
    synchronized (this) {
      if (!remove(topic)) {
        return;
      }
      session.execute(() -> session.leave(topic, null));
    }
    hub.presence().announce();
  }

  /** Follows a topic no more at the client's own request, which the session answers. */
  void requestLeave(String topic, Object ref) {
    synchronized (this) {
      remove(topic);
      session.execute(() -> session.leave(topic, ref));
    }
    hub.presence().announce();
  }

  private boolean add(String topic) {
    if (ended || topics.size() >= hub.maxTopicsPerClient()) {
      return false;
    }
    topics.add(topic);
    nowPresent(topic);
    return true;
  }

  private boolean remove(String topic) {
    boolean removed = !ended && topics.remove(topic);
    if (removed) {
      nowAway(topic);
    }
    return removed;
  }

  private void nowPresent(String topic) {
    user.ifPresent(name -> hub.presence().joined(topic, name));
  }

  private void nowAway(String topic) {
    user.ifPresent(name -> hub.presence().left(topic, name, session.connection().loop()));
  }
}
