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

  // guarded by this
  private boolean closing;
  private boolean ended;
  private Decision deciding;

  /**
   * A join of this client that the hook is deciding. If the application makes the client leave the
   * topic meanwhile, the decision may know nothing of that and has no effect. Guarded by the
   * topics.
   */
  static final class Decision {
    private final String topic;
    private boolean revoked;

    private Decision(String topic) {
      this.topic = topic;
    }
  }

  /** What became of a join. */
  enum Joined {
    /** The session answers it, or nobody is there to be told. */
    DONE,
    /** The application made the client leave the topic meanwhile. */
    REVOKED,
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

  /** Takes note that the client is being closed: it follows no more topics than before. */
  synchronized void close() {
    closing = true;
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
      if (isClosing() || topics.contains(topic)) {
        return !isClosing();
      }
      joined = add(topic) == Joined.DONE;
      if (joined) {
        session.change(() -> session.join(topic, after, null));
      }
    }
    hub.presence().announce();
    return joined;
  }

  /**
   * Begins to decide about a join that the client asked for. A client's requests are done one after
   * the other, so that this ends the decision before.
   */
  synchronized Decision decide(String topic) {
    deciding = new Decision(topic);
    return deciding;
  }

  /** Follows a topic at the client's own request, which was granted, if that still holds. */
  Joined granted(Decision decision, String after, Object ref) {
    String topic = decision.topic;
    Joined joined = Joined.DONE;
    synchronized (this) {
      deciding = null;
      if (!topics.contains(topic)) {
        if (isClosing()) {
          return Joined.DONE;
        }
        joined = decision.revoked ? Joined.REVOKED : add(topic);
      }
      if (joined == Joined.DONE) {
        session.change(() -> session.join(topic, after, ref));
      }
    }
    hub.presence().announce();
    return joined;
  }

  /** As {@link Client#leave}. */
  void leave(String topic) {
    synchronized (this) {
      if (deciding != null && deciding.topic.equals(topic)) {
        deciding.revoked = true;
      }
      if (!remove(topic)) {
        return;
      }
      session.change(() -> session.leave(topic, null));
    }
    hub.presence().announce();
  }

  /** Follows a topic no more at the client's own request, which the session answers. */
  void requestLeave(String topic, Object ref) {
    synchronized (this) {
      remove(topic);
      session.change(() -> session.leave(topic, ref));
    }
    hub.presence().announce();
  }

  private boolean isClosing() {
    return closing || ended || session.isSealed();
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
