package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import io.github.signalhub.internal.log.Topic;
import io.github.signalhub.spi.WireForm;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The bytes that all sessions at one place of the log are sent: the frames of some topics' entries
 * after one offset and up to another, in the hub's one order. They are copied once, and every
 * session at this place is given the same bytes. A link that accepts a part of them finds the frame
 * by its end.
 *
 * <p>A run ends before an entry that not every session is sent, whose frame is not made yet, or
 * that does not fit. It may be empty. It stays whole when its entries leave the log: sessions that
 * are given it lose nothing.
 *
 * <p>Confined to the shard's loop.
 */
final class Run {
  /** How many bytes a run has at most. A longer frame is in none. */
  static final int MAX_BYTES = 64 << 10;

  private final ByteBuffer buffer = ByteBuffer.allocateDirect(MAX_BYTES);
  private final ByteBuffer bytes = buffer.asReadOnlyBuffer();
  private final List<Topic> topics = new ArrayList<>();
  private long after;
  private long limit;
  private WireForm form; // null: the run is of no place

  private byte[][] frames = new byte[64][];
  private long[] offsets = new long[64];
  private int[] ends = new int[64];
  private int size;
  private long upTo;

  /** Fills this run for a place of the log. The shard's merge is used for it. */
  void fill(Merge merge, long after, long limit, WireForm form, List<Subscription> dirty) {
    clear();
    this.after = after;
    this.limit = limit;
    this.form = form;
    for (int i = 0; i < dirty.size(); i++) {
      topics.add(dirty.get(i).topic());
    }
    boolean lost = !merge.start(dirty, after, limit, null).isEmpty();
    for (Entry next = lost ? null : merge.peek(); next != null && add(next); next = merge.peek()) {
      merge.advance();
    }
    upTo = !lost && merge.isDone() ? limit : size == 0 ? after : offsets[size - 1];
    merge.clear();
  }

  private boolean add(Entry entry) {
    byte[] frame = entry.hasSender() ? null : frame(entry);
    if (frame == null || frame.length > buffer.remaining()) {
      return false;
    }
    if (size == frames.length) {
      frames = Arrays.copyOf(frames, size * 2);
      offsets = Arrays.copyOf(offsets, size * 2);
      ends = Arrays.copyOf(ends, size * 2);
    }
    buffer.put(frame);
    frames[size] = frame;
    offsets[size] = entry.offset();
    ends[size++] = buffer.position();
    return true;
  }

  /** Returns an entry's frame, or {@code null} if it takes too long to make it here. */
  private byte[] frame(Entry entry) {
    return form.isSlow(entry.json()) ? entry.encoded(form) : entry.encode(form);
  }

  /** Forgets all frames. */
  void clear() {
    Arrays.fill(frames, 0, size, null);
    size = 0;
    form = null;
    topics.clear();
    buffer.clear();
  }

  /** Returns whether this run was filled for a place of the log. */
  boolean isOf(long after, long limit, WireForm form, List<Subscription> dirty) {
    if (this.after != after
        || this.limit != limit
        || this.form != form
        || topics.size() != dirty.size()) {
      return false;
    }
    for (int i = 0; i < dirty.size(); i++) {
      if (topics.get(i) != dirty.get(i).topic()) {
        return false;
      }
    }
    return true;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** Returns the bytes, from its position to its limit; the same buffer each time. */
  ByteBuffer bytes() {
    return bytes.clear().limit(buffer.position());
  }

  /** Returns how many bytes there are. */
  int length() {
    return buffer.position();
  }

  /** Returns up to where a session is that accepted all bytes. */
  long upTo() {
    return upTo;
  }

  /** Returns whether nothing up to the limit is left after this run. */
  boolean isWhole() {
    return upTo == limit;
  }

  /** Returns how many frames end within the first {@code accepted} bytes. */
  int framesIn(int accepted) {
    int found = Arrays.binarySearch(ends, 0, size, accepted);
    return found >= 0 ? found + 1 : -found - 1;
  }

  byte[] frame(int i) {
    return frames[i];
  }

  long offset(int i) {
    return offsets[i];
  }

  /** Returns after how many bytes frame {@code i} begins. */
  int start(int i) {
    return i == 0 ? 0 : ends[i - 1];
  }
}
