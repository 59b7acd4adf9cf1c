package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.capacity.SlowPeers;
import io.github.signalhub.jdkserver.internal.http.BodyDecoder;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The body of one request on its way from the loop to a handler's thread. The loop first collects a
 * part of the body, before the handler runs. Then the handler reads. If the peer is faster than the
 * handler, the loop stops reading. If the peer is slower, the handler waits. It waits while the
 * peer keeps the least rate, and while not too many peers are slow. Time in which no handler waits
 * does not count.
 *
 * <p>{@link #feed}, {@link #isFinished} and the methods about collecting are confined to the loop.
 * Reading is for one handler's thread at a time. {@link #fail}, {@link #refuse} and {@link #end}
 * are thread-safe.
 */
final class RequestPipe extends InputStream {
  /** The message of calls that come after the end of their exchange. */
  static final String OVER = "the exchange is over";

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteQueue queue;
  private final SlowPeers.Waits waits;
  private final BodyDecoder decoder;
  private final Pace pace;
  private final PipeOwner owner;
  private boolean collecting;
  private boolean full;
  private boolean ended;
  private String failure; // why every read fails; null while none does
  private HttpException refusal;
  private long receivedBytes;
  private long collectedNanos;

  /**
   * The least speed of a body.
   *
   * @param graceNanos how long the peer may be waited for in all, besides the time that the
   *     received bytes take at the least rate
   * @param minBytesPerSecond the least rate
   */
  record Pace(long graceNanos, long minBytesPerSecond) {
    private long allowedNanos(long receivedBytes) {
      return graceNanos + TimeUnit.SECONDS.toNanos(1) / minBytesPerSecond * receivedBytes;
    }
  }

  /**
   * Creates a pipe at the start of a body.
   *
   * @param queue holds the bytes that are not read yet
   * @param collecting whether the loop collects before a handler reads
   */
  RequestPipe(
      BodyDecoder decoder,
      ByteQueue queue,
      SlowPeers.Waits waits,
      Pace pace,
      boolean collecting,
      PipeOwner owner) {
    this.decoder = decoder;
    this.queue = queue;
    this.waits = waits;
    this.pace = pace;
    this.collecting = collecting;
    this.owner = owner;
    this.ended = decoder.isFinished();
  }

  /** Takes bytes of the peer until the pipe is full or the body ends. */
  void feed(ByteBuffer in) {
    lock.lock();
    try {
      while (!ended && failure == null && refusal == null && in.hasRemaining() && !full) {
        ByteBuffer room = queue.room(in.remaining());
        if (room.hasRemaining()) {
          int start = room.position();
          ended = decoder.decode(in, room);
          int count = room.position() - start;
          queue.added(count);
          receivedBytes += count;
          waits.moved(count);
        } else if (queue.isStarved() && (collecting || queue.isEmpty())) {
          refuse(owner.refuse(Refusals.Reason.BUFFERS));
        } else {
          full = true;
        }
      }
      if (ended) {
        waits.end();
      }
    } catch (HttpException e) {
      owner.broken(e);
      refuse(e);
    } finally {
      changed.signalAll();
      lock.unlock();
    }
  }

  /** Returns whether the whole body was fed. */
  boolean isFinished() {
    return ended;
  }

  /** Returns whether the whole body has come, and was read or can be read. Thread-safe. */
  boolean hasAll() {
    lock.lock();
    try {
      return ended && refusal == null && failure == null;
    } finally {
      lock.unlock();
    }
  }

  /** Returns whether the loop still collects, so no handler reads yet. */
  boolean isCollecting() {
    return collecting;
  }

  /** Returns whether the body is longer than this. */
  boolean isLongerThan(int bytes) {
    return full || receivedBytes > bytes;
  }

  /** Returns how long the rest may be waited for; at most 0 if the body comes too slowly. */
  long leftNanos(long waitedNanos) {
    return pace.allowedNanos(receivedBytes) - waitedNanos;
  }

  /**
   * Ends collecting, so that a handler may read.
   *
   * @param tookNanos how long collecting took
   */
  void collected(long tookNanos) {
    lock.lock();
    try {
      collecting = false;
      collectedNanos = tookNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Returns the refusal of the body; empty if it was not refused. */
  Optional<HttpException> refusal() {
    lock.lock();
    try {
      return Optional.ofNullable(refusal);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes every read fail as {@link #fail} does. The peer is told the cause, because the fault is
   * its own.
   */
  void refuse(HttpException cause) {
    lock.lock();
    try {
      refusal = refusal == null ? cause : refusal;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes every read fail, including one that waits, unless the body is complete. No handler waits
   * for the peer any more.
   *
   * @param why the message of the failures
   */
  void fail(String why) {
    lock.lock();
    try {
      failure = failure == null ? why : failure;
      waits.end();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Drops the bytes that were not read. A read that waits or comes later fails, so that it does not
   * take the body for shorter than it was. Idempotent.
   */
  void end() {
    lock.lock();
    try {
      if (!queue.isEmpty()) {
        ended = false;
      }
      failure = failure == null ? OVER : failure;
      queue.end();
      waits.end();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, into.length);
    if (length == 0) {
      return 0;
    }
    boolean wasFull;
    int count;
    lock.lock();
    try {
      await();
      if (queue.isEmpty()) {
        return -1;
      }
      count = queue.take(into, offset, length);
      wasFull = full && queue.isHalfEmpty();
      full &= !wasFull;
    } finally {
      lock.unlock();
    }
    if (wasFull) {
      owner.changed();
    }
    return count;
  }

  @Override
  public int available() {
    lock.lock();
    try {
      return queue.size();
    } finally {
      lock.unlock();
    }
  }

  private void await() throws IOException {
    while (queue.isEmpty() && !ended) {
      throwFailure();
      long left = leftNanos(collectedNanos + waits.waitedNanos());
      if (left <= 0) {
        refusal = owner.tooSlow();
        throwFailure();
      }
      if (owner.isLoop()) {
        throw new IOException("a handler on an event loop cannot wait for the request's body");
      }
      try {
        if (!waits.await(changed, left)) {
          refusal = owner.refuse(Refusals.Reason.SLOW_BODIES);
          throwFailure();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while waiting for the request's body");
      }
    }
  }

  private void throwFailure() throws IOException {
    if (refusal != null) {
      throw new IOException(refusal.getMessage(), refusal);
    }
    if (failure != null) {
      throw new IOException(failure);
    }
  }
}
