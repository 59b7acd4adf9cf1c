package io.github.signalhub.internal.presence;

import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.presence.Presence.Joined;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.spi.Handshake;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The topics that one client follows besides broadcasts. They were granted at the handshake, by the
 * application, or at the client's request. The session learns of changes in their order. The
 * audience is told of presence when no lock is held. Thread-safe.
 */
public final class FollowedTopics {
  private final Session session;
  private final Presence presence;
  private final int maxTopics;
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
  public static final class Decision {
    private final String topic;
    private boolean revoked;

    private Decision(String topic) {
      this.topic = topic;
    }
  }

  /**
   * Creates the topics of a client.
   *
   * @param maxTopics how many it may follow
   */
  public FollowedTopics(Session session, Handshake handshake, Presence presence, int maxTopics) {
    this.session = session;
    this.user = handshake.user();
    this.presence = presence;
    this.maxTopics = maxTopics;
    topics.addAll(handshake.topics());
  }

  /**
   * Takes note that the client is there; called once, before anybody else knows the client.
   * Listeners are told of changes of presence at the next {@link Presence#announce}.
   *
   * @return {@code false} if the hub cannot watch over its user in all topics, and the client is to
   *     be closed
   */
  public synchronized boolean begin() {
    return !topics.removeIf(topic -> nowPresent(topic) != Joined.DONE);
  }

  /** Takes note that the client is being closed: it follows no more topics than before. */
  public synchronized void close() {
    closing = true;
  }

  /** Takes note that the client is gone. */
  public void end() {
    synchronized (this) {
      ended = true;
      topics.forEach(this::nowAway);
    }
    presence.announce();
  }

  /** Returns the topics; a snapshot, unmodifiable. */
  public Set<String> all() {
    return Set.copyOf(topics);
  }

  /** Returns whether a topic is followed; a snapshot. */
  public boolean contains(String topic) {
    return topics.contains(topic);
  }

  /**
   * Follows a topic because the application says so.
   *
   * @param after the id to begin after, or {@code null}; see {@link Session#join}
   * @return whether the topic is followed from now on
   */
  public boolean join(String topic, StartId after) {
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
    presence.announce();
    return joined;
  }

  /**
   * Begins to decide about a join that the client asked for. A client's requests are done one after
   * the other, so that this ends the decision before.
   */
  public synchronized Decision decide(String topic) {
    deciding = new Decision(topic);
    return deciding;
  }

  /** Follows a topic at the client's own request, which was granted, if that still holds. */
  public Joined granted(Decision decision, StartId after, Object ref) {
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
    presence.announce();
    return joined;
  }

  /**
   * Follows a topic no more because the application says so, and lets a decision about a join of it
   * have no effect.
   */
  public void leave(String topic) {
    synchronized (this) {
      if (deciding != null && deciding.topic.equals(topic)) {
        deciding.revoked = true;
      }
      if (!remove(topic)) {
        return;
      }
      session.change(() -> session.leave(topic, null));
    }
    presence.announce();
  }

  /** Follows a topic no more at the client's own request, which the session answers. */
  public void requestLeave(String topic, Object ref) {
    synchronized (this) {
      remove(topic);
      session.change(() -> session.leave(topic, ref));
    }
    presence.announce();
  }

  private boolean isClosing() {
    return closing || ended || session.isSealed();
  }

  private Joined add(String topic) {
    int absences = user.map(name -> presence.absences(name, topic)).orElse(0);
    if (topics.size() + absences >= maxTopics) {
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
    return user.map(name -> presence.joined(topic, name)).orElse(Joined.DONE);
  }

  private void nowAway(String topic) {
    user.ifPresent(name -> presence.left(topic, name, session.connection().loop()));
  }
}
