package io.github.signalhub.internal.session;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.log.AppendResult;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Inbound;
import io.github.signalhub.spi.Outbound;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;

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

  /**
   * The topic of messages to this session alone. Nobody else knows it. It is created on first use,
   * and ends with the session. Guarded by this, as {@link #ended} is.
   */
  private Subscribers privateTopic;

  private boolean ended;

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
    listener.readBegins();
  }

  /** {@inheritDoc} Confined to the loop. */
  @Override
  public void readEnds() {
    listener.readEnds();
  }

  /** {@inheritDoc} Confined to the loop. */
  @Override
  public void text(byte[] utf8) {
    listener.text(utf8);
  }

  /** {@inheritDoc} Confined to the loop. */
  @Override
  public boolean binary(byte[] bytes) {
    return listener.binary(bytes);
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
    Topic topic;
    synchronized (this) {
      if (ended) {
        return AppendResult.CLOSED;
      }
      if (privateTopic == null) {
        privateTopic = linkPrivateTopic();
      }
      topic = privateTopic.topic();
    }
    return cursor.shard.log.append(topic, json);
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

  /** Begins; called once, first of all. Confined to the loop. */
  void open(List<String> topics, Set<String> held) {
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
