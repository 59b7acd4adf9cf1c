package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.TopicLog;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The entries of several topics behind an offset and up to another, in the hub's one order. One
 * instance serves all sessions of a shard, one at a time. Confined to the shard's loop.
 */
final class Merge {
  /** Whoever has to know that entries left the log before they were sent. */
  interface Losses {
    /**
     * Learns that entries behind {@code after} and up to {@code floor} left the log unsent.
     *
     * @return behind which offset to go on
     */
    long lost(Subscription subscription, long after, long floor);
  }

  private final PriorityQueue<Head> heads = new PriorityQueue<>();
  private Head single;
  private boolean broken;
  private long limit;

  /**
   * Starts over.
   *
   * @param losses is told of every topic that lost entries behind {@code after}
   * @param topics the topics to look at
   * @param after the offset behind which to begin
   * @param limit the last offset to return
   */
  void start(Losses losses, List<Subscription> topics, long after, long limit) {
    this.limit = limit;
    broken = false;
    heads.clear();
    single = null;
    for (int i = 0; i < topics.size(); i++) {
      Subscription subscription = topics.get(i);
      TopicLog log = subscription.topic().log();
      long known = Math.max(after, subscription.skippedUpTo);
      Entry first = log.firstAfter(known);
      while (subscription.hasLost(known)) { // looked for only after the log was searched
        known = losses.lost(subscription, known, log.floor());
        first = log.firstAfter(known);
      }
      if (first != null && first.offset() <= limit) {
        add(new Head(subscription, first));
      }
    }
  }

  /** Returns the last offset that this merge returns. */
  long limit() {
    return limit;
  }

  /**
   * Returns whether entries left the log meanwhile that come next. The merge ends before them, and
   * the next one tells of them: only then is it known what the link accepted, and so where the loss
   * begins.
   */
  boolean isBroken() {
    return broken;
  }

  /** Returns the next entry without moving on, or {@code null}. */
  Entry peek() {
    if (broken) {
      return null;
    }
    Head head = single != null ? single : heads.peek();
    return head == null ? null : head.entry;
  }

  /** Moves on behind the entry that {@link #peek} returns. */
  void advance() {
    Head head = single != null ? single : heads.poll();
    long offset = head.entry.offset();
    Entry next = head.log().next(head.entry);
    if ((next == null || !head.entry.isFollowedBy(next)) && head.subscription.hasLost(offset)) {
      broken = true;
      return;
    }
    head.entry = next;
    boolean more = next != null && next.offset() <= limit;
    if (single != null) {
      single = more ? head : null;
    } else if (more) {
      heads.add(head);
    }
  }

  private void add(Head head) {
    if (single == null && heads.isEmpty()) {
      single = head;
      return;
    }
    if (single != null) {
      heads.add(single);
      single = null;
    }
    heads.add(head);
  }

  private static final class Head implements Comparable<Head> {
    final Subscription subscription;
    Entry entry;

    Head(Subscription subscription, Entry entry) {
      this.subscription = subscription;
      this.entry = entry;
    }

    TopicLog log() {
      return subscription.topic().log();
    }

    @Override
    public int compareTo(Head other) {
      return Long.compare(entry.offset(), other.entry.offset());
    }
  }
}
