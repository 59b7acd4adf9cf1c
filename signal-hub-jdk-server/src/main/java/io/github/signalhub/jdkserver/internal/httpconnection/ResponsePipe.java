package io.github.signalhub.jdkserver.internal.httpconnection;

import io.github.signalhub.jdkserver.internal.capacity.Refusals;
import io.github.signalhub.jdkserver.internal.capacity.SlowPeers;
import io.github.signalhub.jdkserver.internal.http.HttpException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bytes of one response on their way from a handler's thread to the loop. If the response fits,
 * the handler does not wait for its peer. Otherwise it waits while the pipe is full, unless too
 * many handlers wait for slow peers.
 *
 * <p>Thread-safe. It uses a lock and not a monitor, because a monitor would pin a virtual thread.
 */
final class ResponsePipe {
  private static final long MAX_WAIT_NANOS = TimeUnit.MINUTES.toNanos(1);
  private static final long UNKNOWN = -1;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteQueue queue;
  private final SlowPeers.Waits waits;
  private final PipeOwner owner;
  private boolean told; // the loop knows that there are bytes
  private long takenBytes = UNKNOWN; // on the connection, by the peer
  private long takenAhead; // reported already, before the loop removed as many bytes
  private String failure; // why every write fails; null while none does
  private HttpException refusal; // the cause, if the exchange was refused

  /**
   * Creates an empty pipe.
   *
   * @param queue holds the bytes that the loop has not taken yet
   */
  ResponsePipe(ByteQueue queue, SlowPeers.Waits waits, PipeOwner owner) {
    this.queue = queue;
    this.waits = waits;
    this.owner = owner;
  }

  /**
   * Writes bytes, on a handler's thread. Waits while the pipe is full. The loop is told once for
   * all bytes that fit. So it sends a head and a short body with one write.
   *
   * @throws IOException if the pipe has failed, the thread was interrupted, there are too many slow
   *     peers, or there is too little memory
   */
  void write(ByteBuffer... bytes) throws IOException {
    while (remaining(bytes) > 0) {
      if (put(bytes)) {
        owner.changed();
      }
    }
  }

  private static int remaining(ByteBuffer... bytes) {
    long sum = 0;
    for (ByteBuffer each : bytes) {
      sum += each.remaining();
    }
    return (int) Math.min(sum, Integer.MAX_VALUE);
  }

  private boolean put(ByteBuffer... bytes) throws IOException {
    lock.lock();
    try {
      while (failure == null && !queue.room(remaining(bytes)).hasRemaining()) {
        await();
      }
      throwFailure();
      for (ByteBuffer each : bytes) {
        queue.put(each);
      }
      boolean tell = !told;
      told = true;
      return tell;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the connection was full");
    } finally {
      lock.unlock();
    }
  }

  private void await() throws IOException, InterruptedException {
    if (queue.isEmpty()) {
      refuse(owner.refuse(Refusals.Reason.BUFFERS)); // there is no memory, not even for a few bytes
    } else if (owner.isLoop()) {
      throw new IOException("a handler on an event loop cannot wait until its response is read");
    } else {
      if (waits.isUncertain()) {
        owner.askWhatPeerTook();
      }
      if (!waits.await(changed, MAX_WAIT_NANOS)) {
        refuse(owner.refuse(Refusals.Reason.SLOW_READERS));
      }
    }
  }

  private void refuse(HttpException cause) {
    failure = cause.getMessage();
    refusal = cause;
  }

  private void throwFailure() throws IOException {
    if (failure != null) {
      throw new IOException(failure, refusal);
    }
  }

  /** Copies the first bytes, for the loop. {@link #consume} removes them. */
  int peek(ByteBuffer out) {
    lock.lock();
    try {
      told = false;
      return queue.peek(out);
    } finally {
      lock.unlock();
    }
  }

  /** Removes the first bytes, for the loop. */
  void consume(int count) {
    lock.lock();
    try {
      queue.skip(count);
      long known = Math.min(takenAhead, count);
      takenAhead -= known;
      waits.moved(count - known);
      if (queue.isHalfEmpty()) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Notes how many bytes the peer has taken on its connection in all. The socket may have no room
   * yet.
   */
  void taken(long bytes) {
    lock.lock();
    try {
      if (takenBytes != UNKNOWN && bytes > takenBytes) {
        takenAhead += bytes - takenBytes;
        waits.moved(bytes - takenBytes);
      }
      takenBytes = bytes;
    } finally {
      lock.unlock();
    }
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return queue.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes every write fail, including one that waits. No handler waits for the peer any more.
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

  /** Drops the bytes that are left. Idempotent. */
  void end() {
    lock.lock();
    try {
      queue.end();
    } finally {
      lock.unlock();
    }
  }
}
