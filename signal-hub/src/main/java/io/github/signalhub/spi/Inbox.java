package io.github.signalhub.spi;

import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * The messages of the peer of a {@link CallbackLink} that the hub has not taken: those that wait,
 * and one that is unfinished. The {@link Reservation} counts each part before it is kept. The
 * limits hold from the moment that the platform reports a part, however busy the loop is.
 *
 * <p>It also says whether the platform is to read. It is while the hub wants messages and not too
 * many wait. After the end it is, too, because the peer's goodbye is read. The {@link Link} knows
 * what the hub wants. The inbox keeps the time of the last change, and lets threads wait for the
 * next one.
 *
 * <p>An unfinished message has a least rate. It may be late by a grace of {@value #GRACE_SECONDS}
 * seconds. Time in which the platform is not to read does not count.
 *
 * <p>Thread-safe, but parts are added by one thread at a time.
 */
final class Inbox {
  /** Reading pauses while as many messages as these wait, until half of them are left. */
  static final int PAUSE_MESSAGES = 64;

  /** Reading pauses while as many bytes as these wait, until half of them are left. */
  static final int PAUSE_BYTES = 256 * 1024;

  /**
   * The bytes that a message counts besides its content: its objects, and its place in the queue.
   */
  static final int OVERHEAD_BYTES = 96;

  private static final int GRACE_SECONDS = 10;
  private static final int LEAST_CAPACITY = 256;
  private static final CountDownLatch OPEN = new CountDownLatch(0);

  private final Reservation reservation;
  private final int maxMessageBytes;
  private final long nanosPerByte;
  private final LongSupplier nanoClock;
  private final BooleanSupplier wanted;

  /** A high surrogate at the end of the last part of a text, or 0. Of the thread that adds. */
  private char split;

  // Guarded by this.
  private final Queue<Received> waiting = new ArrayDeque<>(1);
  private int waitingBytes;
  private Unfinished unfinished; // null: none
  private long counted;
  private boolean full;
  private boolean closed;
  private long pausedAt; // if the platform is not to read

  /** Open while the platform is to read. A latch does not pin a virtual thread. */
  private CountDownLatch reading = OPEN;

  /** A message whose end has not come. */
  private static final class Unfinished {
    private final boolean text;
    private byte[] bytes = new byte[0];
    private int size;
    private long beganAt; // later if nothing was read for a while

    private Unfinished(boolean text, long now) {
      this.text = text;
      beganAt = now;
    }
  }

  /**
   * Creates an inbox.
   *
   * @param reservation counts the kept bytes
   * @param maxMessageBytes the most bytes of a message
   * @param minBytesPerSecond the least rate of an unfinished message
   * @param nanoClock a clock as {@link System#nanoTime}
   * @param wanted whether the hub wants messages; {@link #updateDemand} is called when it changes
   */
  Inbox(
      Reservation reservation,
      int maxMessageBytes,
      int minBytesPerSecond,
      LongSupplier nanoClock,
      BooleanSupplier wanted) {
    this.wanted = wanted;
    this.reservation = reservation;
    this.maxMessageBytes = maxMessageBytes;
    this.nanosPerByte = TimeUnit.SECONDS.toNanos(1) / minBytesPerSecond;
    this.nanoClock = nanoClock;
  }

  /** A message of the peer. */
  record Received(boolean isText, byte[] bytes) {}

  /** The outcome of a part. */
  enum Added {
    /** It is kept. */
    KEPT,
    /** It ended a message, which is the only one that waits. */
    FIRST,
    /** It is not kept, because its message is too large. */
    TOO_LARGE,
    /** It is not kept, because too much waits. */
    NO_ROOM,
    /** It is not kept, because a message of the other kind is unfinished. */
    WITHIN_ANOTHER,
    /** It is not kept, because the link ends. */
    CLOSED
  }

  /** Adds a part of a text. A pair of surrogates may be split between two parts. */
  Added addText(String part, boolean last) {
    Added refused = refusal(true, part.length()); // a character has at least one byte
    if (refused != null) {
      return refused;
    }
    String text = split == 0 ? part : split + part;
    int end = text.length();
    split =
        last || end == 0 || !Character.isHighSurrogate(text.charAt(end - 1))
            ? 0
            : text.charAt(end - 1);
    if (split != 0) {
      text = text.substring(0, end - 1);
    }
    return add(true, text.getBytes(StandardCharsets.UTF_8), last);
  }

  /** Adds a part of a binary message, which belongs to this inbox from now on. */
  Added addBinary(byte[] part, boolean last) {
    return add(false, part, last);
  }

  /**
   * Returns why a part is not kept, or {@code null}.
   *
   * @param bytes how many it has, or fewer
   */
  synchronized Added refusal(boolean text, int bytes) {
    if (closed) {
      return Added.CLOSED;
    }
    if (unfinished != null && unfinished.text != text) {
      return Added.WITHIN_ANOTHER;
    }
    long size = bytes + (unfinished == null ? 0L : unfinished.size);
    if (size > maxMessageBytes) {
      return Added.TOO_LARGE;
    }
    return hasRoom(size) ? null : Added.NO_ROOM;
  }

  private Added add(boolean text, byte[] part, boolean last) {
    Added refused = refusal(text, part.length);
    if (refused != null) {
      return refused;
    }
    return isUnfinished() || !last ? append(text, part, last) : addWhole(text, part);
  }

  private Added addWhole(boolean text, byte[] message) {
    if (!count(message.length + OVERHEAD_BYTES)) {
      return Added.CLOSED;
    }
    return enqueue(new Received(text, message));
  }

  private Added append(boolean text, byte[] part, boolean last) {
    int capacity = missingCapacity(part.length);
    if (!count(capacity + (isUnfinished() ? 0 : OVERHEAD_BYTES))) {
      return Added.CLOSED;
    }
    synchronized (this) {
      if (closed) {
        return Added.CLOSED;
      }
      updateDemand(); // first: a pause before the message is no pause of it
      if (unfinished == null) {
        long now = nanoClock.getAsLong();
        unfinished = new Unfinished(text, now);
        pausedAt = now;
      }
      if (capacity > 0) {
        byte[] larger = Arrays.copyOf(unfinished.bytes, capacity);
        uncount(unfinished.bytes.length);
        unfinished.bytes = larger;
      }
      System.arraycopy(part, 0, unfinished.bytes, unfinished.size, part.length);
      unfinished.size += part.length;
      if (!last) {
        return Added.KEPT;
      }
      byte[] message = Arrays.copyOf(unfinished.bytes, unfinished.size);
      uncount(unfinished.bytes.length - message.length);
      unfinished = null;
      return enqueue(new Received(text, message));
    }
  }

  /** Returns the capacity that the unfinished message needs for a part; 0 if it has enough. */
  private synchronized int missingCapacity(int more) {
    int capacity = unfinished == null ? 0 : unfinished.bytes.length;
    int needed = more + (unfinished == null ? 0 : unfinished.size);
    if (needed <= capacity) {
      return 0;
    }
    long doubled = Math.max(LEAST_CAPACITY, 2L * capacity);
    return (int) Math.max(needed, Math.min(doubled, maxMessageBytes));
  }

  private synchronized Added enqueue(Received message) {
    if (closed) {
      return Added.CLOSED;
    }
    waiting.add(message);
    waitingBytes += message.bytes.length;
    full |= exceeds(1);
    updateDemand();
    return waiting.size() == 1 ? Added.FIRST : Added.KEPT;
  }

  /** Counts bytes that are about to be kept; without the lock, because others may be evicted. */
  private boolean count(long bytes) {
    if (bytes > 0 && !reservation.take(bytes)) {
      return false;
    }
    synchronized (this) {
      counted += bytes;
      if (closed) {
        uncount(bytes);
      }
      return !closed;
    }
  }

  private void uncount(long bytes) {
    if (bytes > 0) {
      counted -= bytes;
      reservation.give(bytes);
    }
  }

  /** One message is always kept when nothing waits, and others within the link's limits. */
  private boolean hasRoom(long bytes) {
    return waiting.isEmpty()
        || waiting.size() < CallbackLink.MAX_WAITING_MESSAGES
            && bytes <= CallbackLink.MAX_WAITING_BYTES - waitingBytes;
  }

  private boolean exceeds(int divisor) {
    return waiting.size() >= PAUSE_MESSAGES / divisor || waitingBytes >= PAUSE_BYTES / divisor;
  }

  /** Takes the oldest message; {@code null} if there is none. */
  synchronized Received poll() {
    Received next = waiting.poll();
    if (next != null) {
      waitingBytes -= next.bytes.length;
      uncount(next.bytes.length + OVERHEAD_BYTES);
      full &= exceeds(2);
      updateDemand();
    }
    return next;
  }

  /** Keeps no more messages, and drops the unfinished one; returns whether it did until now. */
  synchronized boolean close() {
    boolean open = !closed;
    closed = true;
    updateDemand();
    if (unfinished != null) {
      uncount(unfinished.bytes.length + OVERHEAD_BYTES);
      unfinished = null;
    }
    return open;
  }

  /** Keeps no more messages, and drops all. */
  synchronized void drop() {
    close();
    waiting.clear();
    waitingBytes = 0;
    uncount(counted);
  }

  /** Returns whether the platform is to read. */
  synchronized boolean isReadEnabled() {
    return closed || wanted.getAsBoolean() && !full;
  }

  /** Waits until the platform is to read; returns whether it is. */
  boolean awaitReading(long nanos) throws InterruptedException {
    long deadline = System.nanoTime() + nanos;
    boolean inTime = true;
    while (!isReadEnabled() && inTime) {
      inTime = latch().await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return inTime || isReadEnabled();
  }

  private synchronized CountDownLatch latch() {
    updateDemand(); // or a waiting thread would spin until the loop has told of a change
    return reading;
  }

  synchronized boolean isUnfinished() {
    return unfinished != null;
  }

  /**
   * Returns in how many nanoseconds the unfinished message is late; at most 0 if it is. {@link
   * Long#MAX_VALUE} if there is none, or if the platform is not to read.
   */
  synchronized long nanosUntilLate() {
    updateDemand(); // or a pause that has just ended would count
    if (unfinished == null || !isReadEnabled()) {
      return Long.MAX_VALUE;
    }
    long allowed = TimeUnit.SECONDS.toNanos(GRACE_SECONDS) + unfinished.size * nanosPerByte;
    return allowed - (nanoClock.getAsLong() - unfinished.beganAt);
  }

  /** Returns how many bytes of messages are kept. */
  synchronized int waitingBytes() {
    return waitingBytes + (unfinished == null ? 0 : unfinished.size);
  }

  /** Notes the time if it has changed whether the platform is to read, and lets waiters go on. */
  synchronized void updateDemand() {
    boolean before = reading.getCount() == 0;
    boolean now = isReadEnabled();
    if (before && !now) {
      pausedAt = nanoClock.getAsLong();
      reading = new CountDownLatch(1);
    } else if (now && !before) {
      if (unfinished != null) {
        unfinished.beganAt += nanoClock.getAsLong() - pausedAt;
      }
      reading.countDown();
      reading = OPEN;
    }
  }
}
