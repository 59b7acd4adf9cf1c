package io.github.signalhub.internal.log;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The log of a stream: entries, oldest first, in a ring that grows by doubling.
 *
 * <p>How reading without a lock is sound, besides what {@link TopicLog} says:
 *
 * <ul>
 *   <li>An entry knows its {@linkplain Entry#index index}. So a reader of a slot can tell whether
 *       it still holds the entry of that index. If not, the entry was evicted.
 *   <li>A writer stores the entry, then moves {@code end}. A reader loads {@code end}, then the
 *       ring. So the ring that it sees holds everything below {@code end} that was not evicted.
 * </ul>
 *
 * <p>Most topics of a large hub hold a single message. So a single entry needs no ring, and values
 * that can be derived are no fields.
 */
final class RingLog extends TopicLog {
  private static final VarHandle SLOT = MethodHandles.arrayElementVarHandle(Entry[].class);

  /** Rings up to this many slots are not worth shrinking. */
  private static final int SHRINK_ABOVE = 64;

  /** Offset of the newest entry that was evicted. A reader that has read less has a gap. */
  private volatile long floor;

  /** {@code null}, the only {@link Entry}, or the {@link Ring} of several. */
  private volatile Object held;

  /** Index of the oldest retained entry, and the index after the newest one. Both wrap around. */
  private volatile int begin;

  private volatile int end;

  RingLog(long floor) {
    this.floor = floor;
  }

  @Override
  boolean isCompacted() {
    return false;
  }

  @Override
  public long floor() {
    return floor;
  }

  @Override
  public long last() {
    int newest = end - 1; // before the ring is loaded: see above
    Entry entry = at(held, newest);
    return entry != null ? entry.offset() : floor; // if it was evicted, the floor is as high
  }

  @Override
  public long lastEvictable(long upTo) {
    long last = last();
    if (last <= upTo) {
      return last;
    }
    Entry later = firstAfter(upTo); // there is one, because readers were not offered it
    Entry found = later == null ? null : at(held, later.index - 1);
    return found != null ? found.offset() : Math.min(floor, upTo);
  }

  @Override
  public int size() {
    return end - begin;
  }

  @Override
  public Entry firstAfter(long offset) {
    int high = end;
    int low = begin;
    Object entries = held;
    Entry found = null;
    while (low - high < 0) {
      int middle = low + ((high - low) >>> 1);
      Entry entry = at(entries, middle);
      if (entry != null && entry.offset() > offset) {
        found = entry;
        high = middle;
      } else {
        low = middle + 1; // too old, or evicted meanwhile, as everything older then is
      }
    }
    return found;
  }

  @Override
  public Entry next(Entry entry) {
    int index = entry.index + 1;
    if (index == end) {
      return null;
    }
    Entry next = at(held, index);
    return next != null ? next : firstAfter(entry.offset());
  }

  @Override
  boolean admits(MessageKey key) {
    return true;
  }

  @Override
  Entry supersededBy(MessageKey key) {
    return null;
  }

  @Override
  Entry newEntry(Topic topic, long offset, byte[] json, MessageKey key, Sender sender, long nanos) {
    return sender == null
        ? new Entry(topic, end, offset, json, nanos)
        : new Entry.ForOthers(topic, end, offset, json, sender, nanos);
  }

  @Override
  void append(Entry entry, Entry superseded) {
    if (held == null) {
      held = entry;
    } else {
      Ring ring = held instanceof Ring several ? several : resize(2);
      if (size() == ring.slots.length) {
        ring = resize(ring.slots.length * 2);
      }
      SLOT.setRelease(ring.slots, ring.slot(entry.index), entry);
      ring.bytes += entry.sizeBytes();
    }
    end = entry.index + 1; // a volatile store: a flag read after it by a publisher is up to date
  }

  @Override
  Entry oldest() {
    return at(held, begin);
  }

  @Override
  void removeOldest() {
    Entry entry = oldest();
    floor = entry.offset();
    begin = entry.index + 1;
    if (size() == 0) {
      held = null; // a silent topic costs no more than its floor
    } else {
      Ring ring = (Ring) held;
      ring.bytes -= entry.sizeBytes();
      SLOT.setRelease(ring.slots, ring.slot(entry.index), null);
      if (ring.slots.length > SHRINK_ABOVE && size() == ring.slots.length / 8) {
        resize(ring.slots.length / 4);
      }
    }
  }

  @Override
  void raiseFloor(long raised) {
    floor = raised;
  }

  @Override
  int evictable() {
    return size();
  }

  @Override
  long bytes() {
    Object entries = held;
    return entries instanceof Ring ring
        ? ring.bytes
        : entries == null ? 0 : ((Entry) entries).sizeBytes();
  }

  private static Entry at(Object held, int index) {
    Entry entry;
    if (held instanceof Ring ring) {
      entry = (Entry) SLOT.getAcquire(ring.slots, ring.slot(index));
    } else {
      entry = (Entry) held;
    }
    return entry != null && entry.index == index ? entry : null;
  }

  private Ring resize(int slots) {
    Ring resized = new Ring(new Entry[slots], bytes());
    for (int index = begin; index != end; index++) {
      resized.slots[resized.slot(index)] = at(held, index);
    }
    held = resized;
    return resized;
  }

  private static final class Ring {
    final Entry[] slots;
    long bytes; // guarded by the log's lock

    Ring(Entry[] slots, long bytes) {
      this.slots = slots;
      this.bytes = bytes;
    }

    int slot(int index) {
      return index & (slots.length - 1);
    }
  }
}
