package io.github.signalhub.internal.session;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.HubLog;
import io.github.signalhub.internal.log.LogReader;
import io.github.signalhub.internal.log.SlowEncoder;
import io.github.signalhub.internal.log.StartId;
import io.github.signalhub.spi.Connection;
import io.github.signalhub.spi.Handshake;
import io.github.signalhub.spi.Loop;
import io.github.signalhub.spi.WireForm;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * All sessions of one event loop. It is woken when a message was published for any of them. It
 * marks the sessions that follow the topic, and flushes them in slices. In between the loop gets to
 * its sockets.
 *
 * <p>A <em>round</em> flushes the sessions that were queued when it began. At its end everything up
 * to the horizon of its beginning has been offered to every session. This shard needs it no more.
 *
 * <p>Confined to its loop, except where stated.
 */
public final class Shard extends LogReader {
  /** How many sessions are flushed before the loop looks at its sockets again. */
  static final int SLICE_SESSIONS = 256;

  /** For how long sessions are flushed before the loop looks at its sockets again. */
  static final long SLICE_NANOS = 1_000_000;

  /**
   * After so many sessions the clock is read: to read it for each would cost as much as a write.
   */
  private static final int SESSIONS_PER_LOOK = 8;

  final HubLog log;
  final Merge merge = new Merge();
  final SyncTimer syncTimer;
  final SlowFrames slowFrames;
  final SessionCounters counters;

  private final Loop loop;
  private final Upstream upstream;
  private final LongSupplier nanoClock;
  private final Runnable slice = this::run;
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final Map<String, Subscribers> topics = new HashMap<>();
  private final Consumer<LogReader.TopicSubscription> mark = this::markDirty;

  /** The topics with entries after the horizon, which the next turn looks at again. */
  private List<LogReader.TopicSubscription> later = new ArrayList<>();

  private final Deque<Cursor> queue = new ArrayDeque<>();
  private final long syncMs;

  /** How many changes of a session wait for the loop; none of most sessions. Thread-safe. */
  private final Map<Cursor, Integer> changing = new ConcurrentHashMap<>();

  private final FramesInFlight frames = new FramesInFlight();
  private final Runs runs = new Runs(merge);

  /** The session that is being flushed: its link may take a run; {@code null}: none. */
  private Cursor flushing;

  /** The session whose frames are in flight; {@code null}: none. */
  private Cursor borrower;

  private long horizon;
  private int sessions;

  /** Sessions of the current round that have not been flushed, and the horizon of its beginning. */
  private int roundLeft;

  private long roundHorizon;

  /** How many sessions were flushed since the beginning of time. */
  private long flushed;

  /** The messages and bytes that links accepted, and that are not counted yet. */
  private long uncountedMessages;

  private long uncountedBytes;

  /**
   * Creates a shard without sessions.
   *
   * @param nanoClock a clock as {@link System#nanoTime}
   * @param syncNanos how often clients are told how far they are, in nanoseconds; 0: never
   * @param encoder encodes messages that would take this loop too long
   * @param counters those of the hub
   */
  public Shard(
      HubLog log,
      Upstream upstream,
      Loop loop,
      LongSupplier nanoClock,
      long syncNanos,
      SlowEncoder encoder,
      SessionCounters counters) {
    this.log = log;
    this.upstream = upstream;
    this.loop = loop;
    this.nanoClock = nanoClock;
    this.syncMs = TimeUnit.NANOSECONDS.toMillis(syncNanos);
    this.syncTimer = new SyncTimer(this, syncNanos);
    this.slowFrames = new SlowFrames(this, encoder);
    this.counters = counters;
  }

  /**
   * Adds the ids of the clients that follow a topic on any loop. Takes time in proportion to these
   * clients. Thread-safe. A join that its loop has yet to do is among the {@link #changing}, so an
   * exact caller asks for these first.
   */
  public static void followers(HubLog log, String topic, Collection<String> into) {
    for (LogReader.TopicSubscription subscribers : log.subscriptions(topic)) {
      ((Subscribers) subscribers).addClientIds(into);
    }
  }

  /** Adds the ids of the clients for which a change waits for this loop. Thread-safe. */
  public void changing(Collection<String> into) {
    changing.keySet().forEach(session -> into.add(session.clientId()));
  }

  /** Counts the changes of a session that wait for this loop. Thread-safe. */
  void countChange(Cursor session, int more) {
    changing.merge(session, more, (had, added) -> had + added == 0 ? null : had + added);
  }

  /** Returns the loop. Thread-safe. */
  public Loop loop() {
    return loop;
  }

  /** Adds a session, which is to be {@linkplain Session#open opened}. */
  public Session register(
      Connection connection, Handshake handshake, String id, SessionListener listener) {
    sessions++;
    return new Session(this, id, connection, handshake, listener);
  }

  /** Returns whether an id may be one that the log does not have yet. */
  boolean isAwaited(StartId start) {
    return upstream.mayBeAhead()
        && start != null
        && start.isWellFormed()
        && log.offset(start, log.horizon()) == StartId.UNKNOWN;
  }

  /**
   * Runs a task on the loop when the log has all messages that there are now.
   *
   * @param late runs instead if the log is too far behind
   */
  void whenReached(Runnable then, Runnable late) {
    upstream.whenReached(loop, then, late);
  }

  /** Returns whether clients may be told how far they are. */
  boolean isCurrent() {
    return upstream.isCurrent();
  }

  /**
   * Ends a session.
   *
   * @return whether none is left
   */
  public boolean unregister(Session session, DisconnectReason reason) {
    session.end(reason);
    sessions--;
    if (sessions == 0) {
      queue.clear();
      runs.clear();
      roundLeft = 0;
      markSessions();
      offered(horizon);
    }
    return sessions == 0;
  }

  @Override
  protected boolean schedule() {
    if (scheduled.get() || !scheduled.compareAndSet(false, true)) {
      return false;
    }
    loop.execute(slice);
    return true;
  }

  /**
   * Returns up to where sessions may be flushed: every topic with entries up to there is marked.
   */
  long horizon() {
    return horizon;
  }

  /** Runs a task on the loop soon; not if that has ended, and its sessions with it. Thread-safe. */
  void execute(Runnable task) {
    loop.execute(task);
  }

  /** Returns the offset of an id, or {@link StartId#UNKNOWN}. */
  long offset(StartId id) {
    return log.offset(id, horizon);
  }

  /**
   * Lends the place for frames in flight, which is empty then. If another session had frames there,
   * they count as not accepted, and are taken again.
   */
  FramesInFlight lendFrames(Cursor session) {
    if (borrower != null) {
      borrower.recallFrames();
    }
    borrower = session;
    frames.clear();
    return frames;
  }

  /**
   * Returns the run that starts where a session is, or {@code null}. Only sessions that are being
   * flushed share runs. Others are where their peers let them be, and would crowd these out.
   */
  Run run(Cursor session, long after, long limit, WireForm form) {
    return session == flushing ? runs.at(after, limit, form, session.subscriptions.dirty()) : null;
  }

  /**
   * Counts what a link accepted. During a slice it is added up first: the counters of a hub are
   * shared by its loops.
   */
  void sent(int messages, long bytes) {
    uncountedMessages += messages;
    uncountedBytes += bytes;
    if (flushing == null) {
      countSent();
    }
  }

  private void countSent() {
    counters.delivered.add(uncountedMessages);
    counters.sentBytes.add(uncountedBytes);
    uncountedMessages = 0;
    uncountedBytes = 0;
  }

  /** Takes back the place for frames in flight. */
  void takeFramesBack() {
    borrower = null;
    frames.clear();
  }

  /** Returns the time of this shard in nanoseconds. */
  long nanoTime() {
    return nanoClock.getAsLong();
  }

  /** Returns how often clients are told how far they are, in milliseconds; 0: never. */
  long syncMs() {
    return syncMs;
  }

  /**
   * Moves the horizon up to the log's, marks the sessions with entries up to there, and returns it.
   */
  long advance() {
    markSessions();
    flushSoon();
    return horizon;
  }

  /** Returns whether an entry may leave the log as far as this shard is concerned. */
  boolean hasOffered(Entry entry) {
    return entry.offset() <= offered();
  }

  /** Returns how many sessions were flushed since the beginning of time. */
  long flushed() {
    return flushed;
  }

  /** Returns how many will have been when all that are queued now are flushed. */
  long flushedWithQueue() {
    return flushed + queue.size();
  }

  /** Has the queued sessions flushed. */
  void flushSoon() {
    if (!queue.isEmpty()) {
      schedule();
    }
  }

  /** Queues a session to be flushed; {@link #flushSoon} or the running slice does it. */
  void enqueue(Cursor session) {
    if (!session.queued) {
      session.queued = true;
      queue.add(session);
    }
  }

  Subscription subscribe(Cursor session, String topic) {
    Subscribers subscribers = topics.get(topic);
    if (subscribers == null) {
      subscribers = log.link(topic, created -> new Subscribers(created, this));
      topics.put(topic, subscribers);
    }
    return subscribers.add(session);
  }

  void unsubscribe(Subscription subscription) {
    String topic = subscription.topic().name();
    Subscribers subscribers = topics.get(topic);
    subscribers.remove(subscription);
    if (subscribers.isEmpty()) {
      topics.remove(topic);
      log.unlink(subscribers);
    }
  }

  private void run() {
    scheduled.set(false);
    log.wakeAnother(this);
    markSessions();
    if (roundLeft == 0) {
      startRound();
    }
    long begin = flushed;
    long startNanos = queue.isEmpty() ? 0 : nanoClock.getAsLong();
    while (!queue.isEmpty()) {
      if (flushed > begin && isSliceOver(flushed - begin, startNanos)) {
        endSlice();
        schedule();
        return;
      }
      Cursor session = queue.remove();
      session.queued = false;
      flushed++;
      flushing = session;
      session.flush();
      flushing = null;
      if (roundLeft > 0 && --roundLeft == 0) { // it is 0 if this flush ended the last session
        offered(slowFrames.offered(roundHorizon));
        startRound();
      }
    }
    endSlice();
    offered(slowFrames.offered(horizon));
  }

  private void endSlice() {
    runs.clear();
    countSent();
  }

  private boolean isSliceOver(long sessions, long startNanos) {
    return sessions == SLICE_SESSIONS
        || flushed % SESSIONS_PER_LOOK == 0 && nanoClock.getAsLong() - startNanos > SLICE_NANOS;
  }

  private void startRound() {
    roundLeft = queue.size();
    roundHorizon = horizon;
  }

  private void markSessions() {
    horizon = log.horizon(); // before the flags are cleared: see LogReader
    if (!later.isEmpty()) {
      List<LogReader.TopicSubscription> ahead = later;
      later = new ArrayList<>();
      ahead.forEach(mark);
    }
    takeFlagged(mark);
  }

  private void markDirty(LogReader.TopicSubscription link) {
    ((Subscribers) link).markAllDirty();
    if (link.topic().log().last() > horizon) {
      later.add(link);
    }
  }
}
