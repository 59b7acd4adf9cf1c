package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.spi.CloseReason;
import io.github.signalhub.spi.Outbound;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;

/**
 * How far one session is: everything of its topics up to the position was accepted by its link.
 *
 * <p>{@link #take} copies what lies between the position and the horizon of the topics that are
 * dirty, unless a {@linkplain CatchUps catch-up} goes first; {@link #accepted} moves the position.
 * In between nothing is owed to anybody: frames that the link did not accept are simply taken
 * again, and of a frame that it accepted in part the bytes are kept here until their end, whatever
 * leaves the log meanwhile. So a client that does not read costs one frame, and costs the others
 * nothing.
 *
 * <p>Confined to its loop, except where stated.
 */
final class Cursor implements Outbound {
  private final Session session;
  private final Shard shard;
  private final Subscriptions subscriptions;
  private final CatchUps catchUps;
  private final Outbox outbox;
  private final Lag lag;
  private final WireForm form;
  private final Control sync = this::syncJson;
  private final Pin pin = new Pin();

  private volatile long position;
  private volatile boolean sealed;
  private long sealedAt = Long.MAX_VALUE;
  private boolean syncWaits;
  private boolean aborting;

  Cursor(Session session) {
    this.session = session;
    this.shard = session.shard;
    this.subscriptions = session.subscriptions;
    this.catchUps = session.catchUps;
    this.outbox = session.outbox;
    this.lag = new Lag(session);
    this.form = session.connection().wireForm();
  }

  /** Begins behind an offset; called once. */
  void open(long position) {
    this.position = position;
  }

  /** Ends: nothing is kept any more. */
  void end() {
    pin.clear();
  }

  /** Returns up to where the link has accepted everything. Thread-safe. */
  long position() {
    return position;
  }

  /** Returns whether nothing new is sent any more. Thread-safe. */
  boolean isSealed() {
    return sealed;
  }

  /** Returns up to where everything was accepted, once the frame under way is. */
  long reached() {
    return Math.max(position, pin.offset());
  }

  /** Moves the position to the horizon if there is nothing for this session up to there. */
  void moveOn() {
    if (subscriptions.dirty().isEmpty() && pin.isEmpty() && !catchUps.isBusy()) {
      position = Math.max(position, Math.min(shard.horizon(), sealedAt));
    }
  }

  /** Says how far the session is, unless it is about to be said. */
  void sync() {
    if (!sealed && !catchUps.isBusy()) {
      moveOn();
      if (!syncWaits) {
        syncWaits = true;
        outbox.add(sync);
      }
      shard.enqueue(session);
    }
  }

  /** Sends nothing more, and closes the peer. */
  void abort(CloseReason reason) {
    if (!aborting) {
      aborting = true; // the transport is in the middle of taking: abort when it is done
      shard.execute(() -> session.connection().abort(reason));
    }
  }

  @Override
  public int take(ByteBuffer into) {
    Taken taken = shard.taken;
    if (!taken.belongsTo(this)) {
      startTaking();
    }
    int copied = 0;
    while (into.hasRemaining() && (!taken.isCopied() || takeNext())) {
      copied += taken.copy(into);
    }
    if (taken.bytes() == 0) { // nothing to report on: the next call looks at the log anew
      boolean nothingLeft = taken.size() == 0;
      taken.start(null);
      if (nothingLeft) {
        caughtUp();
      }
    }
    return copied;
  }

  @Override
  public ByteBuffer takeFrame() {
    if (pin.isEmpty()) {
      startTaking();
      if (takeNext()) {
        pin(0, 0);
      }
      shard.taken.start(null);
      if (pin.isEmpty()) {
        caughtUp();
        return null;
      }
    }
    return ByteBuffer.wrap(pin.frame()).asReadOnlyBuffer();
  }

  @Override
  public void accepted(int bytes) {
    Taken taken = shard.taken;
    if (!taken.belongsTo(this)) {
      acceptedFrame(bytes);
      return;
    }
    checkAccepted(bytes, taken.bytes());
    int left = bytes;
    int i = 0;
    while (i < taken.size() && left >= taken.frame(i).length - taken.skipped(i)) {
      left -= taken.frame(i).length - taken.skipped(i);
      if (i > 0 || pin.isEmpty()) {
        begun(taken.offset(i));
      }
      if (i == 0) {
        pin.clear();
      }
      position = Math.max(position, taken.offset(i));
      i++;
    }
    if (left > 0 && i == 0 && !pin.isEmpty()) {
      pin.accept(left);
    } else if (left > 0) {
      pin(i, left);
    }
    boolean all = i == taken.size();
    taken.start(null);
    noteRead();
    if (all) {
      caughtUp();
    }
  }

  @Override
  public int unfinished() {
    return pin.unfinished();
  }

  @Override
  public void seal() {
    if (!sealed) {
      sealedAt = shard.advance(); // first: nothing marks a topic of a sealed session
      subscriptions.seal(sealedAt);
      sealed = true;
    }
  }

  @Override
  public boolean isEmpty() {
    if (shard.taken.belongsTo(this) || !pin.isEmpty() || !outbox.isEmpty()) {
      return false;
    }
    startTaking();
    shard.taken.start(null);
    boolean nothingLeft = shard.merge.peek() == null && outbox.isEmpty();
    return nothingLeft && !aborting; // else the abort comes, and says why
  }

  private byte[] syncJson() {
    syncWaits = false;
    return new Sync(session.id(reached())).json();
  }

  private void startTaking() {
    shard.taken.start(this);
    session.changeNow(); // the horizon was read before: nothing newer than a leave is taken
    if (!pin.isEmpty()) {
      shard.taken.add(pin.frame(), pin.accepted(), pin.offset());
    }
    while (!catchUps.start(shard.merge)) {
      long limit = Math.min(shard.horizon(), sealedAt);
      shard.merge.start(lag, subscriptions.dirty(), reached(), limit);
      if (lag.isSkipping()) {
        if (lag.skip(reached(), limit)) {
          outbox.remove(sync); // it would say more than was told before
          syncWaits = false;
          position = Math.max(position, limit);
        }
      } else if (!catchUps.isBusy()) {
        return;
      }
    }
  }

  /** Adds the next frame to what is taken, and returns whether there was one. */
  private boolean takeNext() {
    Taken taken = shard.taken;
    if (aborting) {
      return false;
    }
    if (taken.controls() == outbox.frames() && outbox.isWaiting()) {
      if (taken.controls() > 0) {
        return false; // a newer control waits until these are accepted: few are ever held
      }
      outbox.encode(form);
    }
    if (taken.controls() < outbox.frames()) {
      taken.add(outbox.frame(taken.countControl()), 0, Taken.CONTROL);
      return true;
    }
    Entry entry = shard.merge.peek();
    byte[] frame = entry == null ? null : shard.slowFrames.frame(entry, form, session);
    if (frame == null) {
      return false;
    }
    taken.add(frame, 0, entry.offset());
    shard.merge.advance();
    return true;
  }

  /** Keeps frame {@code i} of what is taken until its end is accepted. */
  private void pin(int i, int accepted) {
    pin.set(shard.taken.frame(i), accepted, shard.taken.offset(i));
    begun(pin.offset());
  }

  /** Counts a frame as sent: all or some of it was accepted, and its rest will be. */
  private void begun(long offset) {
    if (offset == Taken.CONTROL) {
      outbox.removeFrame();
    } else {
      catchUps.sentUpTo(offset);
    }
  }

  private void acceptedFrame(int bytes) {
    checkAccepted(bytes, unfinished());
    if (bytes > 0) {
      pin.accept(bytes);
      if (unfinished() == 0) {
        position = reached();
        pin.clear();
        noteRead();
      }
    }
  }

  private void noteRead() {
    if (outbox.isEmpty() && !pin.isControl()) {
      lag.read();
    }
  }

  /** Moves the position to the end of what was looked at, if nothing up to there is left. */
  private void caughtUp() {
    boolean done = shard.merge.peek() == null && !shard.merge.isBroken();
    if (done && !outbox.isWaiting() && !catchUps.isBusy() && !aborting) {
      position = Math.max(position, shard.merge.limit());
      subscriptions.cleanUpTo(shard.merge.limit());
    }
  }

  private static void checkAccepted(int bytes, long taken) {
    if (bytes < 0 || bytes > taken) {
      throw new IllegalArgumentException(
          "expected 0 to " + taken + " accepted bytes, was " + bytes);
    }
  }
}
