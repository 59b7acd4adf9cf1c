package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.spi.CloseReason;
import java.util.concurrent.TimeUnit;

/**
 * What becomes of one session when entries left the log that it had not been sent.
 *
 * <p>It is told, and goes on with what is retained. When that happens again within a minute it goes
 * on with what is live: else a client that is always too slow would for ever be sent what is about
 * to leave. A table is sent anew, or what changed in it. Who cannot be told, or follows a topic
 * that closes who is late, is closed. What the application dropped is told in the same way, but is
 * no lag. Confined to the session's loop.
 */
final class Lag implements Merge.Losses {
  /** A second lag within this time skips what is retained. */
  static final long AGAIN_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Session session;
  private boolean everLagged;
  private long laggedAt;

  /**
   * Whether the peer has yet to accept what it was told: what is lost meanwhile is the same lag.
   */
  private boolean unread;

  /** Whether this lag came within a minute of another. */
  private boolean again;

  private boolean skipping;

  Lag(Session session) {
    this.session = session;
  }

  @Override
  public long lost(Subscription subscription, long after, long floor) {
    if (subscription.subscribers.wasDropped(floor)) {
      tell(subscription, after, floor); // the client was not too slow
      return floor;
    }
    if (subscription.topic().closesLate()) {
      session.cursor().abort(CloseReason.FELL_BEHIND);
      return floor;
    }
    if (!unread) {
      unread = true;
      long now = session.shard.nanoTime();
      again = everLagged && now - laggedAt < AGAIN_NANOS;
      everLagged = true;
      laggedAt = now;
    }
    if (again) {
      skipping = true; // and skip() tells all topics
    } else {
      tell(subscription, after, floor);
    }
    return floor;
  }

  private void tell(Subscription subscription, long after, long floor) {
    if (!subscription.topic().isCompacted()) {
      session.tellGap(subscription, session.id(after), floor);
    } else if (subscription.turns == 0) {
      session.catchUps.add(CatchUp.unasked(subscription, session.id(after)));
    }
  }

  /** Learns that the peer has accepted all control messages. */
  void read() {
    unread = false;
  }

  /** Returns whether this lag is a second one, and what was lost just now is to be skipped. */
  boolean isSkipping() {
    return skipping;
  }

  /**
   * Skips every stream up to an offset, and tells of it. Tables have what changed in them sent as
   * ever, with the position moving along: who is cut in the middle goes on where it was.
   *
   * @param after up to where the session was sent everything
   * @return whether no table has anything up to there, so that everything was skipped
   */
  boolean skip(long after, long upTo) {
    skipping = false;
    boolean everything = true;
    for (Subscription subscription : session.subscriptions.dirty()) {
      Entry first = subscription.topic().log().firstAfter(after);
      boolean more = first != null && first.offset() <= upTo;
      if (more || subscription.hasLost(after)) {
        if (!subscription.topic().isCompacted()) {
          long floor = subscription.topic().log().floor();
          session.tellGap(subscription, session.id(after), Math.max(upTo, floor));
          subscription.skippedUpTo = upTo;
          continue;
        }
        everything = false;
        if (subscription.hasLost(after) && subscription.turns == 0) {
          session.catchUps.add(CatchUp.unasked(subscription, session.id(after)));
        }
      }
    }
    return everything;
  }
}
