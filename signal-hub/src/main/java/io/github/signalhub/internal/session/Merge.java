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
  private final PriorityQueue<Head> heads = new PriorityQueue<>();
  private Head single;
  private Session session;
  private long limit;

  /**
   * Starts over.
   *
   * @param session is told of every topic that lost entries behind {@code after}
   * @param dirty the topics to look at
   * @param after the offset behind which to begin
   * @param limit the last offset to return
   */
  void start(Session session, List<Subscription> dirty, long after, long limit) {
    this.session = session;
    this.limit = limit;
    heads.clear();
    single = null;
    for (int i = 0; i < dirty.size(); i++) {
      Subscription subscription = dirty.get(i);
      Entry first = subscription.topic().log().firstAfter(after);
      lookForLoss(subscription, after);
      if (first != null && first.offset() <= limit) {
        add(new Head(subscription, first));
      }
    }
  }

  /** Returns the last offset that this merge returns. */
  long limit() {
    return limit;
  }

  /** Returns the next entry without moving on, or {@code null}. */
  Entry peek() {
    Head head = single != null ? single : heads.peek();
    return head == null ? null : head.entry;
  }

  /** Moves on behind the entry that {@link #peek} returns. */
  void advance() {
    Head head = single != null ? single : heads.poll();
    long offset = head.entry.offset();
    Entry next = head.log().next(head.entry);
    if (next == null || !head.entry.isFollowedBy(next)) {
      lookForLoss(head.subscription, offset);
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

  /** The floor must be read after the log was searched. */
  private void lookForLoss(Subscription subscription, long after) {
    long floor = subscription.topic().log().floor();
    if (floor > after && floor > subscription.gapTold) {
      session.lost(subscription, after, floor);
    }
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
