package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.MessageId;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import java.util.ArrayDeque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;

/**
 * One client: the topics that it follows, and a {@linkplain Cursor cursor} over what they have.
 *
 * <p>Confined to its loop, except where stated.
 */
public final class Session implements Inbound {
  final Shard shard;
  final Subscriptions subscriptions = new Subscriptions();
  final CatchUps catchUps;
  final Outbox outbox;

  /** Whether this session waits in its shard's queue. */
  boolean queued;

  /** Where this session is in its shard's timer; {@code null}: nowhere. */
  List<Session> syncBucket;

  int syncIndex;

  private final String id;
  private final Connection connection;
  private final boolean controlMessages;
  private final boolean toldOfGaps;
  private final SessionListener listener;
  private final PrivateTopic privateTopic = new PrivateTopic(this);
  private final Answers answers;
  private final Cursor cursor;

  private boolean ended;

  /** What waits for the loop, in order: joins, leaves, an abort. Guarded by this. */
  private final Queue<Runnable> changes = new ArrayDeque<>(0);

  /** Whether any change waits. Read without the lock. */
  private volatile boolean changing;

  Session(
      Shard shard,
      String id,
      Connection connection,
      Handshake handshake,
      SessionListener listener) {
    this.shard = shard;
    this.id = id;
    this.connection = connection;
    this.controlMessages = handshake.controlMessages();
    this.toldOfGaps =
        controlMessages || handshake.after().isPresent() || !handshake.starts().isEmpty();
    this.listener = listener;
    this.answers = new Answers(listener.readGate());
    this.outbox = new Outbox(answers);
    this.catchUps = new CatchUps(this, answers);
    this.cursor = new Cursor(this);
  }

  @Override
  public String clientId() {
    return id;
  }

  @Override
  public Outbound outbound() {
    return cursor;
  }

  @Override
  public void text(byte[] utf8) {
    listener.text(utf8);
  }

  @Override
  public boolean binary(byte[] bytes) {
    return listener.binary(bytes);
  }

  /** Returns the link. Thread-safe. */
  public Connection connection() {
    return connection;
  }

  /** Returns up to where the link has accepted everything. Thread-safe. */
  public long position() {
    return cursor.position();
  }

  /** Returns whether nothing new is sent any more. Thread-safe. */
  public boolean isSealed() {
    return cursor.isSealed();
  }

  /**
   * Runs a task on this session's loop soon, never within this call; not if the loop has ended, and
   * the session with it. Thread-safe.
   */
  public void execute(Runnable task) {
    shard.execute(task);
  }

  /**
   * Has a {@link #join} or {@link #leave} done soon, in the order of these calls. It is done before
   * anything is sent that is published after this call returns. Thread-safe.
   */
  public void change(Runnable change) {
    synchronized (this) {
      changes.add(change);
      changing = true;
    }
    execute(this::changeNow);
  }

  /**
   * Closes the peer. Nothing is sent to it that is published after this call returns. Thread-safe.
   */
  public void abort(CloseReason reason) {
    change(() -> cursor.abort(reason));
  }

  /** Does the changes that wait. */
  void changeNow() {
    while (changing) {
      nextChange().run();
    }
  }

  /**
   * Sends a message to this session alone. Thread-safe.
   *
   * @param json as for {@link HubLog#append}
   * @return its offset, or {@link HubLog#FULL}, {@link HubLog#OVERLOADED} or {@link HubLog#CLOSED}
   */
  public long send(byte[] json) {
    return privateTopic.append(json);
  }

  /**
   * Sends a control message, if the peer asked for them, before everything of the log that it was
   * not sent yet; on the loop before anything else can happen. While more than {@value Answers#MAX}
   * wait for the peer to read them, nothing is read from it. Thread-safe.
   *
   * @param type its type, which begins with {@code $}
   * @param payload its payload; owned by the session from now on
   */
  public void control(String type, Map<String, Object> payload) {
    if (!controlMessages) {
      return;
    }
    answers.add();
    Answer answer = new Answer(type, payload);
    if (shard.loop().inLoop()) {
      answer(answer);
    } else {
      execute(() -> answer(answer));
    }
  }

  /**
   * Follows a topic, with a catch-up first. If the session does so already, that is said. Does
   * nothing if the session is sealed or has ended: its client asks again when it comes back.
   *
   * @param after the id to begin behind, unchecked; {@code null}: from now on, or before everything
   *     if the topic is compacted
   * @param ref what the answer is to bear, a string or an integer, or {@code null}
   */
  public void join(String topic, String after, Object ref) {
    if (ended || isSealed()) {
      return;
    }
    shard.advance();
    cursor.moveOn();
    Subscription known = subscriptions.find(topic);
    if (known == null) {
      Subscription joined = follow(topic);
      if (after == null && !joined.topic().isCompacted()) {
        joined.gapTold = joined.topic().log().floor(); // what left before it joined is no loss
      }
      catchUps.add(CatchUp.join(joined, after, ref));
      markDirty(joined);
    } else if (controlMessages) {
      catchUps.add(CatchUp.repeat(known, ref));
      shard.enqueue(this);
    }
    shard.flushSoon();
  }

  /**
   * Stops following a topic, if the session does, and says so.
   *
   * @param ref what the answer is to bear, a string or an integer, or {@code null}
   */
  public void leave(String topic, Object ref) {
    if (ended) {
      return;
    }
    Map<String, Object> payload = new LinkedHashMap<>(Map.of("topic", topic));
    if (ref != null) {
      payload.put("ref", ref);
    }
    Answer left = new Answer("$left", payload);
    Subscription subscription = subscriptions.find(topic);
    if (subscription != null) {
      subscriptions.remove(subscription);
      catchUps.leave(subscription, left);
      shard.unsubscribe(subscription);
      shard.enqueue(this);
      shard.flushSoon();
    } else {
      answers.add();
      answer(left);
    }
  }

  /** Returns the name of the topic of one session. Thread-safe. */
  public static String privateTopic(String clientId) {
    return "$client:" + clientId;
  }

  Cursor cursor() {
    return cursor;
  }

  /**
   * Marks a topic as one that may have entries for this session, and queues the session; not if it
   * is sealed, because it is sent nothing of what was published since.
   */
  void markDirty(Subscription subscription) {
    if (!isSealed()) {
      subscriptions.markDirty(subscription);
      shard.enqueue(this);
    }
  }

  /** Adds a control message, if the peer asked for them; an answer has been counted. */
  void tell(Control control) {
    if (controlMessages) {
      outbox.add(control);
    } else if (control.isAnswer()) {
      answers.remove();
    }
  }

  /** Tells that entries up to {@code floor} left the log unsent, or closes who cannot be told. */
  void tellGap(Subscription subscription, String after, long floor) {
    subscription.gapTold = floor;
    if (!toldOfGaps) {
      cursor.abort(CloseReason.FELL_BEHIND);
    } else if (subscription.gap != null) {
      subscription.gap.widen(floor);
    } else {
      subscription.gap = new Gap(subscription, shard.epoch, after, floor);
      outbox.add(subscription.gap);
    }
  }

  /** Returns the id of an offset. */
  String id(long offset) {
    return new MessageId(shard.epoch, offset).toString();
  }

  /** Subscribes to topics and says where to begin; called once, first of all. */
  void open(List<String> topics, Handshake handshake) {
    topics.forEach(this::follow);
    Opening opening = new Opening(this, handshake, shard.advance());
    cursor.open(opening.position());
    opening.tell(topics);
    subscriptions.all().forEach(this::markDirty);
    if (controlMessages) {
      shard.syncTimer.add(this);
    }
    shard.flushSoon();
  }

  /** Ends the session. */
  void end(CloseReason reason) {
    ended = true;
    shard.syncTimer.remove(this);
    subscriptions.all().forEach(shard::unsubscribe);
    subscriptions.clear();
    catchUps.clear();
    outbox.clear();
    cursor.end();
    privateTopic.close();
    listener.closed(reason);
  }

  private synchronized Runnable nextChange() {
    Runnable next = changes.remove();
    changing = !changes.isEmpty();
    return next;
  }

  private Subscription follow(String topic) {
    Subscription subscription = shard.subscribe(this, topic);
    subscriptions.add(subscription);
    return subscription;
  }

  private void answer(Answer answer) {
    if (!ended) {
      tell(answer);
      shard.enqueue(this);
      shard.flushSoon();
    }
  }
}
