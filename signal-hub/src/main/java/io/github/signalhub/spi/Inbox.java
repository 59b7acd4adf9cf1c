package io.github.signalhub.spi;

import java.util.ArrayDeque;
import java.util.Queue;

/**
 * What the peer of a {@link CallbackLink} has sent and the hub has not taken yet. Its limits hold
 * from the moment that the platform reports a message, however busy the loop is. Thread-safe.
 */
final class Inbox {
  /** Reading pauses while as many messages as these wait. */
  static final int PAUSE_MESSAGES = 64;

  /** Reading pauses while as many bytes as these wait. */
  static final int PAUSE_BYTES = 256 * 1024;

  private final Queue<Received> waiting = new ArrayDeque<>(1);
  private int waitingBytes;
  private boolean closed;

  /** Returns whether the platform is to report no more for now. */
  synchronized boolean isFull() {
    return waiting.size() >= PAUSE_MESSAGES || waitingBytes >= PAUSE_BYTES;
  }

  /**
   * Returns whether a message is kept: one message always is when nothing waits, and others within
   * the limits of {@link CallbackLink}.
   */
  synchronized boolean hasRoom(int bytes) {
    return waiting.isEmpty()
        || waiting.size() < CallbackLink.MAX_WAITING_MESSAGES
            && bytes <= CallbackLink.MAX_WAITING_BYTES - waitingBytes;
  }

  /** Keeps a message, unless this is closed or has no room. */
  synchronized Added add(Received message) {
    if (closed) {
      return Added.CLOSED;
    }
    if (!hasRoom(message.bytes.length)) {
      return Added.NO_ROOM;
    }
    waiting.add(message);
    waitingBytes += message.bytes.length;
    return waiting.size() == 1 ? Added.FIRST : Added.NEXT;
  }

  /** Takes the oldest message; {@code null} if there is none. */
  synchronized Received poll() {
    Received next = waiting.poll();
    waitingBytes -= next == null ? 0 : next.bytes.length;
    return next;
  }

  /** Keeps no more messages; returns whether it did until now. */
  synchronized boolean close() {
    boolean open = !closed;
    closed = true;
    return open;
  }

  /** Keeps no more messages, and drops those that wait. */
  synchronized void drop() {
    closed = true;
    waiting.clear();
    waitingBytes = 0;
  }

  synchronized boolean isClosed() {
    return closed;
  }

  synchronized int waitingBytes() {
    return waitingBytes;
  }

  /** A message of the peer. */
  record Received(boolean isText, byte[] bytes) {}

  /** What became of a message. */
  enum Added {
    /** It is kept, and nothing else waits. */
    FIRST,
    /** It is kept after others. */
    NEXT,
    /** It is not kept, because the limits are reached. */
    NO_ROOM,
    /** It is not kept, because the link ends. */
    CLOSED
  }
}
