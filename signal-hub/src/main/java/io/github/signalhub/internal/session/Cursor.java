package io.github.signalhub.internal.session;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.control.ControlMessage;
import io.github.signalhub.internal.control.Reply;
import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.internal.log.TopicLog;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * How far one session is: everything of its topics up to the position was accepted by its link. All
 * states of a session, and all transitions between them, are in this class.
 *
 * <p><em>Sending.</em> {@link #take} copies the next bytes, and {@link #accepted} moves the
 * position. In between the frames are in flight. Frames that the link did not accept are taken
 * again. If it accepted a part of a frame, the bytes are kept until their end is accepted, whatever
 * leaves the log meanwhile. So a client that does not read costs one frame, and costs the others
 * nothing.
 *
 * <p><em>Runs.</em> Most sessions are at the same place, and nothing but live entries waits for
 * them. {@link #takeRun} gives all of them the bytes of one {@link Run}. A session with anything
 * else to send takes its own way. So does one whose link accepted a part of a frame.
 *
 * <p><em>Order.</em> First the control messages are sent. Then comes the catch-up whose turn it is,
 * alone. While any catch-up waits or runs, no live entry is sent. So the position stands still, and
 * all catch-ups end there. Then the live entries come: those of the dirty topics between the
 * position and the horizon.
 *
 * <p><em>Losses.</em> If entries left the log unsent, {@link #decide} decides about the session,
 * and {@link #handle} does it. Usually the client is told a gap, and goes on with the retained
 * entries. A table is sent anew. When a session lags again within a minute, its streams skip to the
 * horizon. Else a client that is always too slow would for ever be sent entries that are about to
 * leave. A topic may ask to close such a client. A client that cannot be told is closed.
 *
 * <p><em>Own messages.</em> An entry that this session sent is passed: the position moves past it
 * as if it had been accepted. It is passed when the session is flushed, so an own entry that leaves
 * the log unsent is no loss. A table that is sent from its beginning has the session's own rows,
 * too. From the moment when a client is told to forget a table, all its own rows are sent to it: it
 * may send a row before it reads that.
 *
 * <p>Confined to its loop, except where stated.
 */
final class Cursor implements Outbound {
  /** A second lag within this time skips the entries that are retained. */
  static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  /** So many forgotten tables are known by their names. */
  private static final int MAX_FORGOTTEN = 64;

  private static final long NOT_SEALED = Long.MAX_VALUE;
  private static final long NO_STATE = Long.MAX_VALUE;

  private enum Life {
    OPEN,
    /** Nothing more is taken but the rest of a frame. The link is about to be aborted. */
    ABORTING,
    ENDED
  }

  /** The peer's knowledge of lags. Losses are the same lag until the peer has read of it. */
  private enum Lag {
    NEVER,
    /** The peer has yet to read of it. */
    FIRST,
    /** The same of a lag that came within a minute of another. */
    AGAIN,
    READ
  }

  /** The treatment of a session that lost entries. */
  private enum Remedy {
    CLOSE,
    GAP,
    CATCH_UP,
    SKIP
  }

  /**
   * A frame that the link accepted in part, or took as a whole; or texts that it took together.
   * Immutable.
   *
   * @param frame its bytes; {@code null} if it is texts
   * @param texts the texts; empty if it is a frame
   * @param offset the newest offset in it, or {@link FramesInFlight#CONTROL}
   * @param messages how many entries are in it
   * @param isControl whether any of it is a control message
   */
  private record PartialFrame(
      byte[] frame,
      List<String> texts,
      int length,
      int accepted,
      long offset,
      int messages,
      boolean isControl) {
    PartialFrame(byte[] frame, int accepted, long offset) {
      this(
          frame,
          List.of(),
          frame.length,
          accepted,
          offset,
          offset == FramesInFlight.CONTROL ? 0 : 1,
          offset == FramesInFlight.CONTROL);
    }

    int unfinished() {
      return length - accepted;
    }

    PartialFrame accept(int bytes) {
      return new PartialFrame(frame, texts, length, accepted + bytes, offset, messages, isControl);
    }
  }

  /**
   * {@code $gap}, which waits to be sent. While it waits, further losses of its topic widen it: the
   * subscription knows what is missing. So a session holds at most one per topic. The client of a
   * compacted topic is to forget everything, because its state follows.
   */
  private record Gap(Subscription subscription, HubLog log) implements Supplier<ControlMessage> {
    @Override
    public ControlMessage get() {
      Subscription.Missing missing = subscription.missing;
      subscription.missing = null;
      String next = log.id(missing.upTo() + 1).toString();
      Topic topic = subscription.topic();
      return ControlMessage.gap(topic.name(), missing.after(), next, topic.isCompacted());
    }
  }

  /**
   * A join whose turn comes when everything up to an offset was sent: what the application sent
   * before it, after another offset. Then the application may send more. Immutable.
   *
   * @param isKnown whether the log has the start, if any hub has it
   */
  private record LateJoin(
      String topic,
      StartId start,
      Object ref,
      long after,
      long sent,
      Runnable isSent,
      boolean isKnown) {
    LateJoin known() {
      return new LateJoin(topic, start, ref, after, sent, isSent, true);
    }
  }

  /** The catch-up whose turn it is: a topic, and the offset after which it goes on. Immutable. */
  private record Running(Subscription subscription, CatchUp.Cause cause, long after) {
    Running sentUpTo(long offset) {
      return new Running(subscription, cause, Math.max(after, offset));
    }
  }

  final Subscriptions subscriptions = new Subscriptions();

  /** Whether this session waits in its shard's queue. */
  boolean queued;

  final Shard shard;
  final Connection connection;

  private final String clientId;
  private final Handshake handshake;
  private final WireForm form;
  private final boolean controlMessages;
  private final boolean toldOfGaps;
  private final SessionListener listener;
  private Outbox outbox = Outbox.NONE; // one of its own while it has messages
  private Supplier<ControlMessage> sync; // null before the first
  private List<CatchUp> catchUps = Collections.emptyList(); // most sessions never have one

  /** The joins whose turn comes later, in order; most sessions never have one. */
  private List<LateJoin> lateJoins = Collections.emptyList();

  /** The newest offset of a message to this client alone that left the log unsent. */
  private long lostUpTo;

  /** The changes that wait for the loop, in order: joins, leaves, an abort. Thread-safe. */
  private volatile Queue<Runnable> changes; // null before the first change

  /**
   * The tables that the client was told to forget on this connection; {@code null}: too many.
   * Written on the loop. A set is never modified.
   */
  private volatile Set<String> forgotten = Set.of();

  private Life life = Life.OPEN;
  private volatile long position;

  /** This session as a sender; {@code null} while it has sent nothing. Made on any thread. */
  private volatile Sender self;

  /** Nothing after this offset is sent. Written on the loop. */
  private volatile long sealedAt = NOT_SEALED;

  /** The frames that were taken and not reported on; {@code null}: none. */
  private FramesInFlight inFlight;

  /** The run that was taken and not reported on; {@code null}: none. */
  private Run run;

  /** The frame whose rest comes first; {@code null}: none. */
  private PartialFrame partial;

  /** The catch-up whose turn it is; {@code null}: none. */
  private Running running;

  private Lag lag = Lag.NEVER;
  private long laggedAt;

  Cursor(
      Shard shard,
      String clientId,
      Connection connection,
      Handshake handshake,
      SessionListener listener) {
    this.shard = shard;
    this.clientId = clientId;
    this.handshake = handshake;
    this.connection = connection;
    this.form = connection.wireForm();
    this.controlMessages = handshake.controlMessages();
    this.toldOfGaps =
        controlMessages || handshake.after().isPresent() || !handshake.starts().isEmpty();
    this.listener = listener;
    this.self = handshake.session().isPresent() ? new Sender(handshake, clientId) : null;
  }

  // The life of a session.

  /**
   * Subscribes to topics and says where to begin; called once, first of all.
   *
   * @param held those of the topics that the session joins later
   * @return where these begin
   */
  List<TopicStart> open(List<String> topics, Set<String> held) {
    topics.stream().filter(topic -> !held.contains(topic)).forEach(this::follow);
    long horizon = shard.advance();
    SessionStart start = new SessionStart(shard.log, horizon, handshake, subscriptions.all(), held);
    position = start.position();
    if (handshake.after().isPresent()) {
      (start.resumed() ? shard.counters.resumed : shard.counters.notResumed).increment();
    }
    start.catchUps().forEach(this::addFirst);
    List<String> names = new ArrayList<>(topics);
    names.removeIf(name -> name.startsWith("$"));
    tell(
        ControlMessage.hello(
            clientId, id(position), start.resumed(), names, shard.syncMs(), start.toldCatchUps()));
    for (Subscription subscription : start.gaps()) {
      tellGap(subscription, start.gapsAfter(), start.gapUpTo(subscription));
    }
    start.held().forEach(this::tellLost);
    subscriptions.all().forEach(this::markDirty);
    if (controlMessages) {
      shard.syncTimer.add(this);
    }
    shard.flushSoon();
    return start.held();
  }

  @Override
  public void seal() {
    if (!isSealed()) {
      long upTo = shard.advance(); // first: nothing marks a topic of a sealed session
      subscriptions.seal(upTo);
      sealedAt = upTo;
    }
  }

  /** Sends nothing more, and closes the peer. */
  void abort(DisconnectReason reason) {
    if (life == Life.OPEN) {
      life = Life.ABORTING; // the transport is in the middle of taking: abort when it is done
      shard.execute(() -> connection.abort(reason));
    }
  }

  /** Ends the session: nothing is kept any more. */
  void end() {
    life = Life.ENDED;
    shard.syncTimer.remove(this);
    subscriptions.all().forEach(shard::unsubscribe);
    subscriptions.clear();
    catchUps.clear();
    lateJoins = Collections.emptyList();
    running = null;
    outbox = Outbox.NONE;
    partial = null;
    if (isInFlight()) {
      stopTaking();
    }
  }

  /** Returns whether nothing new is sent any more. Thread-safe. */
  boolean isSealed() {
    return sealedAt < NOT_SEALED;
  }

  // Requests of the hub and of the application.

  /**
   * Has a {@link #join}, {@link #leave} or {@link #abort} done soon, in the order of these calls.
   * It is done before anything is sent that is published after this call returns. Thread-safe.
   */
  void change(Runnable change) {
    shard.countChange(this, 1); // first: it is found there until it is done
    addChange(change);
    shard.execute(
        () -> {
          changeNow();
          if (isSealed() && life != Life.ENDED) {
            flushSoon(); // the link may wait for this alone before it closes
          }
        });
  }

  /** Follows a topic, with a catch-up first; see {@link Session#join}. */
  void join(String topic, StartId start, Object ref) {
    join(new LateJoin(topic, start, ref, NO_STATE, 0, () -> {}, !shard.isAwaited(start)));
  }

  /** Follows a topic when everything up to an offset was sent; see {@link Session#join}. */
  void join(TopicStart start, Object ref, long sent, Runnable isSent) {
    join(new LateJoin(start.topic(), start.begin(), ref, start.here(), sent, isSent, true));
  }

  private void join(LateJoin join) {
    if (life == Life.ENDED || isSealed()) {
      return;
    }
    shard.advance();
    moveOn();
    listener.readGate().replyWaits();
    boolean again = lateJoins.stream().anyMatch(late -> late.topic().equals(join.topic()));
    if (position < join.sent() || again || !join.isKnown()) {
      lateJoins = lateJoins.isEmpty() ? new ArrayList<>(1) : lateJoins;
      lateJoins.add(join);
      if (!join.isKnown()) {
        shard.whenReached(() -> nowKnown(join), () -> stayedUnknown(join));
      }
      shard.enqueue(this);
    } else {
      joinNow(join);
    }
    shard.flushSoon();
  }

  /** Lets a join have its turn: the log has its start now, or no node ever will. */
  private void nowKnown(LateJoin join) {
    int i = lateJoins.indexOf(join);
    if (i >= 0) { // else the topic was left, or the session has ended
      lateJoins.set(i, join.known());
      shard.advance();
      moveOn();
      flushSoon();
    }
  }

  /** Ends a session that joins after an id which this node does not get: others may have it. */
  private void stayedUnknown(LateJoin join) {
    if (lateJoins.contains(join) && life == Life.OPEN) { // of several late ones, the first does
      shard.counters.late.increment();
      abort(DisconnectReason.TRY_AGAIN_LATER);
    }
  }

  private void joinNow(LateJoin join) {
    if (join.after() != NO_STATE) {
      shard.execute(join.isSent());
    }
    Subscription known = subscriptions.find(join.topic());
    if (lostUpTo > join.after()) {
      abort(
          DisconnectReason.FELL_BEHIND); // perhaps the state, so that the client asks for it again
    } else if (known == null) {
      Subscription joined = follow(join.topic());
      if (join.start() == null && !joined.topic().isCompacted()) {
        joined.toldUpTo = joined.topic().log().floor(); // entries that left before are no loss
      }
      CatchUp.Cause cause =
          join.after() == NO_STATE ? CatchUp.Cause.JOIN : CatchUp.Cause.JOIN_WITH_STATE;
      addFirst(new CatchUp(joined, join.start(), join.ref(), cause));
      if (isSealed()) {
        joined.seal(sealedAt);
      }
      subscriptions.markDirty(joined); // also if sealed: what came before that is owed
      shard.enqueue(this);
    } else if (controlMessages) {
      add(new CatchUp(known, null, join.ref(), CatchUp.Cause.REPEATED_JOIN));
      shard.enqueue(this);
    } else {
      listener.readGate().replyRead();
    }
  }

  /** Tells that messages of a topic are missing which the session joins later, if any are. */
  void tellLost(TopicStart start) {
    if (life == Life.ENDED || !start.isLost() || shard.log.isCompacted(start.topic())) {
      return; // a table tells of it when its turn comes
    }
    if (toldOfGaps) {
      String next = id(start.begin().id().offset() + 1);
      shard.counters.gaps.increment();
      send(() -> ControlMessage.gap(start.topic(), start.asked().text(), next, false));
      flushSoon();
    } else {
      abort(DisconnectReason.FELL_BEHIND);
    }
  }

  /**
   * Stops following a topic; see {@link Session#leave}. The topic's catch-ups end, the running one
   * included. The joins whose turn had not come are refused: the peer was told nothing of them yet.
   * So are those that wait for what the application sends before.
   */
  void leave(String topic, Object ref) {
    if (life == Life.ENDED) {
      return;
    }
    if (shard.log.isCompacted(topic)) {
      forget(topic); // also if its join waits: the client is told that it left
    }
    Subscription left = subscriptions.find(topic);
    if (left != null) {
      subscriptions.remove(left);
      catchUps.removeIf(catchUp -> catchUp.subscription() == left && refuse(catchUp));
    }
    lateJoins.removeIf(late -> late.topic().equals(topic) && refuse(late));
    listener.readGate().replyWaits();
    tell(ControlMessage.left(topic, ref));
    if (left != null) {
      if (running != null && running.subscription() == left) {
        // After $left: a client that is cut in between still knows that something is missing.
        endCatchUp();
      }
      shard.unsubscribe(left);
    }
    flushSoon();
  }

  /** Sends a reply, which has been counted. */
  void reply(Supplier<ControlMessage> reply) {
    if (life != Life.ENDED) {
      send(reply);
      flushSoon();
    }
  }

  /** Returns whether the peer asked for control messages. Thread-safe. */
  boolean sendsControlMessages() {
    return controlMessages;
  }

  /**
   * Marks a topic as one that may have entries for this session, and queues the session. Does
   * nothing if the session is sealed, because it is sent nothing that was published since.
   */
  void markDirty(Subscription subscription) {
    if (!isSealed()) {
      subscriptions.markDirty(subscription);
      shard.enqueue(this);
    }
  }

  /**
   * Returns whether the client was told to forget a table on this connection, so that it is to be
   * sent its own rows, too. Thread-safe.
   */
  boolean hasForgotten(String table) {
    Set<String> known = forgotten;
    return known == null || known.contains(table);
  }

  /** Returns this session as the sender of messages. Thread-safe. */
  Sender self() {
    Sender known = self;
    if (known == null) {
      known = new Sender(handshake, clientId); // equal, if two threads make one
      self = known;
    }
    return known;
  }

  /**
   * Asks the link to take frames. A link that is blocked takes none, but own entries are passed. A
   * run that the link took and did not report on was not accepted.
   */
  void flush() {
    connection.requestFlush();
    if (run != null) {
      stopTaking();
    }
    List<Subscription> left = subscriptions.dirty();
    if (!left.isEmpty() && shard.log.hasSenders()) {
      left.forEach(this::passOwn);
    }
  }

  /** Passes own entries, but not beyond the end of a catch-up of their topic. */
  private void passOwn(Subscription topic) {
    boolean begins =
        running != null && running.subscription() == topic
            || catchUps.stream().anyMatch(catchUp -> catchUp.subscription() == topic);
    if (!begins) {
      topic.passOwn(reached(), liveLimit(), self);
    }
  }

  /** Cuts a session whose message could not be encoded. */
  void fail() {
    connection.abort(DisconnectReason.INTERNAL_ERROR);
  }

  /** Says how far the session is, unless it is about to be said. */
  void sync() {
    if (!isSealed() && !isCatchingUp()) {
      moveOn();
      sync = sync == null ? () -> ControlMessage.sync(id(reached())) : sync;
      if (!outbox.contains(sync)) {
        send(sync);
      }
      shard.enqueue(this);
    }
  }

  /** Returns the client's id. Thread-safe. */
  String clientId() {
    return clientId;
  }

  /** Returns up to where the link has accepted everything. Thread-safe. */
  long position() {
    return position;
  }

  // Calls of the link.

  @Override
  public int take(ByteBuffer into) {
    if (inFlight == null) {
      startTaking();
    }
    FramesInFlight frames = inFlight;
    int copied = 0;
    while (into.hasRemaining() && (!frames.isCopied() || takeNext())) {
      copied += frames.copy(into);
    }
    if (frames.bytes() == 0) { // nothing to report on: the next call looks at the log anew
      boolean nothingLeft = frames.size() == 0;
      stopTaking();
      if (nothingLeft) {
        caughtUp();
      }
    }
    return copied;
  }

  @Override
  public ByteBuffer takeRun() {
    if (!isUsual() || !subscriptions.areSharedAfter(position)) {
      return null;
    }
    shard.lendFrames(this); // another session's frames are taken again
    run = shard.run(this, position, liveLimit(), form);
    if (run == null) {
      shard.takeFramesBack();
      return null;
    }
    return run.bytes();
  }

  /** Returns whether nothing but live entries may wait to be sent. */
  private boolean isUsual() {
    return life == Life.OPEN
        && !isInFlight()
        && partial == null
        && outbox.isEmpty()
        && hasNoChanges() // looked at after the horizon was read: see startTaking
        && lateJoins.isEmpty()
        && !isCatchingUp();
  }

  @Override
  public ByteBuffer takeFrame() {
    if (partial == null) {
      startTaking();
      if (takeNext()) {
        keep(0, 0);
      }
      stopTaking();
      if (partial == null) {
        caughtUp();
        return null;
      }
    }
    return ByteBuffer.wrap(partial.frame()).asReadOnlyBuffer();
  }

  @Override
  public List<String> takeTexts(int most, int mostBytes) {
    if (partial == null) {
      startTaking();
      keepTexts(most, mostBytes);
      stopTaking();
      if (partial == null) {
        caughtUp();
        return List.of();
      }
    }
    return partial.texts();
  }

  @Override
  public boolean accepted(int bytes) {
    FramesInFlight frames = inFlight;
    if (run != null) {
      return acceptedOfRun(bytes);
    } else if (frames == null) {
      acceptedOfFrame(bytes);
      return partial == null;
    }
    checkAccepted(bytes, frames.bytes());
    int left = bytes;
    int messages = 0;
    int i = 0;
    while (i < frames.size() && left >= frames.unaccepted(i)) {
      left -= frames.unaccepted(i);
      if (i > 0 || partial == null) {
        begun(frames.offset(i));
      }
      if (i == 0) {
        partial = null;
      }
      position = Math.max(position, frames.offset(i));
      messages += frames.offset(i) == FramesInFlight.CONTROL ? 0 : 1;
      i++;
    }
    if (left > 0 && i == 0 && partial != null) {
      partial = partial.accept(left);
    } else if (left > 0) {
      keep(i, left);
    }
    boolean all = i == frames.size();
    shard.sent(messages, bytes);
    stopTaking();
    noteRead();
    if (all) {
      caughtUp();
    }
    return all && (outbox.isWaiting() || isCatchingUp() || isJoinDue() || !shard.merge.isDone());
  }

  /** Moves the position to the end of a run, or to the frame of it that was accepted in part. */
  private boolean acceptedOfRun(int bytes) {
    Run taken = run;
    checkAccepted(bytes, taken.length());
    boolean all = bytes == taken.length();
    int whole = taken.framesIn(bytes);
    shard.sent(whole, bytes);
    if (all) {
      position = Math.max(position, taken.upTo());
      subscriptions.cleanUpTo(position);
    } else if (whole > 0) {
      position = Math.max(position, taken.offset(whole - 1));
    }
    if (!all && bytes > taken.start(whole)) {
      partial =
          new PartialFrame(taken.frame(whole), bytes - taken.start(whole), taken.offset(whole));
    }
    stopTaking();
    noteRead();
    return all && !taken.isWhole();
  }

  @Override
  public int unfinished() {
    return partial == null ? 0 : partial.unfinished();
  }

  @Override
  public boolean isEmpty() {
    return life != Life.ABORTING // else the abort comes, and says why
        && !isInFlight()
        && partial == null
        && outbox.isEmpty()
        && hasNoChanges()
        && lateJoins.isEmpty()
        && !isCatchingUp()
        && !Merge.findsAny(subscriptions.dirty(), reached(), liveLimit(), self);
  }

  // Taking: frames get into flight, and are accepted or not.

  private void startTaking() {
    inFlight = shard.lendFrames(this);
    changeNow(); // the horizon was read before: nothing newer than a leave is taken
    if (partial != null) {
      inFlight.add(partial.frame(), partial.accepted(), partial.offset());
    }
    look();
  }

  private boolean isInFlight() {
    return inFlight != null || run != null;
  }

  private void stopTaking() {
    inFlight = null;
    run = null;
    shard.takeFramesBack();
  }

  /** Learns that another session's frames take the place of those in flight. */
  void recallFrames() {
    inFlight = null;
    run = null;
  }

  /** Gets the next frame into flight, and returns whether there was one. */
  private boolean takeNext() {
    if (life != Life.OPEN) {
      return false;
    }
    if (inFlight.controls() == outbox.frames() && outbox.isWaiting()) {
      if (inFlight.controls() > 0) {
        return false; // a newer control waits until these are accepted: few are ever held
      }
      outbox.encode(form);
    }
    if (inFlight.controls() < outbox.frames()) {
      inFlight.addControl(outbox);
      return true;
    }
    Entry entry = shard.merge.peek();
    byte[] frame = entry == null ? null : frame(entry);
    if (frame == null) {
      return false;
    }
    inFlight.add(frame, entry);
    shard.merge.advance();
    inFlight.passed(shard.merge.passed());
    return true;
  }

  /** Returns an entry's frame, or {@code null} if the session has to wait for it. */
  private byte[] frame(Entry entry) {
    return form.isSlow(entry.json())
        ? shard.slowFrames.frame(entry, form, this)
        : entry.encode(form);
  }

  /** Keeps frame {@code i} of those in flight until its end is accepted. */
  private void keep(int i, int accepted) {
    partial = new PartialFrame(inFlight.frame(i), accepted, inFlight.offset(i));
    begun(partial.offset());
  }

  /** Gets frames into flight, and keeps their texts until all of them are accepted. */
  private void keepTexts(int most, int mostBytes) {
    List<String> texts = new ArrayList<>(1);
    int length = 0;
    long newest = FramesInFlight.CONTROL;
    int controls = 0;
    while (texts.size() < most && (texts.isEmpty() || length < mostBytes) && takeNext()) {
      int i = inFlight.size() - 1;
      Entry entry = inFlight.newest();
      byte[] frame = inFlight.frame(i);
      texts.add(entry == null ? new String(frame, UTF_8) : entry.text(form));
      length += frame.length;
      newest = Math.max(newest, inFlight.offset(i));
      controls += entry == null ? 1 : 0;
    }
    for (int i = 0; i < texts.size(); i++) {
      begun(inFlight.offset(i));
    }
    if (!texts.isEmpty()) {
      List<String> kept = Collections.unmodifiableList(texts);
      int messages = texts.size() - controls;
      partial = new PartialFrame(null, kept, length, 0, newest, messages, controls > 0);
    }
  }

  /** Counts a frame as sent: all or some of it was accepted, and its rest will be. */
  private void begun(long offset) {
    if (offset == FramesInFlight.CONTROL) {
      if (outbox.removeFrame()) {
        listener.readGate().replyRead();
      }
      outbox = outbox.isEmpty() ? Outbox.NONE : outbox;
    } else if (running != null) {
      running = running.sentUpTo(offset);
    }
  }

  private void acceptedOfFrame(int bytes) {
    checkAccepted(bytes, unfinished());
    if (bytes > 0 && partial != null) {
      partial = partial.accept(bytes);
      boolean all = unfinished() == 0;
      shard.sent(all ? partial.messages() : 0, bytes);
      if (all) {
        position = reached();
        partial = null;
        noteRead();
      }
    }
  }

  /** Ends a lag once the peer has accepted all control messages, and so knows of it. */
  private void noteRead() {
    boolean read = outbox.isEmpty() && !(partial != null && partial.isControl());
    if (read && lag != Lag.NEVER) {
      lag = Lag.READ;
    }
  }

  private void checkAccepted(int bytes, long taken) {
    if ((bytes < 0 || bytes > taken) && life != Life.ENDED) {
      throw new IllegalArgumentException(
          "expected 0 to " + taken + " accepted bytes, was " + bytes);
    }
  }

  // The position.

  /** Returns up to where everything was accepted, once the frame under way is. */
  private long reached() {
    return partial == null ? position : Math.max(position, partial.offset());
  }

  /** Returns up to where live entries may be sent. */
  private long liveLimit() {
    return Math.min(shard.horizon(), sealedAt);
  }

  /** Moves the position to the horizon if there is nothing for this session up to there. */
  private void moveOn() {
    if (subscriptions.dirty().isEmpty() && partial == null && !isCatchingUp()) {
      position = Math.max(position, liveLimit());
    }
  }

  /** Moves the position to the limit of the last look, if nothing up to there is left. */
  private void caughtUp() {
    boolean sent = life == Life.OPEN && shard.merge.isDone();
    if (sent && !outbox.isWaiting() && !isCatchingUp()) {
      position = Math.max(position, shard.merge.limit());
      subscriptions.cleanUpTo(shard.merge.limit());
      if (isJoinDue()) {
        flushSoon();
      }
    }
  }

  // The order of what is sent.

  /** Has the shard's merge return the entries that come after the control messages. */
  private void look() {
    Merge merge = shard.merge;
    merge.clear();
    while (life == Life.OPEN) {
      if (running != null) {
        List<Subscription> topic = List.of(running.subscription());
        List<Merge.Loss> losses = merge.start(topic, running.after(), reached(), self);
        if (!losses.isEmpty()) {
          handleInCatchUp(losses.get(0));
        } else if (merge.peek() != null) {
          return;
        } else {
          endCatchUp();
        }
      } else if (!catchUps.isEmpty()) {
        begin(catchUps.remove(0));
      } else if (isJoinDue()) {
        joinNow(lateJoins.remove(0));
        shard.flushSoon();
      } else {
        List<Merge.Loss> losses = merge.start(subscriptions.dirty(), reached(), liveLimit(), self);
        if (losses.isEmpty()) {
          return;
        }
        handle(losses);
      }
    }
    merge.clear(); // an aborted session is sent nothing more
  }

  /**
   * Decides about the session, which lost live entries of one topic. If the client was too slow for
   * them, a lag begins, unless the peer has yet to read of one.
   */
  private Remedy decide(Merge.Loss loss) {
    Topic topic = loss.subscription().topic();
    if (!loss.subscription().wasDropped(loss.floor())) { // else the client was not too slow
      if (topic.closesLate()) {
        return Remedy.CLOSE;
      }
      noteLag();
      if (lag == Lag.AGAIN) {
        return Remedy.SKIP;
      }
    }
    return topic.isCompacted() ? Remedy.CATCH_UP : Remedy.GAP;
  }

  private void handle(List<Merge.Loss> losses) {
    boolean skips = false;
    for (Merge.Loss loss : losses) {
      switch (decide(loss)) {
        case CLOSE -> abort(DisconnectReason.FELL_BEHIND);
        case GAP -> tellGap(loss.subscription(), id(loss.after()), loss.floor());
        case CATCH_UP -> beginAnew(loss.subscription(), loss.after());
        case SKIP -> skips = true;
      }
    }
    if (skips) {
      skip(reached(), liveLimit());
    }
  }

  private void noteLag() {
    if (lag == Lag.NEVER || lag == Lag.READ) {
      long now = shard.nanoTime();
      boolean again = lag == Lag.READ && now - laggedAt < AGAIN_NANOS;
      lag = again ? Lag.AGAIN : Lag.FIRST;
      shard.counters.lags.increment();
      laggedAt = now;
    }
  }

  /**
   * Skips every stream up to an offset, and tells of it. Changes of tables are sent as ever, and
   * the position moves with them. So a client that is cut in the middle goes on where it was.
   * Messages to this client alone are sent, too: a state may be among them.
   */
  private void skip(long after, long upTo) {
    boolean everything = true;
    for (Subscription subscription : subscriptions.dirty()) {
      Topic topic = subscription.topic();
      Entry first = subscription.passOwn(after, upTo, self);
      boolean more = first != null && first.offset() <= upTo;
      boolean lost = subscription.hasLost(Math.max(after, subscription.skippedUpTo));
      if (topic.isPrivate()) {
        everything &= !more;
        if (lost) {
          tellGap(subscription, id(after), topic.log().floor());
        }
      } else if (topic.isCompacted()) {
        everything &= !more && !lost;
        if (lost && catchUps.stream().noneMatch(c -> c.subscription() == subscription)) {
          beginAnew(subscription, after);
        }
      } else if (more || lost) {
        tellGap(subscription, id(after), Math.max(upTo, topic.log().floor()));
        subscription.skippedUpTo = upTo;
      }
    }
    if (everything) {
      outbox.remove(sync); // it would say more than was told before
      position = Math.max(position, upTo);
    }
  }

  /** Sends a table anew, or the changes in it, after the catch-ups that wait. */
  private void beginAnew(Subscription subscription, long after) {
    StartId start = StartId.of(shard.log.id(after));
    add(new CatchUp(subscription, start, null, CatchUp.Cause.SESSION));
  }

  // Catch-ups.

  /** Returns whether any catch-up waits or runs. */
  private boolean isCatchingUp() {
    return running != null || !catchUps.isEmpty();
  }

  /** Returns whether everything was sent that the next late join waits for. */
  private boolean isJoinDue() {
    return !lateJoins.isEmpty()
        && lateJoins.get(0).isKnown()
        && position >= lateJoins.get(0).sent();
  }

  /**
   * Adds the one that a topic begins with. A first state has the rows that are there, own or not.
   */
  private void addFirst(CatchUp catchUp) {
    if (catchUp.subscription().topic().isCompacted()
        && (catchUp.start() == null || shard.offset(catchUp.start()) <= 0)) {
      sendOwnRows(catchUp.subscription());
    }
    add(catchUp);
  }

  private void add(CatchUp catchUp) {
    catchUps = catchUps.isEmpty() ? new LinkedList<>() : catchUps;
    catchUps.add(catchUp);
  }

  /** Tells that the client has to forget a table, because rows are missing. All of them follow. */
  private void tellReset(Subscription table, String after, long upTo) {
    tellGap(table, after, upTo);
    forget(table.topic().name());
    table.sendsOwn = true;
    sendOwnRows(table);
  }

  /** Notes that the client was told to forget a table. Own rows are sent to it from now on. */
  private void forget(String table) {
    Set<String> known = forgotten;
    if (known != null && !known.contains(table)) {
      Set<String> more = new HashSet<>(known);
      more.add(table);
      forgotten = more.size() > MAX_FORGOTTEN ? null : more;
    }
  }

  /**
   * Has all rows of a table sent, also those that the session sent itself. A session that is cut in
   * the middle of them and resumes is sent the rest.
   */
  private void sendOwnRows(Subscription table) {
    table.skippedUpTo = 0;
    if (!shard.log.hasSenders()) {
      return;
    }
    TopicLog rows = table.topic().log();
    for (Entry row = rows.firstAfter(0); row != null; row = rows.next(row)) {
      if (row.isKeptFrom(self)) {
        row.neededBySender();
      }
    }
  }

  /** Begins a catch-up: finds out after which offset, and tells if something is gone. */
  private void begin(CatchUp next) {
    boolean sendsNothing = next.cause() == CatchUp.Cause.REPEATED_JOIN;
    if (!sendsNothing && next.subscription().topic().isCompacted()) {
      beginTable(next);
    } else if (!sendsNothing && next.start() != null) {
      beginStream(next);
    } else {
      tellJoined(next, reached(), id(reached()));
    }
    if (sendsNothing) {
      endCatchUp();
    }
  }

  /** A table begins before everything, unless all entries after the asked id are retained. */
  private void beginTable(CatchUp next) {
    Subscription table = next.subscription();
    shard.log.expire(table.topic());
    long floor = table.topic().log().floor();
    long after = next.start() == null ? 0 : shard.offset(next.start());
    if (after == StartId.UNKNOWN) {
      tellReset(table, next.start().text(), Math.max(reached(), floor));
      after = 0;
    } else if (after > 0 ? table.hasLost(after, floor) : hasLostOwn(table, floor)) {
      tellReset(table, next.start() == null ? id(0) : next.start().text(), floor);
      after = 0;
    }
    table.toldUpTo = floor; // keys that were deleted are not in the state that follows
    after = Math.min(after, reached());
    // after the gap: a client that is cut asks the same again
    tellJoined(next, after, id(after));
  }

  /**
   * Returns whether a client that begins before everything may know own rows that have left. It
   * sent them after the position, so the catch-up does not say that they are gone.
   */
  private boolean hasLostOwn(Subscription table, long floor) {
    return shard.log.hasSenders() && table.hasLost(reached(), floor);
  }

  private void beginStream(CatchUp next) {
    Subscription stream = next.subscription();
    shard.log.expire(stream.topic());
    long start = shard.offset(next.start());
    if (start == StartId.UNKNOWN) {
      tellJoined(next, reached(), next.start().text());
      long floor = stream.topic().log().floor();
      tellGap(stream, next.start().text(), Math.max(reached(), floor));
    } else { // the merge finds losses
      long after = Math.min(start, reached());
      tellJoined(next, after, id(after));
    }
  }

  private void tellJoined(CatchUp next, long after, String told) {
    running = new Running(next.subscription(), next.cause(), after);
    String topic = next.subscription().topic().name();
    tell(ControlMessage.joined(topic, told, id(reached()), next.ref(), next.isReply()));
  }

  private void handleInCatchUp(Merge.Loss loss) {
    Subscription lossy = loss.subscription();
    Topic topic = lossy.topic();
    if (running.cause() == CatchUp.Cause.JOIN_WITH_STATE && topic.closesLate()) {
      abort(DisconnectReason.FELL_BEHIND); // it comes back, and is sent a state anew
    } else if (topic.isCompacted()) {
      tellReset(lossy, id(loss.after()), loss.floor());
      running = new Running(lossy, running.cause(), 0);
    } else {
      tellGap(lossy, id(loss.after()), loss.floor());
      running = new Running(lossy, running.cause(), loss.floor());
    }
  }

  private void endCatchUp() {
    running = null;
    tell(ControlMessage.sync(id(reached())));
  }

  /** Ends a catch-up that waits, and returns {@code true}. */
  private boolean refuse(CatchUp catchUp) {
    return !catchUp.isReply() || refuse(catchUp.ref());
  }

  /** Ends a join that waits for what was sent before it, and returns {@code true}. */
  private boolean refuse(LateJoin late) {
    shard.execute(late.isSent());
    return refuse(late.ref());
  }

  /** Replies to a join that waits, and returns {@code true}. */
  private boolean refuse(Object ref) {
    if (ref != null) {
      tell(Reply.LEFT.to(ref));
    } else {
      listener.readGate().replyRead();
    }
    return true;
  }

  // Small steps.

  /** Thread-safe. */
  private synchronized void addChange(Runnable change) {
    changes = changes == null ? new ConcurrentLinkedQueue<>() : changes;
    changes.add(change);
  }

  private boolean hasNoChanges() {
    Queue<Runnable> added = changes;
    return added == null || added.isEmpty();
  }

  /** Does the changes that wait. */
  private void changeNow() {
    while (!hasNoChanges()) {
      changes.poll().run(); // polled here alone
      shard.countChange(this, -1);
    }
  }

  private Subscription follow(String topic) {
    Subscription subscription = shard.subscribe(this, topic);
    subscription.sendsOwn = subscription.topic().isCompacted() && hasForgotten(topic);
    subscriptions.add(subscription);
    return subscription;
  }

  private void send(Supplier<ControlMessage> control) {
    outbox = outbox == Outbox.NONE ? new Outbox() : outbox;
    outbox.add(control);
  }

  /** Adds a control message, if the peer asked for them; a reply has been counted. */
  private void tell(ControlMessage control) {
    if (controlMessages) {
      send(() -> control);
    } else if (control.isReply()) {
      listener.readGate().replyRead();
    }
  }

  /** Tells that entries up to an offset left the log unsent, or closes a peer that expects none. */
  private void tellGap(Subscription subscription, String after, long upTo) {
    subscription.toldUpTo = upTo;
    if (subscription.topic().isPrivate()) {
      lostUpTo = upTo;
    }
    if (!toldOfGaps) {
      abort(DisconnectReason.FELL_BEHIND);
    } else if (subscription.missing != null) {
      subscription.missing = new Subscription.Missing(subscription.missing.after(), upTo);
    } else {
      subscription.missing = new Subscription.Missing(after, upTo);
      shard.counters.gaps.increment();
      send(new Gap(subscription, shard.log));
    }
  }

  private void flushSoon() {
    shard.enqueue(this);
    shard.flushSoon();
  }

  private String id(long offset) {
    return shard.log.id(offset).toString();
  }
}
