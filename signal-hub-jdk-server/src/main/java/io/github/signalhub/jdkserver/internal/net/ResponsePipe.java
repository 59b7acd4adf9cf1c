package io.github.signalhub.jdkserver.internal.net;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The bytes of one response on their way from a handler's thread to the loop. Holds at most {@value
 * #MAX_BYTES} bytes: a handler that is faster than the peer waits. Thread-safe; a lock and not a
 * monitor, which would pin a virtual thread.
 */
final class ResponsePipe {
  static final int MAX_BYTES = 64 << 10;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final ByteQueue queue = new ByteQueue(MAX_BYTES);
  private final Runnable onBytes;
  private boolean told;
  private IOException failure;

  /**
   * Creates an empty pipe.
   *
   * @param onBytes is run on a writer's thread when the loop has something to {@link #peek}
   */
  ResponsePipe(Runnable onBytes) {
    this.onBytes = onBytes;
  }

  /**
   * Writes bytes, for a handler's thread: waits while the pipe is full.
   *
   * @throws IOException if the pipe has failed or the thread was interrupted
   */
  void write(ByteBuffer... bytes) throws IOException {
    for (ByteBuffer each : bytes) {
      while (each.hasRemaining()) {
        if (put(each)) {
          onBytes.run();
        }
      }
    }
  }

  private boolean put(ByteBuffer bytes) throws IOException {
    lock.lock();
    try {
      while (failure == null && !queue.room().hasRemaining()) {
        changed.await();
      }
      if (failure != null) {
        throw new IOException(failure.getMessage(), failure);
      }
      queue.put(bytes);
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

  /** Copies the first bytes, for the loop; {@link #consume} removes them. */
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
      if (queue.size() <= MAX_BYTES / 2) {
        changed.signalAll();
      }
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

  /** Makes every write fail, those that wait included. */
  void fail(IOException cause) {
    lock.lock();
    try {
      failure = failure == null ? cause : failure;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
