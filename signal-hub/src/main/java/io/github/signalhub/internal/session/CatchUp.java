package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Topic;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What one topic has behind an older offset than the session's position and up to that: sent alone,
 * before everything that is live. As a control message it is the {@code $joined} with which it
 * begins. Confined to the session's loop.
 */
final class CatchUp implements Control, Merge.Losses {
  final Subscription subscription;
  private final String asked;
  private final Object ref;
  private final boolean answer;
  private final boolean empty;
  private String from;
  private long after;
  private long upTo;

  private CatchUp(
      Subscription subscription, String asked, Object ref, boolean answer, boolean empty) {
    this.subscription = subscription;
    this.asked = asked;
    this.ref = ref;
    this.answer = answer;
    this.empty = empty;
  }

  /**
   * Returns one that nobody asked for: a session begins, or lost something.
   *
   * @param after the id to begin behind, unchecked; {@code null}: before everything
   */
  static CatchUp unasked(Subscription subscription, String after) {
    return new CatchUp(subscription, after, null, false, false);
  }

  /**
   * Returns one for a join.
   *
   * @param after the id to begin behind, unchecked; {@code null}: from now on, or before everything
   *     if the topic is compacted
   * @param ref what the answer is to bear, or {@code null}
   */
  static CatchUp join(Subscription subscription, String after, Object ref) {
    return new CatchUp(subscription, after, ref, true, false);
  }

  /** Returns one that sends nothing, because the topic is followed already. */
  static CatchUp repeat(Subscription subscription, Object ref) {
    return new CatchUp(subscription, null, ref, true, true);
  }

  /** Returns the answer if the topic was left before this began; empty if nobody waits for one. */
  Optional<Control> refusal() {
    if (ref == null) {
      return Optional.empty();
    }
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("ref", ref);
    payload.put("code", "left");
    payload.put("reason", "the topic was left before it was joined");
    return Optional.of(new Answer("$error", payload));
  }

  boolean isEmpty() {
    return empty;
  }

  /** Returns behind which offset to go on. */
  long after() {
    return after;
  }

  /** Returns up to which offset it goes. */
  long upTo() {
    return upTo;
  }

  /** Learns that its entries up to an offset were sent. */
  void sentUpTo(long offset) {
    after = Math.max(after, offset);
  }

  /**
   * Finds out where to begin, and tells that something is gone if that is so.
   *
   * @param position up to where the session was sent everything
   */
  void begin(long position) {
    upTo = position;
    after = position;
    from = session().id(position);
    if (!empty && subscription.topic().isCompacted()) {
      beginTable();
    } else if (!empty && asked != null) {
      beginStream();
    } else {
      session().tell(this);
    }
  }

  /** A table begins before everything, unless what was asked for is still whole. */
  private void beginTable() {
    Topic topic = subscription.topic();
    session().shard.log.expire(topic);
    long floor = topic.log().floor();
    long start = asked == null ? 0 : session().shard.offset(asked);
    if (start == Shard.UNKNOWN) {
      session().tellGap(subscription, asked, Math.max(upTo, floor));
      start = 0;
    } else if (start > 0 && subscription.hasLost(start, floor)) {
      session().tellGap(subscription, asked, floor);
      start = 0;
    }
    subscription.gapTold = floor; // what was deleted before is not in the state that follows
    after = Math.min(start, upTo);
    from = session().id(after);
    session().tell(this); // behind the gap: who is cut in between asks for the same again
  }

  private void beginStream() {
    Topic topic = subscription.topic();
    session().shard.log.expire(topic);
    long start = session().shard.offset(asked);
    if (start <= upTo) {
      from = asked;
    }
    session().tell(this);
    if (start == Shard.UNKNOWN) {
      session().tellGap(subscription, asked, Math.max(upTo, topic.log().floor()));
    } else {
      after = Math.min(start, upTo); // the merge tells what is gone
    }
  }

  @Override
  public long lost(Subscription subscription, long after, long floor) {
    session().tellGap(subscription, session().id(after), floor);
    this.after = subscription.topic().isCompacted() ? 0 : floor; // a table begins anew
    return this.after;
  }

  @Override
  public byte[] json() {
    Map<String, Object> payload = Control.payload(subscription.topic());
    payload.put("after", from);
    payload.put("upTo", session().id(upTo));
    if (ref != null) {
      payload.put("ref", ref);
    }
    return Control.encode("$joined", payload);
  }

  @Override
  public boolean isAnswer() {
    return answer;
  }

  private Session session() {
    return subscription.session;
  }
}
