package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.FairShares;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A bounded queue of bytes in one array. The array grows when it has to, and while there is memory:
 * its bytes count among those of all exchanges. It grows at once to what its caller has, so that
 * bytes that come together are copied once. Bytes are moved to the front only when at least half of
 * the array is free there. So each byte is moved a bounded number of times. Not thread-safe.
 */
final class ByteQueue {
  private static final int INITIAL_BYTES = 1 << 10;

  private final int maxBytes;
  private final FairShares.Holding memory;
  private byte[] bytes = new byte[0];
  private int from;
  private int to;
  private boolean starved;

  /**
   * Creates an empty queue.
   *
   * @param memory from which the array is taken
   */
  ByteQueue(int maxBytes, FairShares.Holding memory) {
    this.maxBytes = maxBytes;
    this.memory = memory;
  }

  int size() {
    return to - from;
  }

  boolean isEmpty() {
    return to == from;
  }

  /** Returns whether at most half of the array is in use. */
  boolean isHalfEmpty() {
    return size() <= bytes.length / 2;
  }

  /** Returns whether there was no memory for a larger array. */
  boolean isStarved() {
    return starved;
  }

  /**
   * Returns the room after the last byte. The caller writes into it and {@linkplain #added reports}
   * how much. There is no room if the queue is full, or if there is no memory. The queue may be
   * full from half of its maximum on.
   *
   * @param wanted for how many bytes the array should grow at once
   */
  ByteBuffer room(int wanted) {
    if (isEmpty()) {
      from = 0;
      to = 0;
    }
    if (to == bytes.length && from > 0 && from >= bytes.length / 2) {
      System.arraycopy(bytes, from, bytes, 0, size());
      to -= from;
      from = 0;
    } else if (bytes.length - to < wanted && bytes.length < maxBytes) {
      int least = Math.min(maxBytes, Math.max(INITIAL_BYTES, bytes.length * 2));
      int whole = (int) Math.min(maxBytes, (long) to + wanted);
      starved = !growTo(Math.max(least, whole)) && !growTo(least);
    }
    return ByteBuffer.wrap(bytes, to, bytes.length - to);
  }

  private boolean growTo(int length) {
    boolean taken = memory.tryTake(length - bytes.length);
    bytes = taken ? Arrays.copyOf(bytes, length) : bytes;
    return taken;
  }

  /** Counts bytes that were written into {@link #room}. */
  void added(int count) {
    to += count;
  }

  /** Copies as many bytes of {@code in} as there is room for. */
  void put(ByteBuffer in) {
    ByteBuffer room = room(in.remaining());
    while (in.hasRemaining() && room.hasRemaining()) {
      int count = Math.min(in.remaining(), room.remaining());
      in.get(bytes, to, count);
      to += count;
      room = room(in.remaining());
    }
  }

  /** Takes up to {@code length} bytes and returns how many. */
  int take(byte[] into, int offset, int length) {
    int count = Math.min(length, size());
    System.arraycopy(bytes, from, into, offset, count);
    from += count;
    return count;
  }

  /** Copies the first bytes, as far as {@code out} has room, and returns how many. */
  int peek(ByteBuffer out) {
    int count = Math.min(out.remaining(), size());
    out.put(bytes, from, count);
    return count;
  }

  /** Removes the first bytes. */
  void skip(int count) {
    from += count;
  }

  /**
   * Drops the bytes that are left, and gives the memory back. Only queries may follow. Idempotent.
   */
  void end() {
    bytes = new byte[0];
    from = 0;
    to = 0;
    memory.end();
  }
}
