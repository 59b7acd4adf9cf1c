package io.github.signalhub.jdkserver;

import io.github.signalhub.spi.Outbound;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;

/** The waiting frames of one client, in place of a hub's. Confined to the client's loop. */
public class FrameQueue implements Outbound {
  private final Deque<ByteBuffer> frames = new ArrayDeque<>();
  private int waitingBytes;
  private int taken;

  /** Adds a frame at the end. */
  public final void add(byte[] frame) {
    frames.add(ByteBuffer.wrap(frame));
    waitingBytes += frame.length;
  }

  /** Returns the number of bytes that the transport has not accepted. */
  public final int waitingBytes() {
    return waitingBytes;
  }

  @Override
  public int take(ByteBuffer into) {
    int skip = taken;
    int start = into.position();
    for (ByteBuffer frame : frames) {
      int skipped = Math.min(skip, frame.remaining());
      skip -= skipped;
      int count = Math.min(frame.remaining() - skipped, into.remaining());
      into.put(frame.slice(frame.position() + skipped, count));
      if (!into.hasRemaining()) {
        break;
      }
    }
    taken += into.position() - start;
    return into.position() - start;
  }

  @Override
  public ByteBuffer takeFrame() {
    throw new UnsupportedOperationException("this transport takes bytes");
  }

  @Override
  public boolean accepted(int bytes) {
    if (bytes < 0 || bytes > taken) {
      throw new IllegalArgumentException("expected 0 to " + taken + " bytes, was " + bytes);
    }
    taken = 0;
    waitingBytes -= bytes;
    for (int left = bytes; left > 0; ) {
      ByteBuffer frame = frames.element();
      int count = Math.min(left, frame.remaining());
      frame.position(frame.position() + count);
      left -= count;
      if (!frame.hasRemaining()) {
        frames.remove();
      }
    }
    return !frames.isEmpty();
  }

  @Override
  public final int unfinished() {
    ByteBuffer first = frames.peek();
    return first == null || first.position() == 0 ? 0 : first.remaining();
  }

  @Override
  public void seal() {}

  @Override
  public final boolean isEmpty() {
    return frames.isEmpty();
  }
}
