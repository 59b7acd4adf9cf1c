package io.github.signalhub.jdkserver.internal.exchange;

import io.github.signalhub.jdkserver.internal.http.ChunkedEncoder;
import io.github.signalhub.jdkserver.internal.http.ResponseFraming;
import io.github.signalhub.jdkserver.internal.http.ResponseFraming.Body;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A response's body as a handler writes it. Small writes are gathered; the head of a response of
 * known length waits for the first of them, so that a small response is one write. Where the length
 * is not known the head goes out at once: such a response may begin with a silence.
 *
 * <p>Thread-safe, so that a thread that a handler left behind cannot write into the next response.
 */
final class ResponseBody extends OutputStream {
  static final int BUFFER_BYTES = 8 << 10;

  private final ExchangeChannel channel;
  private ResponseFraming framing; // null until the response begins
  private boolean discard;
  private long remaining; // of the declared length
  private ByteBuffer head; // until it is written
  private ByteBuffer gathered = ByteBuffer.allocate(0);
  private boolean committed;
  private boolean closed;
  private boolean abandoned;
  private boolean disconnected;

  ResponseBody(ExchangeChannel channel) {
    this.channel = channel;
  }

  /**
   * Begins the response.
   *
   * @param discard whether what is written is dropped without an error, in answer to HEAD
   */
  synchronized void begin(ResponseFraming framing, boolean discard, byte[] head)
      throws IOException {
    this.framing = framing;
    this.discard = discard;
    this.head = ByteBuffer.wrap(head);
    remaining = framing.body() == Body.FIXED ? framing.length() : 0;
    if (framing.body() != Body.FIXED || remaining == 0) {
      emit(false);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public synchronized void write(byte[] from, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, from.length);
    requireOpen();
    if (discard || length == 0) {
      return;
    }
    if (framing.body() == Body.NONE) {
      throw new IOException("a response of this status has no body");
    }
    if (framing.body() == Body.FIXED && length > remaining) {
      throw new IOException("expected no more than the declared " + framing.length() + " bytes");
    }
    remaining -= framing.body() == Body.FIXED ? length : 0;
    if (length >= BUFFER_BYTES - gathered.position() || isAtKnownEnd()) {
      emit(false, gathered.flip(), ByteBuffer.wrap(from, offset, length));
      gathered.clear();
    } else {
      if (gathered.capacity() == 0) {
        gathered = ByteBuffer.allocate(BUFFER_BYTES);
      }
      gathered.put(from, offset, length);
    }
  }

  private boolean isAtKnownEnd() {
    return framing.body() == Body.NONE || (framing.body() == Body.FIXED && remaining == 0);
  }

  @Override
  public synchronized void flush() throws IOException {
    requireOpen();
    if (head != null || gathered.position() > 0) {
      emit(false, gathered.flip());
      gathered.clear();
    }
  }

  @Override
  public synchronized void close() throws IOException {
    if (closed) {
      return;
    }
    requireOpen();
    if (framing.body() == Body.FIXED && remaining > 0) {
      abandon();
      throw new IOException("expected " + remaining + " more bytes of the declared length");
    }
    emit(true, gathered.flip());
    closed = true;
    gathered = ByteBuffer.allocate(0);
  }

  /** Ends the response as it is: unless it is complete already, it will not look complete. */
  synchronized void abandon() {
    abandoned = !isComplete();
    closed = true;
    gathered = ByteBuffer.allocate(0);
  }

  /** Forgets a response of which nothing was written, so that another one can begin. */
  synchronized void reset() {
    framing = null;
    head = null;
    gathered.clear();
    closed = false;
    abandoned = false;
  }

  /** Returns whether the handler began a response. */
  synchronized boolean hasBegun() {
    return framing != null;
  }

  /** Returns whether a byte of the response was written, so that no other one can be sent. */
  synchronized boolean isCommitted() {
    return committed;
  }

  /** Returns whether all of the response was written, closed or not. */
  synchronized boolean isComplete() {
    return committed && !abandoned && !disconnected && (closed || isAtKnownEnd());
  }

  /** Returns whether the connection was lost while writing. */
  synchronized boolean isDisconnected() {
    return disconnected;
  }

  private void requireOpen() throws IOException {
    if (closed) {
      throw new IOException("the response's body is closed");
    }
    if (framing == null) {
      throw new IOException("expected sendResponseHeaders before the response's body");
    }
  }

  private void emit(boolean last, ByteBuffer... data) throws IOException {
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
    if (out.isEmpty()) {
      return;
    }
    committed = true;
    head = null;
    try {
      channel.write(out.toArray(ByteBuffer[]::new));
    } catch (IOException e) {
      disconnected = true;
      throw e;
    }
  }
}
