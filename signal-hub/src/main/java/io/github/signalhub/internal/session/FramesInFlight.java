package io.github.signalhub.internal.session;

import io.github.signalhub.internal.log.Entry;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The frames that a transport took from one session and has not reported on yet. A shard has one
 * instance, and lends it to one session at a time. Confined to the shard's loop.
 */
final class FramesInFlight {
  /** The value in place of the offset for a control message. */
  static final long CONTROL = -1;

  private byte[][] frames = new byte[64][];
  private long[] offsets = new long[64];
  private Entry newest; // the entry of the frame that was added last; null: it has none
  private int size;
  private int controls;
  private int skipped;
  private int copied;
  private long bytes;

  /** Forgets all frames. */
  void clear() {
    Arrays.fill(frames, 0, size, null);
    newest = null;
    size = 0;
    controls = 0;
    copied = 0;
    skipped = 0;
    bytes = 0;
  }

  /**
   * Adds a frame.
   *
   * @param accepted how many of its bytes the link has accepted already; 0 but for the first frame
   * @param offset the offset of its entry, or {@link #CONTROL}
   */
  void add(byte[] frame, int accepted, long offset) {
    if (size == frames.length) {
      frames = Arrays.copyOf(frames, size * 2);
      offsets = Arrays.copyOf(offsets, size * 2);
    }
    if (size == 0) {
      skipped = accepted;
    }
    newest = null;
    frames[size] = frame;
    offsets[size++] = offset;
    copied = accepted;
  }

  /** Adds the frame of an entry. */
  void add(byte[] frame, Entry entry) {
    add(frame, 0, entry.offset());
    newest = entry;
  }

  /**
   * Counts the entries up to an offset as accepted with the frame that was added last: the session
   * is not sent them.
   */
  void passed(long offset) {
    offsets[size - 1] = Math.max(offsets[size - 1], offset);
  }

  /** Adds the frame of the next control message of an outbox. */
  void addControl(Outbox outbox) {
    add(outbox.frame(controls++), 0, CONTROL);
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

  /** Returns how many frames of control messages were added by {@link #addControl}. */
  int controls() {
    return controls;
  }

  /** Returns how many bytes were copied. */
  long bytes() {
    return bytes;
  }

  /** Returns the entry of the frame that was added last; {@code null} if it is of none. */
  Entry newest() {
    return newest;
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

  /** Returns how many bytes of frame {@code i} had not been accepted when it was added. */
  int unaccepted(int i) {
    return frames[i].length - (i == 0 ? skipped : 0);
  }
}
