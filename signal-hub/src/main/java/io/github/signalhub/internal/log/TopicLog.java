package io.github.signalhub.internal.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The retained entries of one topic, oldest first, in a ring that grows by doubling.
 *
 * <p>One thread at a time writes (under the log's lock); any thread reads at any moment without a
 * lock. How that is sound:
 *
 * <ul>
 *   <li>An entry knows its {@linkplain Entry#index index}, so whoever reads a slot can tell whether
 *       it still holds the entry of that index. If not, the entry was evicted.
 *   <li>A writer stores the entry, then moves {@code end}; a reader loads {@code end} and then the
 *       ring, so the ring that it sees holds everything below {@code end} that was not evicted.
 *   <li>A writer raises {@code floor} before it clears a slot. A reader that misses an entry and
 *       looks at the floor <em>afterwards</em> sees that something was lost.
 * </ul>
 */
public final class TopicLog {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Entry[].class);
  private static final Entry[] EMPTY = new Entry[0];

  /** Rings up to this many slots are not worth shrinking. */
  private static final int SHRINK_ABOVE = 64;

  /** Offset of the newest entry that was evicted: whoever is behind it has a gap. */
  private volatile long floor;

  /** Offset of the newest entry ever appended, retained or not; {@code floor} if there was none. */
  private volatile long last;

  private volatile Entry[] ring = EMPTY;

  /**
   * Indexes of the oldest retained entry and behind the newest; they wrap around as {@code int}s.
   */
  private volatile int begin;

  private volatile int end;
  private long bytes;

  TopicLog(long floor) {
    this.floor = floor;
    this.last = floor;
  }

  /** Returns the offset of the newest evicted entry: {@code after < floor} has a gap. */
  public long floor() {
    return floor;
  }

  /** Returns the offset of the newest entry ever appended, or the initial floor. */
  public long last() {
    return last;
  }

  /** Returns how many entries are retained. */
  public int size() {
    return end - begin;
  }

  /**
   * Returns what the retained entries count towards the topic's limit. Guarded by the log's lock.
   */
  long bytes() {
    return bytes;
  }

  /** Returns the index that the next entry has to have. Guarded by the log's lock. */
  int nextIndex() {
    return end;
  }

  /** Appends. Guarded by the log's lock. */
  void append(Entry entry) {
    if (size() == ring.length) {
      resize(Math.max(1, ring.length * 2));
    }
    SLOT.setRelease(ring, slot(ring, entry.index), entry);
    bytes += entry.sizeBytes();
    end = entry.index + 1;
    last = entry.offset(); // a volatile store: a flag read after it by a publisher is up to date
  }

  /** Returns the oldest entry or {@code null}. Guarded by the log's lock. */
  Entry oldest() {
    return size() == 0 ? null : ring[slot(ring, begin)];
  }

  /** Removes the oldest entry. Guarded by the log's lock. */
  void removeOldest() {
    Entry entry = oldest();
    floor = entry.offset();
    bytes -= entry.sizeBytes();
    SLOT.setRelease(ring, slot(ring, begin), null);
    begin = begin + 1;
    if (size() == 0) {
      ring = EMPTY; // a silent topic costs no more than its floor
    } else if (ring.length > SHRINK_ABOVE && size() == ring.length / 8) {
      resize(ring.length / 4);
    }
  }

  /**
   * Returns the oldest retained entry behind an offset, or {@code null}. If entries behind it were
   * evicted, the {@link #floor} read after this call is above the offset.
   */
  public Entry firstAfter(long offset) {
    int high = end;
    int low = begin;
    Entry[] slots = ring;
    Entry found = null;
    while (low - high < 0) {
      int middle = low + ((high - low) >>> 1);
      Entry entry = at(slots, middle);
      if (entry != null && entry.offset() > offset) {
        found = entry;
        high = middle;
      } else {
        low = middle + 1; // too old, or evicted meanwhile, as everything older then is
      }
    }
    return found;
  }

  /**
   * Returns the entry that follows one, or {@code null}. If entries between them were evicted, the
   * {@link #floor} read after this call is above the given entry's offset.
   */
  public Entry next(Entry entry) {
    int index = entry.index + 1;
    if (index == end) {
      return null;
    }
    Entry next = at(ring, index);
    return next != null ? next : firstAfter(entry.offset());
  }

  private static Entry at(Entry[] slots, int index) {
    if (slots.length == 0) {
      return null;
    }
    Entry entry = (Entry) SLOT.getAcquire(slots, slot(slots, index));
    return entry != null && entry.index == index ? entry : null;
  }

  private void resize(int slots) {
    Entry[] resized = new Entry[slots];
    for (int index = begin; index != end; index++) {
      resized[slot(resized, index)] = ring[slot(ring, index)];
    }
    ring = resized;
  }

  private static int slot(Entry[] slots, int index) {
    return index & (slots.length - 1);
  }
}
