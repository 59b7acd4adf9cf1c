package io.github.signalhub.internal.inbound;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.logger.HubLogger;
import io.github.signalhub.internal.presence.FollowedTopics;
import io.github.signalhub.internal.refs.Party;
import io.github.signalhub.internal.refs.RefSessions;
import io.github.signalhub.internal.session.ReadGate;
import io.github.signalhub.internal.session.Session;
import io.github.signalhub.internal.session.SessionListener;
import io.github.signalhub.spi.Backbone;
import io.github.signalhub.spi.Handshake;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The callbacks of one client that the application has not done with. They run one at a time and in
 * order. While too many wait, reading from the client is paused. So they are bounded by that, and
 * by the messages that the transport had read already. {@link InboundBudget} bounds those of all
 * clients together.
 *
 * <p>The executor is asked once for all messages of a read, when the read has ended. Otherwise it
 * would wake a thread for each of them that finds the queue empty.
 *
 * <p>The next message waits while many answers of the client are pending, or while long answers
 * wait until the client reads them. Thread-safe.
 */
public final class ClientQueue
    implements SessionListener, FollowedTopics.Turns, InboundBudget.Owner, Runnable {
  /** Reading pauses while more messages or bytes than these wait, until half of them are left. */
  static final int MAX_WAITING_MESSAGES = 64;

  static final int MAX_WAITING_BYTES = 256 * 1024;

  /** The next message waits while so many answers are pending. */
  static final int MAX_PENDING_ANSWERS = 64;

  /** About how many bytes it takes to wait for an answer. */
  private static final int PENDING_BYTES = 256;

  /** About how many bytes a client takes that is gone, while an answer of it is pending. */
  private static final int CLIENT_BYTES = 4096;

  /** After so many callbacks other clients get their turn on the thread. */
  private static final int TURN = 32;

  /** Stands for an empty queue. Nothing is added to it. */
  private static final Queue<Callback> NONE = new ArrayDeque<>(0);

  private final Shared shared;
  private final Handshake handshake;
  private ReadGate gate; // null until something holds up reading
  private Session session;
  private ClientHandler handler;
  private FollowedTopics followed;
  private InboundLimits limits; // null before the first message, as the next two
  private ClientMessages messages; // there from the beginning if the client has a session
  private InboundBudget.Share share;
  private Queue<Callback> waiting = NONE;
  private int waitingBytes;
  private boolean running; // or submitted, or parked, or to be submitted
  private boolean reading; // messages of one read arrive
  private boolean startsAfterRead; // to be submitted when they have arrived
  private boolean paused;
  private Parked parked = Parked.NO;
  private int pendingAnswers;
  private boolean evicted;
  private boolean refused; // by the executor: the callbacks that it was to run are dropped
  private boolean ended; // the last callback was added, or none is needed
  private boolean begun; // the first callback was run, or there was none
  private volatile boolean tellFirst; // of joins, before the next callback
  private volatile Callback current; // null between two

  /** Why the next message waits, without a thread. */
  private enum Parked {
    NO,
    /** The values that it is parsed to have no room yet. */
    FOR_ROOM,
    /** Too much is pending, or was not read; or handlers of a join wait. */
    FOR_ANSWERS,
    /** It was parsed, and it is being decided which node processes it. */
    FOR_CLAIM
  }

  /**
   * The parts that the clients of one hub share.
   *
   * @param executor runs the callbacks
   * @param pending the requests of all clients whose answers are pending
   * @param maxUnsentBytes the next message waits while more bytes of answers wait to be sent
   * @param counters count the messages
   * @param nanoClock a clock as {@link System#nanoTime}
   * @param maxMessageBytes the most bytes of a client's message
   * @param maxMessagesPerSecond the most messages of one client a second; 0 for any number
   * @param backbone lets a message be processed on one node alone; {@code null}: there is no other
   */
  public record Shared(
      Executor executor,
      InboundBudget budget,
      RefSessions refSessions,
      PendingAnswers pending,
      long maxUnsentBytes,
      InboundCounters counters,
      LongSupplier nanoClock,
      int maxMessageBytes,
      int maxMessagesPerSecond,
      Backbone backbone) {}

  /** Creates the queue of a client that is about to be registered. */
  public ClientQueue(Shared shared, Handshake handshake) {
    this.shared = shared;
    this.handshake = handshake;
  }

  /** Begins with the client's connection; called before anything else can happen. */
  public void connected(Session session, FollowedTopics followed, ClientHandler handler) {
    this.session = session;
    this.handler = handler;
    this.followed = followed;
    if (ClientMessages.hasSession(handshake)) {
      this.messages = newMessages();
    }
    if (!handler.hearsConnections() && followed.endTurn()) {
      begun = true; // nobody hears of it, so no thread is woken
      return;
    }
    call(
        () -> {
          begun = true;
          handler.connected();
          followed.tell();
        });
  }

  private ClientMessages newMessages() {
    return new ClientMessages(
        session,
        handshake,
        followed,
        handler,
        shared.refSessions,
        shared.pending,
        this::goOnAfterAnswers,
        shared.backbone);
  }

  /** {@inheritDoc} For joins that waited until the client was sent something. */
  @Override
  public void goOnWithJoins() {
    tellFirst = true;
    call(() -> {}); // if nothing else waits
    goOnAfterAnswers();
  }

  @Override
  public void call(Runnable callback) {
    Supplier<Outcome> action =
        () -> {
          callback.run();
          return null;
        };
    add(new Callback(action, null, false));
  }

  @Override
  public synchronized ReadGate readGate() {
    gate = gate == null ? new ReadGate(session.connection()) : gate;
    return gate;
  }

  @Override
  public synchronized void readBegins() {
    reading = true;
  }

  @Override
  public void readEnds() {
    boolean start;
    synchronized (this) {
      reading = false;
      start = startsAfterRead;
      startsAfterRead = false;
    }
    if (start) {
      submit();
    }
  }

  @Override
  public void text(byte[] utf8) {
    if (admits(utf8.length)) {
      addMessage(new Callback(() -> messages.deliver(utf8), utf8, true));
    }
  }

  /** Returns whether a message is taken. Makes the things that only clients with messages need. */
  private boolean admits(int bytes) {
    if (limits == null) {
      limits =
          new InboundLimits(
              session.connection(),
              shared.maxMessageBytes,
              shared.maxMessagesPerSecond,
              shared.nanoClock,
              shared.counters);
      share = shared.budget.share(Party.of(handshake), this);
      messages = messages == null ? newMessages() : messages;
    }
    return limits.admit(bytes);
  }

  @Override
  public boolean binary(byte[] bytes) {
    if (!handler.acceptsBinary()) {
      return false;
    }
    if (admits(bytes.length)) {
      addMessage(
          new Callback(
              () -> {
                handler.binary(bytes);
                return null;
              },
              bytes,
              false));
    }
    return true; // also beyond a limit, which ends the connection with a reason of its own
  }

  @Override
  public void closed(DisconnectReason reason) {
    if (handler == null) {
      return; // the link ended before it became a client
    }
    boolean isDue;
    synchronized (this) {
      ended = true;
      isDue = running || messages != null; // running: the connection may be yet to be told
    }
    if (!isDue && !handler.hearsConnections()) {
      return; // nothing is left to do
    }
    call(
        () -> {
          try {
            if (begun) { // else the application knows nothing of the client
              followed.tellEnd();
              handler.disconnected(reason);
            }
          } finally {
            endMessages();
          }
        });
    goOnAfterAnswers(); // none will be read
    readEnds(); // the link may end in the middle of one
  }

  private void endMessages() {
    if (messages != null) {
      messages.end();
    }
  }

  @Override
  public void run() {
    for (int i = 0; i < TURN; i++) {
      Callback next = next();
      if (next == null) {
        return;
      }
      if (tellFirst) {
        tellFirst = false;
        followed.tell();
      }
      next.estimate();
      switch (begin(next)) {
        case THERE -> {
          if (current == next) { // else it was evicted meanwhile
            Outcome pending = run(next);
            if (waitsForClaim()) {
              return;
            }
            done(next, pending);
          }
        }
        case LATER -> {
          return;
        }
        case NEVER -> {
          shared.counters.tooLarge.increment();
          abort(DisconnectReason.TOO_LARGE);
          dropWaiting(); // messages after one that is not taken are not taken either
        }
      }
    }
    submit();
  }

  /** Parks the current message if it waits for a claim, and returns whether it does. */
  private boolean waitsForClaim() {
    CompletionStage<?> claim = messages == null ? null : messages.claiming();
    if (claim == null) {
      return false;
    }
    synchronized (this) {
      parked = Parked.FOR_CLAIM;
    }
    claim.whenComplete((answer, failure) -> goOnAfterClaim());
    return true;
  }

  private void goOnAfterClaim() {
    synchronized (this) {
      parked = Parked.NO;
    }
    submit();
  }

  @Override
  public void roomIsThere() {
    synchronized (this) {
      if (parked != Parked.FOR_ROOM) {
        return; // evicted meanwhile
      }
      parked = Parked.NO;
    }
    submit();
  }

  @Override
  public void evict() {
    abort(DisconnectReason.TRY_AGAIN_LATER);
    if (dropWaiting()) {
      submit();
    }
  }

  private void abort(DisconnectReason reason) {
    session.connection().abort(reason);
  }

  /** Drops the messages that wait, and takes no more; returns whether the next one was parked. */
  private boolean dropWaiting() {
    long dropped = 0;
    boolean wasParked;
    synchronized (this) {
      evicted = true;
      wasParked = parked != Parked.NO && parked != Parked.FOR_CLAIM; // that one goes on by itself
      parked = wasParked ? Parked.NO : parked;
      for (Callback callback : List.copyOf(waiting)) {
        if (callback.isMessage() && callback != current) {
          waiting.remove(callback);
          countWaiting(callback, -1);
          waitingBytes -= callback.bytes();
          dropped += callback.text;
        }
      }
      goOnReading(); // the link reads the answer to its close
    }
    if (share != null) {
      share.withdraw();
      share.dropped(dropped);
    }
    return wasParked;
  }

  /** Goes on if the next message waited for answers, and need not wait for them any more. */
  private void goOnAfterAnswers() {
    synchronized (this) {
      if (parked != Parked.FOR_ANSWERS || hasTooManyAnswers()) {
        return;
      }
      parked = Parked.NO;
    }
    submit();
  }

  private boolean hasTooManyAnswers() {
    return pendingAnswers >= MAX_PENDING_ANSWERS
        || !ended && messages != null && messages.unsentBytes() > shared.maxUnsentBytes;
  }

  /** Runs one; whatever it throws, the next ones follow. Returns its outcome if that is pending. */
  private Outcome run(Callback callback) {
    try {
      return callback.action.get();
    } catch (Throwable t) { // not the application's, which is caught: there may be no memory left
      try {
        abort(DisconnectReason.INTERNAL_ERROR); // or the client would wait for an answer
        handler.failed("A callback of a client failed", t);
      } catch (Throwable untold) {
        // nor enough to tell of it; often it is the same object: the JVM has few of them
      }
      return null;
    }
  }

  private void addMessage(Callback message) {
    if (!share.arrived(message.text) || !add(message)) {
      share.dropped(message.text);
    }
  }

  /** Adds a callback; returns whether it did: a client that is evicted or refused says no more. */
  private boolean add(Callback callback) {
    boolean start;
    synchronized (this) {
      if (evicted && callback.isMessage() || refused && !ended) {
        return false;
      }
      waiting = waiting == NONE ? new ArrayDeque<>() : waiting;
      waiting.add(callback);
      countWaiting(callback, 1);
      waitingBytes += callback.bytes();
      if (!paused && exceeds(1)) {
        paused = true;
        readGate().hold(ReadGate.CALLBACKS);
      }
      startsAfterRead |= !running && reading;
      start = !running && !reading;
      running = true;
    }
    if (start) {
      submit();
    }
    return true;
  }

  private synchronized Callback next() {
    Callback next = waiting.peek();
    running = next != null;
    waiting = running ? waiting : NONE;
    return next;
  }

  /** Lets a callback begin if there is room for the values that it is parsed to. */
  private synchronized InboundBudget.Room begin(Callback next) {
    if (waiting.peek() != next) {
      return InboundBudget.Room.THERE; // evicted meanwhile, so that it is not the current one
    }
    if (next.isMessage() && hasTooManyAnswers() || followed.isHeldUp()) {
      parked = Parked.FOR_ANSWERS;
      return InboundBudget.Room.LATER;
    }
    InboundBudget.Room room =
        next.isMessage() && !next.parsed
            ? share.parse(next.text, next.cost)
            : InboundBudget.Room.THERE;
    next.parsed = room == InboundBudget.Room.THERE;
    parked = room == InboundBudget.Room.LATER ? Parked.FOR_ROOM : Parked.NO;
    current = room == InboundBudget.Room.THERE ? next : null;
    return room;
  }

  private void done(Callback callback, Outcome pending) {
    synchronized (this) {
      current = null;
      waitingBytes -= waiting.remove().bytes();
      countWaiting(callback, -1);
      goOnReading();
    }
    if (callback.isMessage() && !isPending(callback, pending)) {
      share.done(callback.text, callback.cost);
    }
  }

  /** Returns whether the message counts on, until its answer is there. */
  private boolean isPending(Callback callback, Outcome outcome) {
    if (outcome == null) {
      return false;
    }
    countPending(callback, 1);
    boolean pending = outcome.whenSettled(() -> answered(callback));
    if (!pending) { // it was settled meanwhile
      countPending(callback, -1);
    }
    return pending;
  }

  private void answered(Callback callback) {
    countPending(callback, -1);
    share.done(callback.text, callback.cost);
    goOnAfterAnswers();
  }

  /** Counts one more pending answer, or one less. The first one keeps the client, too. */
  private void countPending(Callback callback, int change) {
    boolean only;
    synchronized (this) {
      only = pendingAnswers == (change > 0 ? 0 : 1);
      pendingAnswers += change;
    }
    long more = PENDING_BYTES + (only ? CLIENT_BYTES : 0);
    share.pending(change * (callback.text + callback.cost), change * more);
  }

  private void countWaiting(Callback callback, int change) {
    if (callback.isMessage()) {
      shared.counters.waiting.add(change);
    }
  }

  /** Reads on if enough is done; to be called with the lock. */
  private void goOnReading() {
    if (paused && !exceeds(2)) {
      paused = false;
      readGate().release(ReadGate.CALLBACKS);
    }
  }

  /** Returns whether more waits than the limits divided by {@code divisor}. */
  private boolean exceeds(int divisor) {
    return waiting.size() > MAX_WAITING_MESSAGES / divisor
        || waitingBytes > MAX_WAITING_BYTES / divisor;
  }

  private void submit() {
    try {
      shared.executor.execute(this);
    } catch (Throwable e) { // not only rejections: such as no memory for a thread
      refused();
      HubLogger.HUB.log(Level.WARNING, "No callbacks for a client: the executor refuses", e);
    }
  }

  /** Ends the client. Its end is the one callback for which the executor is asked again. */
  private void refused() {
    dropWaiting();
    boolean last;
    Callback unfinished;
    synchronized (this) {
      refused = true;
      running = false;
      waiting = NONE;
      last = ended;
      unfinished = current; // it waited for its claim: no thread is running
      current = null;
    }
    if (unfinished != null && unfinished.isMessage()) {
      countWaiting(unfinished, -1);
      share.done(unfinished.text, unfinished.cost);
    }
    if (last) {
      endMessages(); // no callback of this client is running, and none will
    } else {
      abort(DisconnectReason.INTERNAL_ERROR);
    }
  }

  /** Something to do, and the message that it is about, if any. */
  private static final class Callback {
    /** The heap that a waiting message takes besides its bytes. */
    private static final int OVERHEAD_BYTES = 80;

    private final Supplier<Outcome> action; // returns what is pending, or null
    private final byte[] message; // null if it is about none
    private final boolean json;
    private final long text; // bytes of heap while it waits
    private long cost; // further bytes once it is parsed; 0 until it is estimated
    private boolean parsed; // its further bytes are counted

    private Callback(Supplier<Outcome> action, byte[] message, boolean json) {
      this.action = action;
      this.message = message;
      this.json = json;
      text = message == null ? 0 : HeapCost.ofArray(message.length) + OVERHEAD_BYTES;
    }

    private boolean isMessage() {
      return message != null;
    }

    private int bytes() {
      return message == null ? 0 : message.length;
    }

    private void estimate() {
      if (json && cost == 0) {
        cost = HeapCost.ofParsed(message);
      }
    }
  }
}
