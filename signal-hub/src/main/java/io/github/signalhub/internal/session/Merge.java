package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.log.TopicLog;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The entries of several topics after an offset and up to another, in the hub's one order. One
 * instance serves all sessions of a shard, one at a time. Confined to the shard's loop.
 */
final class Merge {
  /** The next entry, and its topic; {@code null}: none. */
  private Entry next;

  private Subscription current;

  /** The next entries of all other topics. */
  private final PriorityQueue<Head> others =
      new PriorityQueue<>(Comparator.comparingLong((Head head) -> head.entry.offset()));

  private boolean broken;
  private long limit;

  /** The session, whose own entries are passed; {@code null}: none are. */
  private Sender self;

  /** The newest entry that {@link #advance} passed because the session sent it. */
  private long passed;

  /**
   * Entries of a topic left the log before they were sent. Immutable.
   *
   * @param after the offset after which entries are missing
   * @param floor the last offset that is missing
   */
  record Loss(Subscription subscription, long after, long floor) {}

  /** Drops everything. */
  void clear() {
    next = null;
    current = null;
    others.clear();
    broken = false;
    self = null;
    passed = 0;
  }

  /**
   * Starts over.
   *
   * @param topics the topics to look at
   * @param after the offset after which to begin
   * @param limit the last offset to return
   * @param self the session, whose own entries are passed; {@code null}: none are
   * @return the losses; if there are any, this merge is not to be used, but the next one
   */
  List<Loss> start(List<Subscription> topics, long after, long limit, Sender self) {
    clear();
    this.limit = limit;
    this.self = self;
    List<Loss> losses = List.of();
    for (int i = 0; i < topics.size(); i++) {
      Subscription subscription = topics.get(i);
      Entry first = subscription.passOwn(after, limit, self);
      long known = Math.max(after, subscription.skippedUpTo);
      long floor = subscription.topic().log().floor(); // read only after the log was searched
      if (subscription.hasLost(known, floor)) {
        losses = losses.isEmpty() ? new ArrayList<>() : losses;
        losses.add(new Loss(subscription, known, floor));
      } else if (first != null && first.offset() <= limit) {
        add(subscription, first);
      }
    }
    order();
    return losses;
  }

  /** Returns whether a {@link #start} with these arguments would find any entries or losses. */
  static boolean findsAny(List<Subscription> topics, long after, long limit, Sender self) {
    for (Subscription subscription : topics) {
      TopicLog log = subscription.topic().log();
      long known = Math.max(after, subscription.skippedUpTo);
      Entry first = log.firstAfter(known);
      while (first != null && first.offset() <= limit && subscription.isOwn(first, self)) {
        first = log.firstAfter(first.offset());
      }
      if (first != null && first.offset() <= limit || subscription.hasLost(known)) {
        return true;
      }
    }
    return false;
  }

  /** Returns the last offset that this merge returns. */
  long limit() {
    return limit;
  }

  /**
   * Returns whether everything was returned. A merge ends early if the next entries left the log
   * meanwhile. The next merge finds the loss. Only then it is known which frames the link accepted,
   * and so where the loss begins.
   */
  boolean isDone() {
    return peek() == null && !broken;
  }

  /** Returns the next entry without moving on, or {@code null}. */
  Entry peek() {
    return broken ? null : next;
  }

  /**
   * Moves on to the entry that follows the one that {@link #peek} returns, and passes those that
   * the session sent itself.
   */
  void advance() {
    moveOn();
    while (!broken && next != null && current.isOwn(next, self)) {
      passed = next.offset();
      moveOn();
    }
  }

  /**
   * Returns the offset up to which everything was passed or returned by {@link #advance}, if the
   * session sent the last of it; else an older one.
   */
  long passed() {
    return passed;
  }

  private void moveOn() {
    Entry following = current.topic().log().next(next);
    boolean follows = following != null && next.isFollowedBy(following);
    if (!follows && current.hasLost(next.offset())) {
      broken = true;
      return;
    }
    next = following != null && following.offset() <= limit ? following : null;
    order();
  }

  private void add(Subscription subscription, Entry first) {
    if (next == null) {
      current = subscription;
      next = first;
    } else {
      others.add(new Head(subscription, first));
    }
  }

  /** Has the topic whose entry is the oldest come next. */
  private void order() {
    Head first = others.peek();
    if (first != null && (next == null || first.entry.offset() < next.offset())) {
      others.remove();
      Subscription formerly = current;
      Entry formerNext = next;
      current = first.subscription;
      next = first.entry;
      if (formerNext != null) {
        first.subscription = formerly;
        first.entry = formerNext;
        others.add(first);
      }
    }
  }

  /** A topic that is not {@link #current}, and its next entry. */
  private static final class Head {
    Subscription subscription;
    Entry entry;

    Head(Subscription subscription, Entry entry) {
      this.subscription = subscription;
      this.entry = entry;
    }
  }
}
