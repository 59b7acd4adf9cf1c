package io.github.signalhub.spi;

import static java.util.Objects.requireNonNull;

import io.github.signalhub.connection.DisconnectReason;
import io.github.signalhub.internal.logger.HubLogger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The life of one connection, whatever platform carries it: its states, their transitions, and all
 * deadlines. To the hub it is a {@link Connection}. It drives a {@link PlatformConnection}, which
 * only moves bytes.
 *
 * <pre>
 * NEW              register                       OPEN
 * NEW              refuse                         CLOSING
 * OPEN             close                          DRAINING: what is owed to the client is sent
 * OPEN, DRAINING   abort                          ABORTING: a half-written frame is finished
 * DRAINING         everything is sent             CLOSING: the platform says goodbye
 * ABORTING         the frame is finished          CLOSING
 * any before       the peer begins the end        CLOSING
 * any              the connection is gone         ENDED: the hub's client has ended, once
 * </pre>
 *
 * <p>The first reason wins, but an abort overtakes a close that is still draining. A frame of which
 * the peer has a part is finished before anything else is sent.
 *
 * <p>Three deadlines come from {@link LinkTimeouts}. A silent peer gets a ping, and is cut if it
 * does not answer. A peer that takes no byte of the frames that wait for it is cut. A peer that
 * does not end the connection after the goodbye is cut.
 *
 * <p>A platform that takes bytes writes in {@link PlatformConnection#flush}, and again when its
 * socket is writable:
 *
 * <pre>{@code
 * boolean more = true;
 * while (more && link.take(buffer.clear()) > 0) {
 *   int written = channel.write(buffer.flip());
 *   more = !buffer.hasRemaining() && link.accepted(written);
 * }
 * }</pre>
 *
 * <p>If the channel writes at once, {@link #takeRun} comes first. It saves the copy.
 *
 * <p>The methods of {@link Connection} are thread-safe, and {@link #isReadEnabled}. All other
 * methods are confined to the loop.
 */
public final class Link implements Connection {
  private static final HubLogger LOG = HubLogger.of(Link.class);
  private static final AtomicIntegerFieldUpdater<Link> FLUSH_REQUESTED =
      AtomicIntegerFieldUpdater.newUpdater(Link.class, "flushRequested");

  private enum State {
    NEW,
    OPEN,
    DRAINING,
    ABORTING,
    CLOSING,
    ENDED
  }

  private final Loop loop;
  private final WireForm wireForm;
  private final PlatformConnection platform;
  private final Liveness liveness;
  private volatile int flushRequested; // 1: a task of the loop will flush
  private volatile boolean readEnabled = true;

  private State state = State.NEW;
  private DisconnectReason reason; // null while nobody gave one
  private boolean aborted;
  private Registrar registrar;
  private Inbound inbound; // null before the registration and after the end
  private Outbound outbound; // of the inbound
  private String clientId = "";
  private long taken; // since the last report
  private boolean refused; // by the last report: not all that was taken
  private long accepted; // in all
  private Loop.@Nullable Timer closeDeadline; // null before the goodbye
  private boolean flushing; // the platform is asked to write
  private @Nullable StallWatch stall; // null while the peer had nothing to take for a while
  private boolean closeWaits; // the platform is to say goodbye, and has not

  /**
   * Creates the link of a connection that was just opened.
   *
   * @param loop where it lives
   * @param wireForm how messages become bytes for it
   * @param timeouts the deadlines of its peer
   * @param platform the connection, which this link drives
   */
  public Link(Loop loop, WireForm wireForm, LinkTimeouts timeouts, PlatformConnection platform) {
    this(loop, wireForm, timeouts, platform, System::nanoTime);
  }

  /** Creates a link with a clock as {@link System#nanoTime}. */
  Link(
      Loop loop,
      WireForm wireForm,
      LinkTimeouts timeouts,
      PlatformConnection platform,
      LongSupplier nanoClock) {
    this.loop = requireNonNull(loop, "loop");
    this.wireForm = requireNonNull(wireForm, "wireForm");
    this.platform = requireNonNull(platform, "platform");
    liveness = new PeerLiveness(requireNonNull(timeouts, "timeouts"), nanoClock);
  }

  // Calls of the platform.

  /**
   * Makes a client of this connection, and has the platform send the hub's frames for it.
   *
   * @throws IllegalArgumentException if the handshake breaks a limit of the hub; the platform may
   *     {@link #refuse} then
   * @throws IllegalStateException if the hub takes no more clients; likewise
   */
  public void register(Registrar hub, Handshake handshake) {
    if (state == State.ENDED) {
      return;
    }
    registrar = requireNonNull(hub, "hub");
    state = State.OPEN; // first: the hub may close it before register returns
    Inbound registered = null;
    try {
      registered = requireNonNull(hub.register(this, handshake), "inbound");
    } finally {
      if (registered == null) {
        state = State.NEW;
        reason = null;
        aborted = false;
      }
    }
    inbound = registered;
    outbound = registered.outbound();
    clientId = registered.clientId();
    if (state == State.ENDED) {
      unregister();
      return;
    }
    liveness.start();
    if (state != State.OPEN) {
      outbound.seal();
    }
    flush();
  }

  /** Says goodbye to a connection of which the hub makes no client. */
  public void refuse(DisconnectReason why) {
    requireNonNull(why, "reason");
    if (state == State.NEW) {
      reason = why;
      aborted = true;
      sayGoodbye();
    }
  }

  /**
   * Copies the next bytes to send, until the buffer is full or nothing is left. It may be called
   * several times before {@link #accepted}.
   *
   * @param into where to copy; its position moves to the end of the copied bytes
   * @return how many bytes were copied
   */
  public int take(ByteBuffer into) {
    int count = takesData() ? outbound.take(into) : takeRest(into);
    noteTaken(count);
    return count;
  }

  /**
   * Takes the frames that this link and others at the same place are sent next, all at once.
   *
   * @return as from {@link Outbound#takeRun}, with the same duties; {@code null} if {@link #take}
   *     is to be asked
   */
  public @Nullable ByteBuffer takeRun() {
    ByteBuffer run = takesData() ? outbound.takeRun() : null;
    if (run != null) {
      noteTaken(run.remaining());
    }
    return run;
  }

  /**
   * Copies as much as fits of the rest of a frame of which the peer has a part. Until {@link
   * #unfinished} is 0, nothing else may be written.
   *
   * @return how many bytes were copied
   */
  public int takeUnfinished(ByteBuffer into) {
    int count = takeRest(into);
    taken += count;
    return count;
  }

  /**
   * Takes one whole frame, for platforms that accept only whole ones. Not to be mixed with {@link
   * #take}.
   *
   * @return as from {@link Outbound#takeFrame}; {@code null} if nothing is left
   */
  public @Nullable ByteBuffer takeFrame() {
    ByteBuffer frame = takesData() || unfinished() > 0 ? outbound.takeFrame() : null;
    noteTaken(frame == null ? 0 : frame.remaining());
    return frame;
  }

  /**
   * Takes whole frames as texts, for platforms that send texts. Once all of them are sent, the
   * platform reports {@link #unfinished} bytes as {@link #accepted}.
   *
   * @param most as for {@link Outbound#takeTexts}
   * @param mostBytes likewise
   * @return likewise; empty if nothing is left
   */
  public List<String> takeTexts(int most, int mostBytes) {
    List<String> texts =
        takesData() || unfinished() > 0 ? outbound.takeTexts(most, mostBytes) : List.of();
    noteTaken(texts.isEmpty() ? 0 : unfinished());
    return texts;
  }

  /**
   * Reports that the platform accepted the first bytes of what was taken since the last report. The
   * rest will be taken again. If it is less than was taken, the platform has to take again when it
   * accepts bytes again.
   *
   * @return whether there may be more to take at once
   * @throws IllegalArgumentException if it is negative or more than was taken
   */
  public boolean accepted(int bytes) {
    if (inbound == null) {
      return false;
    }
    refused = bytes < taken;
    boolean more = outbound.accepted(bytes);
    accepted += bytes;
    taken = 0;
    watch();
    endIfSent();
    return !refused && more;
  }

  /** Returns how many bytes are left of a frame of which the peer has a part. */
  public int unfinished() {
    return inbound == null ? 0 : outbound.unfinished();
  }

  /**
   * Hands over a complete text message of the peer. Does nothing once the connection is aborted.
   *
   * @param utf8 as for {@link Inbound#text}
   * @return whether the hub wants more; if not, {@link PlatformConnection#setReadEnabled} tells
   *     when it does again
   */
  public boolean text(byte[] utf8) {
    if (takesMessages()) {
      inbound.text(utf8);
    }
    return readEnabled;
  }

  /**
   * Hands over a complete binary message of the peer. Where the application takes none, the
   * connection is aborted with 1003.
   *
   * @param bytes as for {@link Inbound#binary}
   * @return as {@link #text}
   */
  public boolean binary(byte[] bytes) {
    if (takesMessages() && !inbound.binary(bytes)) {
      beginAbort(DisconnectReason.UNSUPPORTED_DATA);
    }
    return readEnabled;
  }

  /** Says that anything came from the peer: it is alive. */
  public void received() {
    liveness.received();
  }

  /**
   * Says that anything came from the peer, as {@link #received} does. The messages until {@link
   * #readEnds} are handed to the application's thread together. So a platform that reads several at
   * once brackets them.
   */
  public void readBegins() {
    received();
    if (inbound != null) {
      inbound.readBegins();
    }
  }

  /** Says that the messages of a read have come. Does nothing if no read has begun. */
  public void readEnds() {
    if (inbound != null) {
      inbound.readEnds();
    }
  }

  /**
   * Says that the platform has said goodbye, as {@link PlatformConnection#sendClose} asked for. If
   * the platform can know, the peer's system has it. Now the peer's time to end the connection
   * begins.
   */
  public void closeSent() {
    if (state == State.CLOSING && closeWaits) {
      closeWaits = false;
      watch();
      if (!liveness.timeouts().close().isZero()) {
        closeDeadline = loop.timer(this::closeIsLate);
        closeDeadline.start(liveness.timeouts().close().toNanos());
      }
    }
  }

  /**
   * Says that the peer began the end, or that the platform ends the connection because the peer
   * broke a rule. From now on only the rest of a half-written frame is taken.
   *
   * @param why the peer's reason, or the reason that the peer is told
   */
  public void peerClosed(DisconnectReason why) {
    requireNonNull(why, "reason");
    if (state != State.ENDED) {
      reason = reason == null ? why : reason;
      state = State.CLOSING;
      liveness.stop();
    }
  }

  /**
   * Says that the connection is gone. Its client ends with the first reason that was given.
   * Idempotent.
   *
   * @param why the reason if there was none before
   */
  public void closed(DisconnectReason why) {
    requireNonNull(why, "reason");
    if (state != State.ENDED) {
      reason = reason == null ? why : reason;
      state = State.ENDED;
      liveness.stop();
      if (stall != null) {
        stall.stop();
      }
      if (closeDeadline != null) {
        closeDeadline.cancel();
      }
      unregister();
    }
  }

  /** Has the hub count that the client reached a limit of its carrier. */
  void limitReached(ClientLimit limit) {
    if (inbound != null) {
      inbound.limitReached(limit);
    }
  }

  /** Cuts the connection. Its client ends with the first reason, or with 1006. Idempotent. */
  public void cut() {
    if (state != State.ENDED) {
      call(platform::cut);
      closed(DisconnectReason.ABNORMAL);
    }
  }

  /** Returns the id that the hub gave the client; empty before it did. */
  public String clientId() {
    return clientId;
  }

  /** Returns whether nobody has begun the end. */
  public boolean isOpen() {
    return state == State.OPEN;
  }

  /** Returns whether the end has begun, and the connection is not gone. */
  public boolean isClosing() {
    return state == State.DRAINING || state == State.ABORTING || state == State.CLOSING;
  }

  /** Returns whether the connection is gone. */
  public boolean hasEnded() {
    return state == State.ENDED;
  }

  /** Returns whether a message of the peer would reach the hub. */
  public boolean takesMessages() {
    return inbound != null && !aborted;
  }

  /** Returns whether the hub wants messages of the peer now. */
  public boolean isReadEnabled() {
    return readEnabled;
  }

  // Calls of the hub.

  @Override
  public Loop loop() {
    return loop;
  }

  @Override
  public WireForm wireForm() {
    return wireForm;
  }

  @Override
  public void requestFlush() {
    if (loop.inLoop()) {
      flush();
    } else if (FLUSH_REQUESTED.compareAndSet(this, 0, 1)) {
      loop.execute(
          () -> {
            flushRequested = 0;
            flush();
          });
    }
  }

  @Override
  public void setReadEnabled(boolean enabled) {
    readEnabled = enabled;
    if (enabled || !loop.inLoop()) {
      loop.execute(this::applyReadEnabled); // never within the call: its caller may hold locks
    } else {
      applyReadEnabled(); // at once, in the middle of the messages that were read
    }
  }

  @Override
  public void close(DisconnectReason why) {
    requireNonNull(why, "reason");
    onLoop(() -> beginClose(why));
  }

  @Override
  public void abort(DisconnectReason why) {
    requireNonNull(why, "reason");
    onLoop(() -> beginAbort(why));
  }

  private void onLoop(Runnable task) {
    if (loop.inLoop()) {
      task.run();
    } else {
      loop.execute(task);
    }
  }

  private void applyReadEnabled() {
    if (state == State.ENDED) {
      return;
    }
    boolean enabled = readEnabled;
    if (enabled) {
      liveness.resume();
    } else {
      liveness.pause();
    }
    call(() -> platform.setReadEnabled(enabled));
  }

  // Transitions.

  private void beginClose(DisconnectReason why) {
    if (state == State.OPEN) {
      reason = why;
      state = State.DRAINING;
      beginEnd();
    }
  }

  private void beginAbort(DisconnectReason why) {
    if (state == State.OPEN || state == State.DRAINING) {
      reason = why;
      aborted = true;
      state = State.ABORTING;
      beginEnd();
    }
  }

  private void beginEnd() {
    call(platform::closing);
    if (inbound != null) { // else register goes on
      outbound.seal();
      flush();
    }
  }

  /** Says goodbye once everything is sent that has to be. */
  private void endIfSent() {
    boolean sent =
        state == State.DRAINING && outbound.isEmpty()
            || state == State.ABORTING && unfinished() == 0;
    if (sent) {
      sayGoodbye();
    }
  }

  private void sayGoodbye() {
    state = State.CLOSING;
    liveness.stop();
    closeWaits = true;
    call(() -> platform.sendClose(reason));
    watch();
  }

  private void unregister() {
    Inbound registered = inbound;
    inbound = null;
    outbound = null;
    if (registered != null) {
      registrar.unregister(registered, reason);
    }
  }

  // Sending.

  private void flush() {
    if (inbound == null) {
      return;
    }
    flushing = true;
    try {
      platform.flush(); // no lambda: this runs for every write
    } catch (Throwable e) {
      failed(e);
    } finally {
      flushing = false;
    }
    if (inbound != null) {
      watch();
      if (taken == 0) {
        endIfSent(); // the platform may have had nothing to take
      }
    }
  }

  private boolean takesData() {
    return inbound != null && (state == State.OPEN || state == State.DRAINING);
  }

  private int takeRest(ByteBuffer into) {
    long rest = Math.min(unfinished() - taken, into.remaining()); // taken: of this frame alone
    if (rest <= 0) {
      return 0;
    }
    int limit = into.limit();
    into.limit(into.position() + (int) rest);
    try {
      return outbound.take(into);
    } finally {
      into.limit(limit);
    }
  }

  private void noteTaken(int count) {
    taken += count;
    if (count > 0 && !flushing) {
      watch(); // in a flush, most platforms report before it ends
    } else if (count == 0 && inbound != null && taken == 0) {
      endIfSent();
    }
  }

  // Deadlines.

  private boolean waitsForPeer() {
    return taken > 0 || refused || closeWaits;
  }

  /** Watches the peer while it has to take something. */
  private void watch() {
    boolean waits = waitsForPeer();
    if (stall != null) {
      stall.update(waits);
    } else if (waits && !liveness.timeouts().write().isZero() && state != State.ENDED) {
      long stallNanos = liveness.timeouts().write().toNanos();
      int precision = platform.takenPrecisionBytes();
      stall =
          new StallWatch(
              loop, stallNanos, this::takenBytes, precision, this::stalled, this::unwatch);
      stall.update(true);
    }
  }

  private void unwatch() {
    stall = null;
  }

  private long takenBytes() {
    return platform.takenBytes(accepted);
  }

  /** Watches the peer of this link. */
  private final class PeerLiveness extends Liveness {
    private PeerLiveness(LinkTimeouts timeouts, LongSupplier nanoClock) {
      super(loop, timeouts, nanoClock);
    }

    @Override
    boolean isSilent(boolean wasPinged) {
      return Link.this.isSilent(wasPinged);
    }

    @Override
    Progress progress() {
      return new Progress(Link.this::takenBytes, platform.takenPrecisionBytes());
    }
  }

  /** Pings, or cuts a peer that did not answer; returns whether to wait for an answer. */
  private boolean isSilent(boolean wasPinged) {
    if (!wasPinged) {
      boolean[] pings = {false};
      call(() -> pings[0] = platform.ping());
      return pings[0];
    }
    if (waitsForPeer()) {
      return true; // the ping may wait for the peer to take something: the other deadline's case
    }
    LOG.log(Level.DEBUG, "A client did not answer a ping in time and is cut");
    limitReached(ClientLimit.PONG);
    cut();
    return false;
  }

  private void stalled() {
    LOG.log(Level.DEBUG, "A client takes nothing of what it is sent and is cut");
    limitReached(ClientLimit.WRITE);
    cut();
  }

  private void closeIsLate() {
    limitReached(ClientLimit.CLOSE);
    cut();
  }

  /** Calls the platform. An exception ends this connection alone. */
  private void call(Runnable call) {
    try {
      call.run();
    } catch (Throwable e) { // platforms that are older than their glue throw errors
      failed(e);
    }
  }

  private void failed(Throwable e) {
    LOG.log(Level.WARNING, "A platform failed, and its connection is cut", e);
    if (state != State.ENDED) {
      closed(DisconnectReason.ABNORMAL); // first: cut() may fail, too
      call(platform::cut);
    }
  }
}
