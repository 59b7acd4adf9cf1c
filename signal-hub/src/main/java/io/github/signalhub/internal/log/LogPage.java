package io.github.signalhub.internal.log;

import java.util.ArrayList;
import java.util.List;

/**
 * Some retained entries of one topic, for the application. Immutable.
 *
 * @param entries the entries, oldest first
 * @param gap whether entries after the offset that was asked for, and before these, are gone. In a
 *     table only deletions are missed: an entry that a newer one superseded is no loss
 * @param more whether the topic has later entries, or had some
 * @param upTo the offset after which to go on. If there are no more, it is the horizon
 * @param begunAt the horizon when the application began to read a table from its oldest row; {@link
 *     #NOT_BEGUN} for other reads. It needs no deletions up to there
 */
public record LogPage(List<Entry> entries, boolean gap, boolean more, long upTo, long begunAt) {
  /** The value in place of the offset for a read from the oldest entry. */
  public static final long BEGINNING = -1;

  /** The value of {@link #begunAt} for reads that go on after an offset. */
  public static final long NOT_BEGUN = -1;

  /** Copies the entries. */
  public LogPage {
    entries = List.copyOf(entries);
  }

  /**
   * Reads entries. Any thread, without the log's lock.
   *
   * @param horizon read before this call
   */
  static LogPage read(TopicLog log, long after, long begunAt, int most, long horizon) {
    boolean begins = after == BEGINNING;
    long begun = begins && log.isCompacted() ? horizon : begunAt;
    Entry next = log.firstAfter(after);
    boolean gap = !begins && Math.max(after, begun) < log.floor(); // after the search: see TopicLog
    List<Entry> found = new ArrayList<>();
    long upTo = Math.max(0, after);
    boolean lost = false;
    while (next != null && !lost) {
      boolean needed = !(log.isCompacted() && next.isEvictable() && next.offset() <= begun);
      if (needed && found.size() == most) {
        break;
      }
      if (needed) {
        found.add(next);
      }
      upTo = next.offset();
      Entry following = log.next(next);
      boolean follows = following != null && next.isFollowedBy(following);
      lost = !follows && Math.max(upTo, begun) < log.floor();
      next = following;
    }
    boolean more = lost || next != null;
    return new LogPage(found, gap, more, more ? upTo : Math.max(horizon, upTo), begun);
  }
}
