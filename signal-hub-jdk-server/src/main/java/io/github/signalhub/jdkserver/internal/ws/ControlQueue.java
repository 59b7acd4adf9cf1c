package io.github.signalhub.jdkserver.internal.ws;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * The control frames that wait to be written: at most {@value #MAX_PONGS} pongs, one ping and one
 * close. So a flood of pings costs 4 KiB. If there are more pongs, the oldest are left out, as RFC
 * 6455 §5.5.3 allows. Many clients expect an answer to every ping of a few.
 *
 * <p>Bytes are offered first and accepted later. An offered frame is held in {@code line} until the
 * writer reports. Frames of which nothing was accepted then go back to their places. There, newer
 * frames take the place of older ones. A frame that was accepted in part stays at the head of the
 * line. Nothing is written after a close. Not thread-safe: confined to the connection's event loop.
 */
final class ControlQueue {
  static final int MAX_PONGS = 32;

  private final ArrayDeque<byte[]> line = new ArrayDeque<>(4);
  private int headAccepted;
  private int offered;
  private final ArrayDeque<byte[]> pongs = new ArrayDeque<>(2);
  private byte[] ping;
  private byte[] close;
  private boolean closeAccepted;

  /** Queues a pong frame, in the place of the oldest if too many wait. Too late after a close. */
  void pong(byte[] frame) {
    if (pongs.size() == MAX_PONGS) {
      pongs.poll();
    }
    pongs.add(frame);
  }

  /** Queues a ping frame in the place of one that waits. Too late once a close has begun. */
  void ping(byte[] frame) {
    ping = frame;
  }

  /** Queues the close frame. There is at most one. */
  void close(byte[] frame) {
    close = frame;
  }

  /** Returns whether the whole close frame was accepted. */
  boolean closeAccepted() {
    return closeAccepted;
  }

  boolean isEmpty() {
    return closeAccepted || (line.isEmpty() && pongs.isEmpty() && ping == null && close == null);
  }

  /** Returns whether a frame was accepted in part. */
  boolean midFrame() {
    return headAccepted > 0;
  }

  /** Copies the bytes that were not accepted yet, as far as {@code out} has room. */
  int peek(ByteBuffer out) {
    takeBack();
    lineUp();
    int start = out.position();
    int skip = headAccepted;
    for (byte[] frame : line) {
      int length = Math.min(frame.length - skip, out.remaining());
      out.put(frame, skip, length);
      skip = 0;
    }
    offered = out.position() - start;
    return offered;
  }

  /** Counts the first {@code bytes} of the last peek as written. */
  void accepted(int bytes) {
    if (bytes < 0 || bytes > offered) {
      throw new IllegalArgumentException(
          "expected at most the " + offered + " bytes that were offered, was " + bytes);
    }
    headAccepted += bytes;
    while (!line.isEmpty() && headAccepted >= line.peek().length) {
      byte[] frame = line.poll();
      headAccepted -= frame.length;
      closeAccepted |= opcode(frame) == FrameEncoder.CLOSE;
    }
    takeBack();
  }

  private void lineUp() {
    boolean closing = !line.isEmpty() && opcode(line.peekLast()) == FrameEncoder.CLOSE;
    if (closing || closeAccepted) {
      return;
    }
    line.addAll(pongs);
    pongs.clear();
    ping = lineUp(ping);
    close = lineUp(close);
  }

  private byte[] lineUp(byte[] frame) {
    if (frame != null) {
      line.add(frame);
    }
    return null;
  }

  /** Frees the frames of which nothing was accepted. */
  private void takeBack() {
    offered = 0;
    while (line.size() > (headAccepted > 0 ? 1 : 0)) {
      byte[] frame = line.pollLast();
      switch (opcode(frame)) {
        case FrameEncoder.PONG -> {
          if (pongs.size() < MAX_PONGS) {
            pongs.addFirst(frame);
          }
        }
        case FrameEncoder.PING -> ping = ping == null ? frame : ping;
        default -> close = frame;
      }
    }
  }

  private static int opcode(byte[] frame) {
    return frame[0] & 0xF;
  }
}
