package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.Sender;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.internal.log.TopicLog;

/** That one session follows one topic. Confined to the session's loop. */
final class Subscription {
  private final Subscribers link;

  /** The place among the subscribers. */
  int index;

  /** Whether the session is sent its own entries, too: it was told to forget the table. */
  boolean sendsOwn;

  /** The place among the session's dirty topics, or -1. */
  int dirtyIndex = -1;

  /** Up to this offset the session knows, or is about to be told, that entries may be missing. */
  long toldUpTo;

  /**
   * Up to this offset nothing of the topic is sent: a second lag skips it, and the session is told
   * of that; or the session sent it.
   */
  long skippedUpTo;

  /**
   * The newest offset that the session is owed. Without bound until the session is sealed: entries
   * that are published after that may leave the log unsent, and are no loss.
   */
  private long owedUpTo = Long.MAX_VALUE;

  /** The entries that the session is about to be told of as missing, or {@code null}. */
  Missing missing;

  /**
   * Entries of the topic that may be missing. Immutable.
   *
   * @param after the id after which they may be missing, as the client knows it
   * @param upTo the last offset that may be missing
   */
  record Missing(String after, long upTo) {}

  Subscription(Subscribers link) {
    this.link = link;
  }

  Topic topic() {
    return link.topic();
  }

  /**
   * Returns whether the session is sent all entries after an offset, as other sessions are that
   * follow the topic, too.
   */
  boolean isSharedAfter(long offset) {
    return link.isShared() && toldUpTo <= offset && skippedUpTo <= offset;
  }

  /** Returns whether entries up to a floor left by a decision, not because the session is slow. */
  boolean wasDropped(long floor) {
    return link.wasDropped(floor);
  }

  /**
   * Passes the entries after an offset that the session sent itself: if they leave the log, that is
   * no loss. Returns the first entry after them that the session is to be sent, or {@code null}. If
   * others have left the log, {@link #hasLost} says so after this call.
   *
   * @param limit the last offset to pass
   */
  Entry passOwn(long after, long limit, Sender self) {
    TopicLog log = topic().log();
    long known = Math.max(after, skippedUpTo);
    Entry first = log.firstAfter(known);
    while (first != null
        && first.offset() <= limit
        && isOwn(first, self)
        && !hasLost(known, log.floor())) { // the floor is read after the search: see TopicLog
      known = first.offset();
      skippedUpTo = known;
      first = log.firstAfter(known);
    }
    return first;
  }

  /** Returns whether the session is not sent an entry, because it sent the entry itself. */
  boolean isOwn(Entry entry, Sender self) {
    return entry.isKeptFrom(self) && !sendsOwn;
  }

  /** Learns that nothing after an offset will be sent. */
  void seal(long upTo) {
    owedUpTo = topic().log().lastEvictable(upTo);
  }

  /**
   * Returns whether entries after an offset left the log that the session is owed, and was not told
   * of.
   */
  boolean hasLost(long after) {
    return hasLost(after, topic().log().floor());
  }

  /** As {@link #hasLost(long)}, with the floor that was read before. */
  boolean hasLost(long after, long floor) {
    return Math.max(after, toldUpTo) < Math.min(floor, owedUpTo);
  }
}
