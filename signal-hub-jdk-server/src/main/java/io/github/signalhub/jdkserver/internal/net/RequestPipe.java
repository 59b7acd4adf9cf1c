package io.github.signalhub.jdkserver.internal.net;

import io.github.signalhub.jdkserver.internal.http.BodyDecoder;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The body of one request on its way from the loop to a handler's thread. Holds at most {@value
 * #MAX_BYTES} bytes: the loop stops reading from a peer that is faster than the handler. The other
 * way round a peer may let the handler wait for as long as it sends at the least rate that is asked
 * of it; time in which nobody waits for it does not count.
 *
 * <p>{@link #feed} and {@link #isFinished} are confined to the loop, reading is for one handler
 * thread at a time, {@link #fail} and {@link #refuse} are thread-safe.
 */
final class RequestPipe extends InputStream {
  static final int MAX_BYTES = 64 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteQueue queue = new ByteQueue(MAX_BYTES);
  private final BodyDecoder decoder;
  private final Runnable onRoom;
  private final long graceNanos;
  private final long minBytesPerSecond;
  private boolean full;
  private boolean ended;
  private IOException failure;
  private HttpException refusal;
  private long receivedBytes;
  private long waitedNanos;

  /**
   * Creates a pipe at the start of a body.
   *
   * @param onRoom is run on the reader's thread when the loop can feed again after the pipe was
   *     full
   * @param graceNanos how long the handler may wait for the peer in all, besides the time that the
   *     bytes received take at the least rate
   * @param minBytesPerSecond that least rate
   */
  RequestPipe(BodyDecoder decoder, Runnable onRoom, long graceNanos, long minBytesPerSecond) {
    this.decoder = decoder;
    this.onRoom = onRoom;
    this.graceNanos = graceNanos;
    this.minBytesPerSecond = minBytesPerSecond;
    this.ended = decoder.isFinished();
  }

  /** Takes bytes of the peer as far as there is room, up to the end of the body. */
  void feed(ByteBuffer in) {
    lock.lock();
    try {
      while (!ended && failure == null && refusal == null && in.hasRemaining() && !full) {
        ByteBuffer room = queue.room();
        if (!room.hasRemaining()) {
          full = true;
        } else {
          int start = room.position();
          ended = decoder.decode(in, room);
          queue.added(room.position() - start);
          receivedBytes += room.position() - start;
        }
      }
    } catch (HttpException e) {
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

  /** Returns whether nothing more of the connection's bytes can be given a meaning. */
  boolean isBroken() {
    lock.lock();
    try {
      return refusal != null || failure != null;
    } finally {
      lock.unlock();
    }
  }

  /** Makes every read fail, as {@link #fail} does, for a fault of the peer that can be told it. */
  void refuse(HttpException cause) {
    lock.lock();
    try {
      refusal = refusal == null ? cause : refusal;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Makes every read fail, one that waits included, unless the body is complete. */
  void fail(IOException cause) {
    lock.lock();
    try {
      failure = failure == null ? cause : failure;
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
      wasFull = full && queue.size() <= MAX_BYTES / 2;
      full &= !wasFull;
    } finally {
      lock.unlock();
    }
    if (wasFull) {
      onRoom.run();
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
      long allowed =
          graceNanos
              + TimeUnit.SECONDS.toNanos(1) / minBytesPerSecond * receivedBytes
              - waitedNanos;
      if (allowed <= 0) {
        refusal = new HttpException(408, "the body comes too slowly");
        throwFailure();
      }
      try {
        waitedNanos += allowed - changed.awaitNanos(allowed);
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
      throw new IOException(failure.getMessage(), failure);
    }
  }
}
