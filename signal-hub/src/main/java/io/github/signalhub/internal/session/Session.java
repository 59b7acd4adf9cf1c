package io.github.signalhub.internal.session;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.log.AppendResult;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.spi.ClientLimit;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * One client, as the hub and the transport see it. It has a {@linkplain Cursor cursor} over the
 * topics that it follows, a topic of its own, and a listener for the peer's messages.
 *
 * <p>Thread-safe, except where stated.
 */
public final class Session implements Inbound {
  final Cursor cursor;
  private final SessionListener listener;
  private List<TopicStart> held = List.of();

  /** What the peer sent before the session was opened; {@code null}: it is open. */
  private List<Runnable> early;

  /**
   * The topic of messages to this session alone. Nobody else knows it. It is created on first use,
   * and ends with the session. Guarded by this, as {@link #ended} is.
   */
  private Subscribers privateTopic;

  private boolean ended;

  /** {@code null} until a message is handed over. Guarded by this. */
  private SendsUnderWay sends;

  Session(
      Shard shard,
      String id,
      Connection connection,
      Handshake handshake,
      SessionListener listener) {
    this.listener = listener;
    this.cursor = new Cursor(shard, id, connection, handshake, listener);
  }

  @Override
  public String clientId() {
    return cursor.clientId();
  }

  @Override
  public Outbound outbound() {
    return cursor;
  }

  /** {@inheritDoc} Confined to the loop. */
  @Override
  public void readBegins() {
    if (early == null) {
      listener.readBegins();
    }
  }

  /** {@inheritDoc} Confined to the loop. */
  @Override
  public void readEnds() {
    if (early == null) {
      listener.readEnds();
    }
  }

  /** {@inheritDoc} Confined to the loop. */
  @Override
  public void text(byte[] utf8) {
    if (early != null) {
      early.add(() -> listener.text(utf8));
    } else {
      listener.text(utf8);
    }
  }

  /** {@inheritDoc} Confined to the loop. */
  @Override
  public boolean binary(byte[] bytes) {
    if (early == null) {
      return listener.binary(bytes);
    }
    early.add(
        () -> {
          if (!listener.binary(bytes)) {
            connection().close(DisconnectReason.UNSUPPORTED_DATA);
          }
        });
    return true;
  }

  @Override
  public void limitReached(ClientLimit limit) {
    cursor.shard.counters.limits.count(limit);
  }

  /** Returns the link. */
  public Connection connection() {
    return cursor.connection;
  }

  /** Returns up to where the link has accepted everything. */
  public long position() {
    return cursor.position();
  }

  /** Returns whether nothing new is sent any more. */
  public boolean isSealed() {
    return cursor.isSealed();
  }

  /**
   * Returns whether the client was told to forget a table on this connection, so that it is to be
   * sent its own rows, too.
   */
  public boolean hasForgotten(String table) {
    return cursor.hasForgotten(table);
  }

  /** Returns this session as the sender of messages. */
  public Sender self() {
    return cursor.self();
  }

  /**
   * Runs a task on this session's loop soon, never within this call. If the loop has ended, and the
   * session with it, the task is not run.
   */
  public void execute(Runnable task) {
    cursor.shard.execute(task);
  }

  /**
   * Has a {@link #join} or {@link #leave} done soon, in the order of these calls. It is done before
   * anything is sent that is published after this call returns.
   */
  public void change(Runnable change) {
    cursor.change(change);
  }

  /** Closes the peer. Nothing is sent to it that is published after this call returns. */
  public void abort(DisconnectReason reason) {
    change(() -> cursor.abort(reason));
  }

  /**
   * Sends a message to this session alone.
   *
   * @param json as for {@link HubLog#append}
   */
  public AppendResult send(byte[] json) {
    Topic topic = privateTopic();
    return topic == null ? AppendResult.CLOSED : cursor.shard.log.append(topic, json);
  }

  /** Returns the topic of messages to this session alone; {@code null} if it has ended. */
  private synchronized Topic privateTopic() {
    if (ended) {
      return null;
    }
    if (privateTopic == null) {
      privateTopic = linkPrivateTopic();
    }
    return privateTopic.topic();
  }

  /**
   * Takes note that a message to this session alone is about to be handed over to the part that
   * gives it an offset.
   *
   * @param bytes those of the message
   * @return {@code APPENDED} if it may be handed over, else why it may not
   */
  public AppendResult.Outcome beginSend(int bytes) {
    Topic topic = privateTopic();
    if (topic == null) {
      return AppendResult.Outcome.CLOSED;
    }
    synchronized (this) {
      sends = sends == null ? new SendsUnderWay() : sends;
      if (!cursor.shard.log.admitsPrivate(topic, sends.count(), sends.bytes() + bytes)) {
        return AppendResult.Outcome.FULL;
      }
      sends.begin(bytes);
    }
    return AppendResult.Outcome.APPENDED;
  }

  /**
   * Takes note that such a message has settled.
   *
   * @param placed whether it has an offset
   */
  public void endSend(int bytes, boolean placed) {
    List<Runnable> due;
    synchronized (this) {
      due = sends.end(bytes, placed);
    }
    due.forEach(Runnable::run);
  }

  /** Places a message to this session alone that has its offset. Returns whether it is done. */
  public boolean place(long offset, byte[] json, long ageNanos, boolean mustFit) {
    Topic topic = privateTopic();
    if (topic == null) {
      cursor.shard.log.pass(offset);
      return true;
    }
    return cursor.shard.log.place(topic, offset, json, ageNanos, mustFit);
  }

  /** Runs a task when all messages to this session alone have settled that are under way now. */
  public void whenSent(Runnable then) {
    synchronized (this) {
      if (sends != null && sends.await(then)) {
        return;
      }
    }
    then.run();
  }

  /** Returns how often messages to this session alone may have been lost. It only grows. */
  public synchronized long losses() {
    return cursor.shard.log.restarts() + (sends == null ? 0 : sends.lost());
  }

  /**
   * Sends a reply, if the peer asked for control messages. It comes before everything of the log
   * that was not sent yet. On the loop it is sent within this call. While more than {@value
   * ReadGate#MAX_REPLIES} replies wait for the peer to read them, nothing is read from it.
   */
  public void control(ControlMessage reply) {
    control(() -> reply);
  }

  /** Sends a reply, as the other method does. It is made when the link takes it. */
  public void control(Supplier<ControlMessage> reply) {
    if (!cursor.sendsControlMessages()) {
      return;
    }
    listener.readGate().replyWaits();
    if (cursor.shard.loop().inLoop()) {
      cursor.reply(reply);
    } else {
      execute(() -> cursor.reply(reply));
    }
  }

  /**
   * Follows a topic, with a catch-up first. If the session does so already, that is said. Does
   * nothing if the session is sealed or has ended: its client asks again when it comes back.
   * Confined to the loop.
   *
   * @param after the id to begin after; {@code null}: from now on, or before everything if the
   *     topic is compacted
   * @param ref what the reply is to bear, a string or an integer, or {@code null}
   */
  public void join(String topic, StartId after, Object ref) {
    cursor.join(topic, after, ref);
  }

  /** Returns where the topics begin that were held back when this session began. */
  public List<TopicStart> held() {
    return held;
  }

  /**
   * Decides where a topic begins that the session is about to follow. Thread-safe.
   *
   * @param after as for {@link #join(String, StartId, Object)}
   */
  public TopicStart start(String topic, StartId after) {
    HubLog log = cursor.shard.log;
    return TopicStart.of(log, log.horizon(), topic, after);
  }

  /** Tells if messages are missing that the client asked for. Confined to the loop. */
  public void tellLost(TopicStart start) {
    cursor.tellLost(start);
  }

  /** Returns the offset of the newest message of the hub. Thread-safe. */
  public long horizon() {
    return cursor.shard.log.horizon();
  }

  /**
   * Follows a topic as {@link #join(String, StartId, Object)} does, after everything up to an
   * offset was sent to the client. Closes the client if something of what the application sent to
   * it before left the log unsent. Confined to the loop.
   *
   * @param sent the offset
   * @param isSent is run on the loop then, or if the topic was left before; not if the session ends
   */
  public void join(TopicStart start, Object ref, long sent, Runnable isSent) {
    cursor.join(start, ref, sent, isSent);
  }

  /**
   * Stops following a topic, if the session does, and says so. Confined to the loop.
   *
   * @param ref what the reply is to bear, a string or an integer, or {@code null}
   */
  public void leave(String topic, Object ref) {
    cursor.leave(topic, ref);
  }

  /** Returns the name of the topic of one session. */
  public static String privateTopic(String clientId) {
    return "$client:" + clientId;
  }

  /**
   * Runs a task when the log has the ids that a handshake names, or no node ever will: at once, if
   * it has them already. Meanwhile nothing is read from the peer, and what was read is kept. A peer
   * whose ids other nodes may have, and this one does not get, is closed with 1013: else it would
   * be sent again what it has. Confined to the loop.
   */
  public void whenKnown(Handshake handshake, Runnable then) {
    Shard shard = cursor.shard;
    if (Stream.concat(handshake.after().stream(), handshake.starts().values().stream())
        .noneMatch(id -> shard.isAwaited(StartId.parse(id)))) {
      then.run();
      return;
    }
    early = new ArrayList<>();
    connection().setReadEnabled(false);
    shard.whenReached(
        () -> {
          if (!hasEnded()) {
            then.run();
            List<Runnable> kept = early;
            early = null;
            connection().setReadEnabled(true);
            kept.forEach(Runnable::run);
          }
        },
        () -> {
          if (!hasEnded()) {
            shard.counters.late.increment();
            connection().abort(DisconnectReason.TRY_AGAIN_LATER);
            connection().setReadEnabled(true); // the link reads the answer to its close
          }
        });
  }

  private synchronized boolean hasEnded() {
    return ended;
  }

  /**
   * Begins; called once, first of all. Confined to the loop.
   *
   * @param topics the names of all topics that it follows, internal ones included
   * @param held those of them that it joins later, by {@link #join(TopicStart, Object, long,
   *     Runnable)}
   */
  public void open(List<String> topics, Set<String> held) {
    this.held = List.copyOf(cursor.open(topics, held));
  }

  /** Ends the session. Confined to the loop. */
  void end(DisconnectReason reason) {
    cursor.end();
    synchronized (this) {
      ended = true;
      if (privateTopic != null) {
        cursor.shard.log.unlink(privateTopic);
      }
    }
    listener.closed(reason);
  }

  private Subscribers linkPrivateTopic() {
    return cursor.shard.log.linkPrivate(
        privateTopic(clientId()),
        this::position,
        topic -> {
          Subscribers subscribers = new Subscribers(topic, cursor.shard);
          subscribers.add(cursor);
          return subscribers;
        });
  }
}
