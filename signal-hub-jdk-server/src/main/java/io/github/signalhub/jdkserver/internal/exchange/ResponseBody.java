package io.github.signalhub.jdkserver.internal.exchange;

import io.github.signalhub.jdkserver.internal.http.ChunkedEncoder;
import io.github.signalhub.jdkserver.internal.http.ResponseFraming;
import io.github.signalhub.jdkserver.internal.http.ResponseFraming.Body;
import io.github.signalhub.jdkserver.internal.http.ResponseHead;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArraySet;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The one response of an exchange, and its body as a handler writes it. Small writes are gathered.
 * If the length is known, the head waits for the first of them, so that a small response is one
 * write. If the length is not known, the head is sent at once, because a long silence may follow.
 *
 * <pre>
 *   NONE ──sendResponseHeaders──▶ WAITING ──first byte──▶ BEGUN ──last byte──▶ WRITTEN
 *    │                              │                       │ │                   │
 *    │                              │                       │ └──close────────▶ COMPLETE ◀──close,
 *    │                              │                       │                        or the handler
 *    └──────────another answer──────┴───────────────────────┴──failure──▶ CUT        returned
 * </pre>
 *
 * <p>Any number of threads may race: the thread of the handler, threads that got the exchange from
 * it, and the thread of a timeout. Each step is one compare-and-set. So exactly one thread ends the
 * response, and that thread reports the end. A lock keeps writers apart. It may be held for long
 * only while the response is {@code BEGUN}. No step out of that state waits for the lock.
 *
 * <p>A thread may try to begin a response after another thread has. It has no part in that
 * response. Often it closes the exchange in a {@code finally}, and this must not end the response
 * of the other thread.
 *
 * <p>Thread-safe.
 */
final class ResponseBody extends OutputStream {
  static final int BUFFER_BYTES = 8 << 10;

  private enum State {
    NONE,
    WAITING,
    BEGUN,
    WRITTEN,
    COMPLETE,
    CUT;

    boolean isOver() {
      return this == COMPLETE || this == CUT;
    }
  }

  /** How a response has ended. */
  enum End {
    /** All of it was written. */
    COMPLETE,
    /** A part is missing that the application has not written. */
    UNFINISHED,
    /** A part is missing that the connection did not accept. */
    LOST,
    /** A part is missing, for a reason that was reported already. */
    FAILED
  }

  private final ExchangeChannel channel;
  private final Consumer<End> onEnd;
  private final AtomicReference<State> state = new AtomicReference<>(State.NONE);
  private final ReentrantLock writing = new ReentrantLock();
  private final Set<Thread> tooLate = new CopyOnWriteArraySet<>();
  private volatile Thread beganBy;
  private volatile boolean handlerReturned;
  private volatile boolean lost;
  private volatile boolean discard;
  // guarded by the lock
  private ResponseFraming framing;
  private long remaining; // of the declared length
  private ByteBuffer head; // until it is written
  private ByteBuffer gathered = ByteBuffer.allocate(0);

  /**
   * Creates a response that has not begun.
   *
   * @param onEnd is called once, on the thread that ends the response, unless it is {@linkplain
   *     #replace replaced}
   */
  ResponseBody(ExchangeChannel channel, Consumer<End> onEnd) {
    this.channel = channel;
    this.onEnd = onEnd;
  }

  /**
   * Begins the response. A response without a body is complete then.
   *
   * @param start is called if no other response has begun; if it throws, nothing has changed
   * @param discard whether the body is dropped without an error, in answer to HEAD
   */
  void begin(Supplier<ResponseStart> start, boolean discard) throws IOException {
    writing.lock();
    try {
      requireAwaited();
      ResponseStart composed = start.get();
      beganBy = Thread.currentThread();
      framing = composed.framing();
      this.discard = discard;
      head = ByteBuffer.wrap(composed.head());
      remaining = framing.body() == Body.FIXED ? framing.length() : 0;
      if (!state.compareAndSet(State.NONE, State.WAITING)) {
        throw over();
      }
      if (framing.body() != Body.FIXED || remaining == 0) {
        emit(false);
      }
      if (isAtKnownEnd()) {
        end(State.BEGUN, End.COMPLETE);
      }
    } finally {
      writing.unlock();
    }
  }

  private void requireAwaited() throws IOException {
    State now = state.get();
    if (now == State.CUT) {
      throw over();
    }
    if (now != State.NONE) {
      if (beganBy != Thread.currentThread()) {
        tooLate.add(Thread.currentThread());
      }
      throw new IOException("the response headers were sent already");
    }
  }

  /**
   * Returns whether this thread tried to begin a response after another thread, and has not written
   * to that response since. Such a thread must not close it.
   */
  boolean isTooLate() {
    return tooLate.contains(Thread.currentThread());
  }

  private static IOException over() {
    return new IOException("the exchange is over");
  }

  /**
   * Sends {@code 100 Continue} to a client that waits for it.
   *
   * @return whether it was not too late
   */
  boolean askForBody() throws IOException {
    writing.lock();
    try {
      if (state.get() != State.NONE) {
        return false;
      }
      channel.write(ResponseHead.continueResponse());
      return true;
    } finally {
      writing.unlock();
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    writing.lock();
    try {
      if (discard || (length == 0 && state.get() == State.COMPLETE)) {
        return;
      }
      requireOpen();
      if (framing.body() == Body.FIXED && length > remaining) {
        throw new IOException("expected no more than the declared " + framing.length() + " bytes");
      }
      if (length == 0) {
        return;
      }
      tooLate.remove(Thread.currentThread());
      boolean fixed = framing.body() == Body.FIXED;
      boolean emits =
          length >= BUFFER_BYTES - gathered.position() || (fixed && length == remaining);
      if (!emits && gathered.capacity() == 0) {
        gathered = ByteBuffer.allocate(BUFFER_BYTES);
      }
      remaining -= fixed ? length : 0;
      if (emits) {
        emit(false, gathered.flip(), ByteBuffer.wrap(from, offset, length));
        gathered.clear();
      } else {
        gathered.put(from, offset, length);
      }
      if (isAtKnownEnd()) {
        allIsWritten();
      }
    } finally {
      writing.unlock();
    }
  }

  private boolean isAtKnownEnd() {
    return framing.body() == Body.NONE || (framing.body() == Body.FIXED && remaining == 0);
  }

  @Override
  public void flush() throws IOException {
    writing.lock();
    try {
      if (discard || state.get() == State.COMPLETE) {
        return;
      }
      requireOpen();
      if (head != null || gathered.position() > 0) {
        emit(false, gathered.flip());
        gathered.clear();
      }
    } finally {
      writing.unlock();
    }
  }

  /**
   * Completes the response, which ends the exchange.
   *
   * @throws IOException if less was written than was declared; the connection is cut then
   */
  @Override
  public void close() throws IOException {
    if (state.get().isOver() || isTooLate()) {
      return;
    }
    writing.lock();
    try {
      if (state.get().isOver()) {
        return;
      }
      requireOpen();
      if (framing.body() == Body.FIXED && remaining > 0) {
        cut(End.UNFINISHED);
        throw new IOException("expected " + remaining + " more bytes of the declared length");
      }
      if (state.get() != State.WRITTEN) {
        emit(true, gathered.flip());
        gathered = ByteBuffer.allocate(0);
        state.compareAndSet(State.BEGUN, State.WRITTEN);
      }
      end(State.WRITTEN, End.COMPLETE);
    } finally {
      writing.unlock();
    }
  }

  /** Completes a response of known length with its last byte, if the handler has returned. */
  private void allIsWritten() {
    state.compareAndSet(State.BEGUN, State.WRITTEN);
    if (handlerReturned) {
      end(State.WRITTEN, End.COMPLETE);
    }
  }

  /**
   * Notes that the handler has returned. From now on a response of known length is complete with
   * its last byte, closed or not.
   */
  void handlerReturned() {
    handlerReturned = true;
    end(State.WRITTEN, End.COMPLETE);
  }

  /**
   * Ends a response of which nothing was sent. The caller sends another one in its place. It has
   * the channel for itself, because no writer follows.
   *
   * @return whether nothing was sent
   */
  boolean replace() {
    if (!state.compareAndSet(State.NONE, State.CUT)
        && !state.compareAndSet(State.WAITING, State.CUT)) {
      return false;
    }
    writing.lock(); // a thread that holds it cannot begin to write, and does not wait
    writing.unlock();
    return true;
  }

  /**
   * Ends a response that has not begun. There will be none.
   *
   * @return whether it had not begun
   */
  boolean forgo() {
    return state.compareAndSet(State.NONE, State.CUT);
  }

  /**
   * Ends a response that has begun and not ended. It is complete if all of it was written, and cut
   * otherwise.
   *
   * @param why it is not complete
   * @return whether it was cut
   */
  boolean cut(End why) {
    State now = state.get();
    while (now == State.WAITING || now == State.BEGUN || now == State.WRITTEN) {
      End end = now == State.WRITTEN ? End.COMPLETE : why;
      if (end(now, end)) {
        return end != End.COMPLETE;
      }
      now = state.get();
    }
    return false;
  }

  private boolean end(State from, End end) {
    if (!state.compareAndSet(from, end == End.COMPLETE ? State.COMPLETE : State.CUT)) {
      return false;
    }
    lost |= end == End.LOST;
    onEnd.accept(end);
    return true;
  }

  /** Returns whether no response has begun, and one still can. */
  boolean isAwaited() {
    return state.get() == State.NONE;
  }

  /** Returns whether the connection was lost while writing. */
  boolean isLost() {
    return lost;
  }

  private void requireOpen() throws IOException {
    State now = state.get();
    if (now.isOver()) {
      throw new IOException("the response's body is closed");
    }
    if (now == State.NONE) {
      throw new IOException("expected sendResponseHeaders before the response's body");
    }
  }

  /**
   * Writes the gathered bytes. If that fails, it is not known how much the peer has, so the
   * response is cut.
   */
  private void emit(boolean last, ByteBuffer... data) throws IOException {
    try {
      send(framed(last, data));
    } catch (InterruptedIOException
        | RuntimeException
        | Error e) { // an interrupt by the application, or no memory
      cut(End.UNFINISHED);
      throw e;
    } catch (IOException e) {
      cut(End.LOST);
      throw e;
    }
  }

  private List<ByteBuffer> framed(boolean last, ByteBuffer... data) {
    List<ByteBuffer> out = new ArrayList<>();
    if (head != null) {
      out.add(head);
    }
    for (ByteBuffer each : data) {
      if (each.hasRemaining() && framing.body() == Body.CHUNKED) {
        out.addAll(List.of(ChunkedEncoder.chunk(each)));
      } else if (each.hasRemaining()) {
        out.add(each);
      }
    }
    if (last && framing.body() == Body.CHUNKED) {
      out.add(ChunkedEncoder.last());
    }
    return out;
  }

  private void send(List<ByteBuffer> out) throws IOException {
    if (out.isEmpty()) {
      return;
    }
    state.compareAndSet(State.WAITING, State.BEGUN);
    if (state.get() != State.BEGUN) {
      throw over();
    }
    head = null;
    channel.write(out.toArray(ByteBuffer[]::new));
  }
}
