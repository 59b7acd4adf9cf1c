package io.github.signalhub.internal.session;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The frames that a transport took from one session and has not reported on yet. One instance
 * serves all sessions of a shard, one at a time. Confined to the shard's loop.
 */
final class Taken {
  /** What takes the place of the offset for a control message. */
  static final long CONTROL = -1;

  private Cursor cursor;
  private byte[][] frames = new byte[64][];
  private long[] offsets = new long[64];
  private int size;
  private int controls;
  private int skipped;
  private int copied;
  private long bytes;

  /** Starts over for the cursor of a session; {@code null}: for none. */
  void start(Cursor cursor) {
    this.cursor = cursor;
    Arrays.fill(frames, 0, size, null);
    size = 0;
    controls = 0;
    copied = 0;
    skipped = 0;
    bytes = 0;
  }

  boolean belongsTo(Cursor cursor) {
    return this.cursor == cursor;
  }

  /**
   * Adds a frame whose first {@code accepted} bytes the link has already; only the first may have
   * any.
   */
  void add(byte[] frame, int accepted, long offset) {
    if (size == frames.length) {
      frames = Arrays.copyOf(frames, size * 2);
      offsets = Arrays.copyOf(offsets, size * 2);
    }
    if (size == 0) {
      skipped = accepted;
    }
    frames[size] = frame;
    offsets[size++] = offset;
    copied = accepted;
  }

  /** Returns whether all added frames have been copied to their ends. */
  boolean isCopied() {
    return size == 0 || copied == frames[size - 1].length;
  }

  /** Copies as much as fits of the frame added last. */
  int copy(ByteBuffer into) {
    byte[] frame = frames[size - 1];
    int length = Math.min(frame.length - copied, into.remaining());
    into.put(frame, copied, length);
    copied += length;
    bytes += length;
    return length;
  }

  /** Returns how many control messages were counted since {@link #start}, and counts one more. */
  int countControl() {
    return controls++;
  }

  /** Returns how many control messages were counted since {@link #start}. */
  int controls() {
    return controls;
  }

  /** Returns how many bytes were copied since {@link #start}. */
  long bytes() {
    return bytes;
  }

  int size() {
    return size;
  }

  byte[] frame(int i) {
    return frames[i];
  }

  long offset(int i) {
    return offsets[i];
  }

  /** Returns how many bytes of frame {@code i} had been accepted before it was added. */
  int skipped(int i) {
    return i == 0 ? skipped : 0;
  }
}
