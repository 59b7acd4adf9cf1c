package io.github.signalhub.internal.presence;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.presence.Presence.Joined;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.internal.session.TopicStart;
import io.github.signalhub.spi.Handshake;
import java.util.Collections;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedList;
import java.util.List;
import java.util.ListIterator;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The topics that one client follows besides broadcasts. They were granted at the handshake, by the
 * application, or at the client's request. The session learns of changes in their order. The
 * audience is told of presence when no lock is held.
 *
 * <p>The application may have handlers of the joins of a topic. Then the place where the topic
 * begins is fixed at once, and the handlers are called at the client's next turn. The session joins
 * the topic when they have returned, after everything that they sent.
 *
 * <p>A join that ends before its turn is told to nobody. So at most two calls of a topic wait, of a
 * leave and of a join after it, and leaves wait of no more topics than the client may follow.
 * Thread-safe.
 */
public final class FollowedTopics {
  private final Session session;
  private final Presence presence;
  private final int maxTopics;
  private final Optional<String> user;
  private volatile Set<String> topics = Set.of(); // a concurrent set from the first topic on

  // guarded by this
  private List<Call> calls = Collections.emptyList(); // most clients never have one
  private Join running; // whose handlers are being called; null: none, or it was left meanwhile
  private TopicHandlers handlers;
  private Turns turns;
  private boolean stateWaits; // what the last handlers sent waits for the client
  private boolean turnComes = true; // that of the new connection
  private boolean closing;
  private boolean ended;
  private Decision deciding;

  /** The calls of one client, one at a time, where listeners run. Thread-safe. */
  public interface Turns {
    /** Runs a callback of the client after those that wait. */
    void call(Runnable callback);

    /** Has {@link #tell} called before everything else that waits. */
    void goOnWithJoins();
  }

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

  /** A join of a topic whose handlers have not returned. Immutable. */
  private static final class Join {
    private final TopicStart start;
    private final boolean asked; // by the client, which waits for a reply
    private final Object ref;

    private Join(TopicStart start, boolean asked, Object ref) {
      this.start = start;
      this.asked = asked;
      this.ref = ref;
    }
  }

  /**
   * That a topic was joined or left, which waits for its turn. Immutable.
   *
   * @param join the join that waits for handlers; {@code null} if none does
   */
  private record Call(String topic, boolean isJoin, Join join) {
    private boolean isJoinOf(String other) {
      return isJoin && topic.equals(other);
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
    handshake.topics().forEach(this::addTopic);
    session.held().forEach(start -> hold(new Join(start, false, null)));
  }

  /**
   * Takes note that the client is there; called once, before anybody else knows the client.
   * Listeners are told of changes of presence at the next {@link Presence#announce}.
   *
   * @param turns runs {@link #tell}
   * @return {@code false} if the hub cannot watch over its user in all topics, and the client is to
   *     be closed
   */
  public synchronized boolean begin(TopicHandlers handlers, Turns turns) {
    this.handlers = handlers;
    this.turns = turns;
    boolean watched =
        topics.isEmpty() || !topics.removeIf(topic -> nowPresent(topic) != Joined.DONE);
    closing = !watched;
    return watched;
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
        begin(topic, after, false, null);
      }
    }
    presence.announce();
    askForTurn();
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

  /**
   * Follows a topic at the client's own request, which was granted, if that still holds. Calls the
   * handlers, so it is called where listeners run.
   */
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
        if (joined == Joined.DONE) {
          begin(topic, after, true, ref);
        }
      } else if (!answerWithNext(topic, ref)) {
        session.change(() -> session.join(topic, after, ref));
      }
    }
    presence.announce();
    tell();
    return joined;
  }

  /** Has the join of a topic that waits for its turn reply to the client, if there is one. */
  private boolean answerWithNext(String topic, Object ref) {
    for (ListIterator<Call> waiting = calls.listIterator(); waiting.hasNext(); ) {
      Call call = waiting.next();
      if (call.isJoinOf(topic) && call.join != null) {
        waiting.set(new Call(topic, true, new Join(call.join.start, true, ref)));
        return true;
      }
    }
    return false;
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
    askForTurn();
  }

  /**
   * Follows a topic no more at the client's own request, which the session answers. Calls the
   * handlers, so it is called where listeners run.
   */
  public void requestLeave(String topic, Object ref) {
    synchronized (this) {
      remove(topic);
      session.change(() -> session.leave(topic, ref));
    }
    presence.announce();
    tell();
  }

  /**
   * Returns whether handlers wait until the client was sent what the last ones sent. A state of any
   * size has room then, and the client cannot make many of them wait.
   */
  public synchronized boolean isHeldUp() {
    return stateWaits && !isClosing() && calls.stream().anyMatch(call -> call.join != null);
  }

  private void stateIsSent() {
    synchronized (this) {
      stateWaits = false;
    }
    turns.goOnWithJoins();
  }

  /**
   * Ends the turn of the new connection, if nothing waits for it.
   *
   * @return whether it has ended; if not, {@link #tell} is to be called
   */
  public synchronized boolean endTurn() {
    turnComes = !calls.isEmpty();
    return !turnComes;
  }

  /** Calls the handlers of the joins and leaves that wait. Called where listeners run. */
  public void tell() {
    for (Call call = next(); call != null; call = next()) {
      if (call.join != null) {
        tell(call.join);
      } else if (!call.isJoin) {
        handlers.left(call.topic);
      }
    }
  }

  /**
   * Calls the handlers of all leaves that they have not heard of, because the client is gone.
   * Called where listeners run, after {@link #end}.
   */
  public void tellEnd() {
    tell();
    Set<String> left = new HashSet<>(topics);
    synchronized (this) {
      calls.forEach(call -> left.remove(call.topic)); // joins that were told to nobody
    }
    left.stream().filter(handlers::hearLeaves).forEach(handlers::left);
  }

  /** Returns the next call that is due, or {@code null}. A client that is closed joins nothing. */
  private synchronized Call next() {
    boolean joinsToo = !isClosing();
    for (Iterator<Call> waiting = calls.iterator(); waiting.hasNext(); ) {
      Call next = waiting.next();
      if (joinsToo && stateWaits && next.join != null) {
        break; // the queue goes on with this one
      }
      if (joinsToo || !next.isJoin) {
        waiting.remove();
        running = next.join != null ? next.join : running;
        return next;
      }
    }
    turnComes = false;
    if (calls.isEmpty()) {
      calls = Collections.emptyList();
    }
    return null;
  }

  private void tell(Join join) {
    TopicStart start = join.start;
    long losses = session.losses();
    Reply reply = handlers.joined(start.topic(), start.after());
    synchronized (this) {
      if (running != join) {
        return; // the topic was left meanwhile
      }
      if (reply == Reply.DONE) {
        stateWaits = true;
      } else {
        running = null;
        remove(start.topic());
        refuse(join, reply);
      }
    }
    if (reply == Reply.DONE) {
      session.whenSent(() -> joinAfterState(join, losses));
    } else {
      presence.announce();
    }
  }

  /** Has the session join a topic after everything that the handlers sent. It has its offsets. */
  private void joinAfterState(Join join, long losses) {
    long sent = session.horizon(); // what the handlers sent is not newer
    synchronized (this) {
      if (running == join) {
        running = null;
        if (session.losses() == losses) {
          session.change(() -> session.join(join.start, join.ref, sent, this::stateIsSent));
        } else {
          session.abort(DisconnectReason.FELL_BEHIND); // it comes back, and is sent a state anew
        }
        return;
      }
    }
    stateIsSent(); // the topic was left meanwhile
  }

  /** Has the client follow no topic whose handlers failed: its messages would mislead it. */
  private void refuse(Join join, Reply reply) {
    if (join.asked) {
      reply(reply, join.ref);
    } else if (reply == Reply.INTERNAL) {
      closing = true;
      session.abort(DisconnectReason.INTERNAL_ERROR);
    } else {
      session.change(() -> session.leave(join.start.topic(), null));
    }
  }

  /** Begins to follow a topic that was added: now, or when the handlers have returned. */
  private void begin(String topic, StartId after, boolean asked, Object ref) {
    if (handlers.hearJoins(topic)) {
      Join join = new Join(session.start(topic, after), asked, ref);
      hold(join);
      session.change(() -> session.tellLost(join.start));
    } else {
      session.change(() -> session.join(topic, after, ref));
      if (handlers.hearLeaves(topic)) {
        add(new Call(topic, true, null));
      }
    }
  }

  private void hold(Join join) {
    add(new Call(join.start.topic(), true, join));
  }

  private void add(Call call) {
    if (calls.isEmpty()) {
      calls = new LinkedList<>();
    }
    calls.add(call);
  }

  private void addTopic(String topic) {
    if (topics.isEmpty()) {
      topics = ConcurrentHashMap.newKeySet(1);
    }
    topics.add(topic);
  }

  private void reply(Reply reply, Object ref) {
    session.change(() -> session.control(reply.to(ref)));
  }

  /** Has {@link #tell} called soon, if anything waits. To be called without the lock. */
  private void askForTurn() {
    synchronized (this) {
      if (turnComes || calls.isEmpty()) {
        return;
      }
      turnComes = true;
    }
    turns.call(this::tell);
  }

  private boolean isClosing() {
    return closing || ended || session.isSealed();
  }

  private Joined add(String topic) {
    int absences = user.map(name -> presence.absences(name, topic)).orElse(0);
    if (topics.size() + absences >= maxTopics) {
      return presence.count(Joined.TOO_MANY);
    }
    Joined joined = nowPresent(topic);
    if (joined == Joined.DONE) {
      addTopic(topic);
    }
    return joined;
  }

  private boolean remove(String topic) {
    boolean removed = !ended && topics.contains(topic) && topics.remove(topic);
    if (removed) {
      nowAway(topic);
      Optional<Call> untold = calls.stream().filter(call -> call.isJoinOf(topic)).findFirst();
      calls.removeIf(call -> call.isJoinOf(topic));
      untold.ifPresent(call -> refuseLeft(call.join));
      if (running != null && running.start.topic().equals(topic)) {
        refuseLeft(running);
        running = null;
      }
      if (untold.isEmpty() && handlers.hearLeaves(topic)) {
        add(new Call(topic, false, null));
      }
    }
    return removed;
  }

  /** Refuses a join whose topic was left, if the client asked for it. */
  private void refuseLeft(Join join) {
    if (join != null && join.asked) {
      reply(Reply.LEFT, join.ref);
    }
  }

  private Joined nowPresent(String topic) {
    return user.map(name -> presence.joined(topic, name)).orElse(Joined.DONE);
  }

  private void nowAway(String topic) {
    user.ifPresent(name -> presence.left(topic, name, session.connection().loop()));
  }
}
