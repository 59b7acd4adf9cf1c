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

  /** What became of a join. */
  enum Joined {
    /** The client follows the topic, or is gone. */
    DONE,
    /** The client, or its user, follows too many others. */
    TOO_MANY,
    /** The hub cannot watch over more users. */
    FULL
  }

  FollowedTopics(Hub hub, Session session, Handshake handshake) {
    this.hub = hub;
    this.session = session;
    this.user = handshake.user();
    topics.addAll(handshake.topics());
  }

  /**
   * Takes note that the client is there; called once, before anybody else knows the client. Of what
   * follows from it, listeners are told at the next {@link Presence#announce}.
   *
   * @return {@code false} if the hub cannot watch over its user in all topics, and the client is to
   *     be closed
   */
  synchronized boolean begin() {
    return !topics.removeIf(topic -> nowPresent(topic) != Joined.DONE);
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
    boolean joined;
    synchronized (this) {
      if (ended || topics.contains(topic)) {
        return !ended;
      }
      joined = add(topic) == Joined.DONE;
      if (joined) {
        session.execute(() -> session.join(topic, after, null));
      }
    }
    hub.presence().announce();
    return joined;
  }

  /** Follows a topic at the client's own request, which the session answers if that is done. */
  Joined request(String topic, String after, Object ref) {
    Joined joined;
    synchronized (this) {
      joined = ended || topics.contains(topic) ? Joined.DONE : add(topic);
      if (!ended && joined == Joined.DONE) {
        session.execute(() -> session.join(topic, after, ref));
      }
    }
    hub.presence().announce();
    return joined;
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

  private Joined add(String topic) {
    int absences = user.map(name -> hub.presence().absences(name, topic)).orElse(0);
    if (topics.size() + absences >= hub.maxTopicsPerClient()) {
      return Joined.TOO_MANY;
    }
    Joined joined = nowPresent(topic);
    if (joined == Joined.DONE) {
      topics.add(topic);
    }
    return joined;
  }

  private boolean remove(String topic) {
    boolean removed = !ended && topics.remove(topic);
    if (removed) {
      nowAway(topic);
    }
    return removed;
  }

  private Joined nowPresent(String topic) {
    Presence.Coming coming =
        user.map(name -> hub.presence().joined(topic, name)).orElse(Presence.Coming.WELCOME);
    if (coming == Presence.Coming.HUB_IS_FULL) {
      hub.presenceIsFull();
    }
    return switch (coming) {
      case WELCOME -> Joined.DONE;
      case USER_IS_FULL -> Joined.TOO_MANY;
      case HUB_IS_FULL -> Joined.FULL;
    };
  }

  private void nowAway(String topic) {
    user.ifPresent(name -> hub.presence().left(topic, name, session.connection().loop()));
  }
}
